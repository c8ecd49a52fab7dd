import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { assemble } from '../../../src/load/parts/assemble.js';
import { fragmentSource, FragmentWriter } from '../../../src/load/parts/fragment.js';
import { type RecordSource } from '../../../src/load/parts/mergeRecords.js';
import { Span } from '../../../src/load/parts/span.js';
import { tempDir } from '../../tempDir.js';

describe('load/assemble', () => {
  const dir = tempDir();

  async function fragment(name: string, numbers: readonly number[]): Promise<RecordSource> {
    const path = join(dir.path, name);
    const writer = await FragmentWriter.create(path);
    for (const number of numbers)
      await writer.append(number, Buffer.from(`id${number},true,`), Span.of(Buffer.from(`row ${number}`)));
    await writer.close();
    return fragmentSource(path);
  }

  it('writes the result files under their headers and says what they were', async () => {
    const success = [await fragment('b', [3, 4]), await fragment('a', [1, 6])];
    const { files, sums } = await assemble({
      runDir: dir.path,
      inputHeader: 'A',
      delimiter: 'SEMICOLON',
      sources: new Map([
        ['success', success],
        ['failed', []],
        ['unaccounted', []]
      ])
    });
    expect(files).to.deep.equal({
      success: join(dir.path, 'success.csv'),
      failed: join(dir.path, 'failed.csv')
    });
    const rows = [1, 3, 4, 6].map((number) => `id${number},true,row ${number}\n`).join('');
    expect(await readFile(files.success ?? '', 'utf8')).to.equal(`sf__Id;sf__Created;A\n${rows}`);
    expect(await readFile(files.failed ?? '', 'utf8')).to.equal('sf__Id;sf__Error;bulkops__Row;A\n');
    for (const kind of ['success', 'failed'] as const) {
      const bytes = await readFile(files[kind] ?? '');
      expect(sums[kind]).to.deep.equal({
        bytes: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex')
      });
    }
    expect(sums).to.have.all.keys('success', 'failed');
    expect((await readdir(dir.path)).filter((name) => name.endsWith('.writing'))).to.deep.equal([]);
  });
});
