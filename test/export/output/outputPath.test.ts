import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type OutputAsked } from '../../../src/export/asked.js';
import { checkOutput, chunkNumber, chunkPath, removeHigherChunks } from '../../../src/export/output/outputPath.js';
import { sfRejection } from '../../rejection.js';
import { tempDir } from '../../tempDir.js';

describe('export/output/outputPath', () => {
  const dir = tempDir();
  const asked = (more: Partial<OutputAsked> = {}): OutputAsked => ({
    format: 'csv',
    path: join(dir.path, 'tx.csv.gz'),
    isPacked: true,
    mayOverwrite: false,
    ...more
  });
  const put = async (...names: readonly string[]): Promise<void> => {
    for (const name of names) await writeFile(join(dir.path, name), name);
  };

  it('numbers files before their endings, and knows the number again', () => {
    expect(chunkPath('/a/tx.csv.gz', 7)).to.equal(join('/a', 'tx-00007.csv.gz'));
    for (const path of ['/a/tx.csv.gz', '/a/tx', '/a/tx.v2.parquet'])
      for (const number of [1, 99_999, 123_456])
        expect(chunkNumber(path, chunkPath(path, number)), path).to.equal(number);
    for (const other of [
      'tx.csv.gz',
      'tx-00000.csv.gz',
      'tx-0001.csv.gz',
      'tx-000001.csv.gz',
      'tx-00001.csv',
      'ty-00001.csv.gz'
    ])
      expect(chunkNumber(join(dir.path, 'tx.csv.gz'), join(dir.path, other)), other).to.equal(undefined);
  });

  it('leaves nothing behind where the output can be written', async () => {
    await checkOutput(asked({ manifest: join(dir.path, 'm.json') }));
    expect(await readdir(dir.path)).to.deep.equal([]);
  });

  it('refuses any numbered file that is there, so that those of two outputs are never mixed', async () => {
    await put('tx-00004.csv.gz');
    await checkOutput(asked());
    const error = await sfRejection(checkOutput(asked({ chunkRows: 10 })));
    expect(error.name).to.equal('OutputExistsError');
    expect(error.message).to.contain('tx-00004.csv.gz');
    await checkOutput(asked({ chunkRows: 10, mayOverwrite: true }));
  });

  it('refuses what is no file, whatever may be overwritten', async () => {
    await mkdir(join(dir.path, 'tx.csv.gz'));
    for (const mayOverwrite of [true, false])
      expect((await sfRejection(checkOutput(asked({ mayOverwrite })))).name).to.equal('OutputNoFileError');
  });

  it('looks at the manifest where the rows go to standard output', async () => {
    await put('m.json');
    const error = await sfRejection(checkOutput(asked({ path: '-', manifest: join(dir.path, 'm.json') })));
    expect(error.name).to.equal('OutputExistsError');
    expect(error.actions?.[0]).to.contain('--manifest');
  });

  it('names the flag of the file that can not be written', async () => {
    const nowhere = join(dir.path, 'nowhere', 'file');
    for (const [flag, more] of [
      ['--output-file', { path: nowhere }],
      ['--output-file', { path: nowhere, chunkRows: 10 }],
      ['--manifest', { manifest: nowhere }]
    ] as const) {
      const error = await sfRejection(checkOutput(asked(more)));
      expect(error.name).to.equal('OutputUnwritableError');
      expect(error.actions?.[0]).to.contain(`with ${flag}.`);
    }
    const error = await sfRejection(checkOutput(asked({ manifest: dir.path })));
    expect([error.name, error.actions?.[0]?.includes('with --manifest,')]).to.deep.equal(['OutputNoFileError', true]);
  });

  it('removes the numbered files that only an older output had, and no others', async () => {
    await put('tx-00001.csv.gz', 'tx-00002.csv.gz', 'tx-00003.csv.gz', 'tx-00003.csv', 'tx-old.csv.gz');
    await removeHigherChunks(asked({ chunkRows: 10 }), 2);
    expect(await readdir(dir.path)).to.have.length(5);
    await removeHigherChunks(asked({ chunkRows: 10, mayOverwrite: true }), 2);
    expect((await readdir(dir.path)).sort()).to.deep.equal([
      'tx-00001.csv.gz',
      'tx-00002.csv.gz',
      'tx-00003.csv',
      'tx-old.csv.gz'
    ]);
  });
});
