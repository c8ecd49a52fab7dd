import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { rejection } from '../../rejection.js';
import { tempDir } from '../../tempDir.js';
import { ExportOrg, textOf } from '../exportOrg.js';

describe('export/layPages', () => {
  const dir = tempDir();
  let org: ExportOrg;

  beforeEach(async () => {
    org = await ExportOrg.create(95);
  });
  afterEach(async () => org.close());

  const runDir = (): string => join(dir.path, 'run');
  const partial = (): string => join(dir.path, 'out.csv.partial');

  /** Dies when so many marks are in the journal: the pages before the last one are gone. */
  async function broken(marks: number): Promise<number> {
    let laid = 0;
    org.onEvent = (event) => {
      if (event.type === 'pages-laid' && (laid += 1) === marks) throw new Error('the power is gone');
    };
    expect((await rejection(org.export(org.asked(dir.path), runDir()))).message).to.equal('the power is gone');
    org.onEvent = () => undefined;
    return org.emulator.org.calls.used;
  }

  const landings = (): number => org.events.filter(({ type }) => type === 'page-landed').length;

  it('removes pages once they are in the output, and keeps the one whose header is wanted', async () => {
    await broken(3);
    const left = (await readdir(join(runDir(), 'pages'))).sort();
    expect(left[0]).to.equal('0001-000001.csv');
    expect(left).to.have.length.lessThan(10);
  });

  it('goes on behind the last mark, without a page fetched again', async () => {
    const before = await broken(2);
    await writeFile(partial(), `${await readFile(partial(), 'utf8')}what a crash left`);
    const result = await org.resume(runDir());
    expect(org.emulator.org.calls.used).to.equal(before);
    expect(result.rows).to.deep.equal({ read: 95, written: 95, dropped: 0 });
    expect(await textOf(dir.path)).to.equal(await org.whole());
  });

  const LOSSES: Array<[says: string, lose: () => Promise<void>]> = [
    ['is gone', async () => rm(partial())],
    ['was cut', async () => writeFile(partial(), (await readFile(partial(), 'utf8')).slice(0, 20))],
    ['was changed', async () => writeFile(partial(), (await readFile(partial(), 'utf8')).replace('Account', 'Akkount'))]
  ];
  for (const [says, lose] of LOSSES)
    it(`fetches all pages again when the output ${says} meanwhile, and says so`, async () => {
      await broken(2);
      await lose();
      const before = landings();
      const result = await org.resume(runDir());
      expect(landings() - before).to.equal(10);
      expect(org.events.find(({ type }) => type === 'pages-relisted'))
        .to.have.property('reason')
        .that.contains('out.csv is gone, or was changed');
      expect(result.status).to.equal('Success');
      expect(await textOf(dir.path)).to.equal(await org.whole());
    });

  it('keeps all pages of a file that can’t be gone on with', async () => {
    org.onEvent = (event) => {
      if (event.type === 'output-whole') throw new Error('the power is gone');
    };
    await rejection(org.export(org.asked(dir.path, {}, { isPacked: true }), runDir()));
    expect(await readdir(join(runDir(), 'pages'))).to.have.length(10);
  });
});
