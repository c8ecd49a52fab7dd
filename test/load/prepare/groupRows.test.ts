import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { encodeRecord } from '../../../src/input/encode.js';
import { type CutPart } from '../../../src/load/prepare/cut.js';
import { groupRows } from '../../../src/load/prepare/groupRows.js';
import { readKeyHashes } from '../../../src/load/parts/keyHashes.js';
import { partPaths, PartWriter } from '../../../src/load/parts/partFile.js';
import { eachRow } from '../../../src/load/parts/partRows.js';
import { type Prepared, sentHeader } from '../../../src/load/prepare/prepared.js';
import { tempDir } from '../../tempDir.js';

type Row = { readonly number: number; readonly parent: string; readonly own?: string };
type Laid = { readonly number: number; readonly sent: string; readonly input: string };

function prepared(lineEnding: 'LF' | 'CRLF'): Prepared {
  return {
    version: 1,
    inputHeader: 'V,Parent',
    delimiter: 'COMMA',
    lineEnding,
    columns: [
      { name: 'V', type: 'string' },
      { name: 'AccountId', type: 'reference' },
      { name: 'W', type: 'string' }
    ],
    isKeyCaseSensitive: true,
    mapping: []
  };
}

describe('load/groupRows', () => {
  const dir = tempDir();
  let runs = 0;

  class Grouped {
    public readonly parts: Laid[][] = [];
    public readonly partsDir = join(dir.path, String((runs += 1)));

    public static async of(
      given: readonly Row[],
      more: { partBytes?: number; perPart?: number; wanted?: number; most?: number; lineEnding?: 'LF' | 'CRLF' } = {}
    ): Promise<Grouped> {
      const { partBytes = 1_000_000, perPart = 3, wanted = 1_000_000, most = 3_000_000, lineEnding = 'LF' } = more;
      const grouped = new Grouped();
      await mkdir(grouped.partsDir);
      const said = prepared(lineEnding);
      const parts: CutPart[] = [];
      for (let start = 0; start < given.length; start += perPart) {
        const part = parts.length + 1;
        const writer = await PartWriter.create(partPaths(grouped.partsDir, part), sentHeader(said));
        for (const row of given.slice(start, start + perPart))
          await writer.append({ ...sentRow(row, lineEnding), key: row.number * 3 });
        parts.push({ part, ...(await writer.close()) });
      }
      const asked = {
        parts,
        column: 1,
        prepared: said,
        plan: { partBytes, concurrency: 2 },
        partsDir: grouped.partsDir
      };
      const laid = await groupRows(asked, { wanted, most });
      for (const { part, rows } of laid) {
        const found: Laid[] = [];
        await eachRow(partPaths(grouped.partsDir, part), ({ number, sent, input }) => {
          found.push({ number, sent: sent.buffer.toString(), input: input.buffer.toString() });
        });
        expect(found).to.have.length(rows);
        const keys = await readKeyHashes(partPaths(grouped.partsDir, part).keys, rows);
        expect(keys && [...keys], 'each row its key').to.deep.equal(found.map(({ number }) => number * 3));
        grouped.parts.push(found);
      }
      expect(laid.map(({ part }) => part)).to.deep.equal(laid.map((_, at) => at + 1));
      return grouped;
    }

    public get numbers(): number[][] {
      return this.parts.map((part) => part.map(({ number }) => number));
    }
  }

  function sentRow(
    { number, parent, own }: Row,
    lineEnding: 'LF' | 'CRLF'
  ): { number: number; sent: Buffer; input?: Buffer } {
    const end = lineEnding === 'CRLF' ? '\r' : '';
    const sent = Buffer.from(encodeRecord([`"${number}", x`, parent, ''], ',') + end);
    return { number, sent, input: own === undefined ? undefined : Buffer.from(own) };
  }

  const rows = (...parents: string[]): Row[] => parents.map((parent, at) => ({ number: at + 1, parent }));

  it('lays rows of one value next to each other, in the order in which they came', async () => {
    expect((await Grouped.of(rows('b', 'a', 'b', 'c', 'a', 'b'))).numbers).to.deep.equal([[1, 3, 6, 2, 5, 4]]);
  });

  it('takes for one value what the org takes for one', async () => {
    const id = '001000000000001';
    expect((await Grouped.of(rows(id, 'x', `${id}AAA`, 'X'))).numbers).to.deep.equal([[1, 3, 2, 4]]);
  });

  it('keeps a group in one part where it fits into one, and rows without a value fill up', async () => {
    const { parts, numbers } = await Grouped.of(rows('a', '', 'a', 'b', 'b', ''), { partBytes: 58 });
    expect(parts.length).to.be.greaterThan(1);
    for (const [one, other] of [
      [1, 3],
      [4, 5]
    ] as const)
      expect(
        numbers.some((part) => part.includes(one) && part.includes(other)),
        `${one} and ${other}`
      ).to.equal(true);
    expect(numbers.flat().sort((x, y) => x - y)).to.deep.equal([1, 2, 3, 4, 5, 6]);
  });

  it('keeps what the input had', async () => {
    const given = rows('b', 'a', 'b').map((row) => (row.number === 2 ? row : { ...row, own: `own ${row.number}` }));
    expect((await Grouped.of(given)).parts.flat().map(({ input }) => input)).to.deep.equal([
      'own 1',
      'own 3',
      '"""2"", x",a,'
    ]);
  });

  it('leaves nothing of its own behind', async () => {
    const { partsDir } = await Grouped.of(rows('a', 'b', 'a'));
    expect((await readdir(partsDir)).sort()).to.deep.equal(['00001.csv', '00001.keys', '00001.rows']);
  });

  it('has nothing to do without rows', async () => {
    expect((await Grouped.of([])).parts).to.deep.equal([]);
  });

  it('loses no row and parts no group, however small the buckets', async () => {
    const parent = fc.constantFrom('', 'a', 'A', 'b', 'c', 'd\n"e"', 'f,g', ' a');
    await fc.assert(
      fc.asyncProperty(
        fc.array(parent, { maxLength: 40 }),
        fc.record({
          wanted: fc.constantFrom(20, 100, 1_000_000),
          most: fc.constantFrom(1, 60, 3_000_000),
          perPart: fc.integer({ min: 1, max: 9 }),
          lineEnding: fc.constantFrom('LF' as const, 'CRLF' as const)
        }),
        async (parents, more) => {
          const given = rows(...parents);
          const laid = (await Grouped.of(given, more)).parts.flat();
          expect(laid.map(({ number }) => number).sort((a, b) => a - b)).to.deep.equal(
            given.map(({ number }) => number)
          );
          for (const { number, sent } of laid) {
            const row = given[number - 1];
            expect(row && sentRow(row, more.lineEnding).sent.toString()).to.equal(sent);
          }
          const keys = laid.map(({ number }) => parents[number - 1]?.trim().toLowerCase() ?? '');
          const seen = new Set<string>();
          for (const [at, key] of keys.entries()) {
            if (key === '' || key === keys[at - 1]) continue;
            expect(seen.has(key), `${key} in ${keys.join('|')}`).to.equal(false);
            seen.add(key);
          }
        }
      ),
      { numRuns: 25 }
    );
  });
});
