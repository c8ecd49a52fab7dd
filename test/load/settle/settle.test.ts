import { readdir } from 'node:fs/promises';
import { expect } from 'chai';
import { type PartPaths, partPaths, PartWriter } from '../../../src/load/parts/partFile.js';
import { fragmentSource } from '../../../src/load/parts/fragment.js';
import { mergeRecords, type RecordSource } from '../../../src/load/parts/mergeRecords.js';
import { RowFates } from '../../../src/load/settle/rowFates.js';
import {
  fatesPath,
  fragmentPath,
  releasePart,
  removeFiled,
  settle,
  type Settled
} from '../../../src/load/settle/settle.js';
import { succeededRows } from '../../../src/load/settle/succeededRows.js';
import { rejection } from '../../rejection.js';
import { tempDir } from '../../tempDir.js';

const PART = 3;
const ID = 'a0X000000000001AAA';

describe('load/settle', () => {
  const dir = tempDir();

  async function write(numbers: readonly number[]): Promise<PartPaths> {
    const paths = partPaths(dir.path, PART);
    const writer = await PartWriter.create(paths, Buffer.from('A'));
    for (const number of numbers) await writer.append({ number, sent: Buffer.from(`row ${number}`) });
    await writer.close();
    return paths;
  }

  /** Of rows of which the first one has failed for good and the second is to go again. */
  function heard(rows: number): RowFates {
    const fates = new RowFates(rows);
    for (let at = 2; at < rows; at += 1) {
      fates.succeeded(at, true);
      fates.setId(at, Buffer.from(ID), 0, ID.length);
    }
    fates.failed(0, 'REQUIRED_FIELD_MISSING:no:--');
    fates.failed(1, 'UNABLE_TO_LOCK_ROW:wait:--');
    return fates;
  }

  async function settled(paths: PartPaths, fates: RowFates, writesSuccess = true): Promise<Settled> {
    const how = { attempt: 0, maxAttempts: 3, canResendUnknown: true, mayHaveHappened: false, isDelete: false };
    return settle({ part: PART, paths, fates, delimiter: 'COMMA', writesSuccess, ...how }, dir.path);
  }

  async function text(source: RecordSource): Promise<string> {
    let all = '';
    for await (const piece of mergeRecords([source])) all += piece.toString();
    return all;
  }

  const filesOfPart = async (): Promise<string[]> =>
    (await readdir(dir.path)).filter((name) => name.startsWith('00003.csv'));

  it('leaves rows that have succeeded in their part, where they lie together', async () => {
    const paths = await write([11, 12, 13, 14]);
    const { errors, ...counts } = await settled(paths, heard(4));
    expect(counts).to.deep.equal({ succeeded: 2, failed: 1, unaccounted: 0, toRetry: 1, created: 2, unknown: 0 });
    expect(errors.map(({ code, count }) => [code, count])).to.deep.equal([['REQUIRED_FIELD_MISSING', 1]]);
    const rows = succeededRows(paths, fatesPath(dir.path, PART), 'COMMA');
    expect(await text(rows)).to.equal(`${ID},true,row 13\n${ID},true,row 14\n`);
    expect(await text(fragmentSource(fragmentPath(dir.path, PART, 'failed')))).to.equal(
      ',REQUIRED_FIELD_MISSING:no:--,11,row 11\n'
    );
    await releasePart(PART, paths, dir.path);
    expect(await filesOfPart()).to.have.length(1);
  });

  it('copies those of a part whose rows are all over the input, which is not needed then', async () => {
    const paths = await write([11, 12, 31, 21]);
    expect(await settled(paths, heard(4))).to.deep.include({ succeeded: 2, toRetry: 1 });
    expect(await text(fragmentSource(fragmentPath(dir.path, PART, 'success')))).to.equal(
      `${ID},true,row 21\n${ID},true,row 31\n`
    );
    await releasePart(PART, paths, dir.path);
    expect(await filesOfPart()).to.have.length(0);
  });

  it('keeps nothing of them where success.csv is not wanted', async () => {
    for (const numbers of [
      [11, 12, 13, 14],
      [11, 12, 31, 21]
    ]) {
      const paths = await write(numbers);
      expect(await settled(paths, heard(4), false)).to.deep.include({ succeeded: 2, failed: 1, toRetry: 1 });
      await releasePart(PART, paths, dir.path);
      expect((await readdir(dir.path)).sort()).to.deep.equal(['00003.failed', '00003.failed.rows', '00003.retry']);
    }
  });

  it('can be done again after it was broken off', async () => {
    await settled(await write([11, 12, 13]), heard(3));
    await removeFiled(dir.path, PART);
    expect((await readdir(dir.path)).filter((name) => /fates|failed|success/.test(name))).to.deep.equal([]);
  });

  it('refuses fates that are not of the part', async () => {
    const paths = await write([11, 12, 13]);
    expect((await rejection(settled(paths, heard(4)))).message).to.contain('4 fates for 3 rows');
  });
});
