import { rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { mergeRecords } from '../../../src/load/parts/mergeRecords.js';
import { type PartPaths, partPaths, PartWriter } from '../../../src/load/parts/partFile.js';
import { RowFates } from '../../../src/load/settle/rowFates.js';
import { succeededRows } from '../../../src/load/settle/succeededRows.js';
import { rejection } from '../../rejection.js';
import { tempDir } from '../../tempDir.js';

/** `input` is missing for a row that the input had as it is sent, `fate` for one that has not succeeded. */
type Row = { readonly sent: string; readonly input?: string; readonly fate?: 'created' | 'updated' };

describe('load/succeededRows', () => {
  const dir = tempDir();
  const fatesPath = (): string => join(dir.path, 'fates');

  async function settled(rows: readonly Row[]): Promise<PartPaths> {
    const paths = partPaths(dir.path, 1);
    const writer = await PartWriter.create(paths, Buffer.from('A,B'));
    const fates = new RowFates(rows.length);
    for (const [at, { sent, input, fate }] of rows.entries()) {
      const number = at * 2 + 1;
      await writer.append({
        number,
        sent: Buffer.from(sent),
        input: input === undefined ? undefined : Buffer.from(input)
      });
      if (fate) {
        fates.succeeded(at, fate === 'created');
        fates.setId(at, Buffer.from(idOf(at)), 0, idOf(at).length);
      } else if (at % 2 === 0) fates.failed(at, 'A:b:--');
    }
    await writer.close();
    await fates.write(fatesPath());
    return paths;
  }

  async function read(paths: PartPaths): Promise<string> {
    let text = '';
    for await (const piece of mergeRecords([succeededRows(paths, fatesPath(), 'SEMICOLON')])) text += piece.toString();
    return text;
  }

  /** Some rows have none. */
  function idOf(at: number): string {
    return at % 5 === 4 ? '' : `a0X${String(at).padStart(12, '0')}AAA`;
  }

  it('are what the input had of each row that has succeeded, with what the org said of it', async () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', 'ü'), maxLength: 20 }),
      fc.constantFrom(300_000, 600_000).map((length) => 'w'.repeat(length))
    );
    const row = fc.record({
      sent: text,
      input: fc.option(text, { nil: undefined }),
      fate: fc.constantFrom('created' as const, 'updated' as const, undefined)
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 30 }), async (rows) => {
        const wanted = rows
          .flatMap(({ sent, input, fate }, at) => (fate ? `${idOf(at)};${fate === 'created'};${input ?? sent}\n` : []))
          .join('');
        expect((await read(await settled(rows))) === wanted).to.equal(true);
      }),
      { numRuns: 100 }
    );
  });

  it('of a part that is shorter than its index are found out', async () => {
    const rows: Row[] = Array.from({ length: 30_000 }, () => ({ sent: 'some text', fate: 'created' }));
    const paths = await settled(rows);
    await truncate(paths.sent, (await stat(paths.sent)).size - 1);
    expect((await rejection(read(paths))).message).to.contain('shorter than its index');
  });

  it('whose fates are of another number of rows are found out', async () => {
    const paths = await settled([{ sent: 'a', fate: 'created' }]);
    await truncate(fatesPath(), 10);
    expect((await rejection(read(paths))).message).to.contain('is not of 1 rows');
    await rm(fatesPath());
    expect((await rejection(read(paths))).message).to.contain('ENOENT');
  });
});
