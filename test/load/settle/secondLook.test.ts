import { expect } from 'chai';
import fc from 'fast-check';
import { type JobId } from '../../../src/bulk/job.js';
import { type Transport } from '../../../src/bulk/transport.js';
import { hash53 } from '../../../src/input/hash53.js';
import { readJobFates } from '../../../src/load/settle/jobResults.js';
import { canonicalForm, looseForm } from '../../../src/schema/canonical.js';
import { TestClock } from '../../testClock.js';

/** A row as it was sent; its place is in the Id that the org gives it. */
type Row = { readonly key: string; readonly note: string };

type Org = {
  /** Whether the key is a number to it, which it writes back in its own way; text comes back as it was. */
  readonly isNumber: boolean;
  /** Rows that are in none of the results, and such as come twice. */
  readonly dropped: ReadonlySet<number>;
  readonly doubled: ReadonlySet<number>;
  readonly lacksKey: boolean;
  readonly order: readonly number[];
};

const idOf = (at: number): string => `a01${String(at).padStart(15, '0')}`;
/** As the service writes a double. */
const asNumber = (text: string): string => (Number.isInteger(Number(text)) ? `${Number(text)}.0` : `${Number(text)}`);

function resultsOf(rows: readonly Row[], org: Org): string {
  const header = org.lacksKey ? 'sf__Id,sf__Created,Note' : 'sf__Id,sf__Created,Key__c,Note';
  const lines = org.order.flatMap((at) => {
    const { key = '', note = '' } = rows[at] ?? {};
    const shown = org.isNumber ? asNumber(key) : key;
    const line = org.lacksKey ? `${idOf(at)},true,${note}\n` : `${idOf(at)},true,${shown},${note}\n`;
    return org.dropped.has(at) ? [] : org.doubled.has(at) ? [line, line] : [line];
  });
  return `${header}\n${lines.join('')}`;
}

async function* bytesOf(text: string): AsyncGenerator<Buffer> {
  yield await Promise.resolve(Buffer.from(text));
}

/** For each row the Id that it was given, or undefined where nothing is known of it. */
async function settled(rows: readonly Row[], org: Org, how: { isInsert: boolean; hasHashes: boolean }) {
  const success = resultsOf(rows, org);
  const transport: Transport = {
    apiCalls: 0,
    json: () => Promise.reject(new Error('nobody asks')),
    upload: () => Promise.reject(new Error('nobody uploads')),
    stream: ({ path }) =>
      Promise.resolve({ status: 200, headers: {}, body: bytesOf(path.endsWith('successfulResults') ? success : '') }),
    close: () => Promise.resolve()
  };
  const keyColumn = how.isInsert ? undefined : 0;
  const strict = canonicalForm('unknown');
  const job = {
    jobId: '750000000000001AAA' as JobId,
    processed: 0,
    rows: rows.length,
    keys: () =>
      Promise.resolve(
        how.hasHashes && !how.isInsert ? Float64Array.from(rows, ({ key }) => hash53(strict(key))) : undefined
      ),
    sent: () => bytesOf(`Key__c,Note\n${rows.map(({ key, note }) => `${key},${note}\n`).join('')}`),
    columns: ['Key__c', 'Note'],
    delimiter: 'COMMA' as const,
    plan: { keyColumn, canonical: [strict, canonicalForm('string')] },
    loosePlan: { keyColumn, canonical: [looseForm('unknown'), looseForm('string')] }
  };
  const { fates } = await readJobFates(job, transport, new TestClock());
  return rows.map((_, at) => {
    const fate = fates.of(at);
    return fate.kind === 'succeeded' ? fate.id : undefined;
  });
}

/** The same few values in many notations, and such as are numbers to nobody. */
const NOTATIONS = ['42', '042', '00042', '42.0', '4.2e1', '.5', '0.5', '0.50', '7', '+7', '007', '1e3', '1000'];
const TEXTS = [...NOTATIONS, 'x42', 'abc', ''];

const how = fc.record({ isInsert: fc.boolean(), hasHashes: fc.boolean() });

function orgOf(rows: readonly Row[], isNumber: boolean): fc.Arbitrary<Org> {
  const places = rows.map((_, at) => at);
  const some = fc.subarray(places).map((all) => new Set(all));
  const order = fc.shuffledSubarray(places, { minLength: rows.length, maxLength: rows.length });
  return fc.record({ isNumber: fc.constant(isNumber), dropped: some, doubled: some, lacksKey: fc.boolean(), order });
}

/** Rows that are different records to the org: no two have one key, be they text or the same number. */
function rowsOf(isNumber: boolean): fc.Arbitrary<Row[]> {
  const key = fc.constantFrom(...(isNumber ? NOTATIONS : TEXTS));
  return fc.uniqueArray(fc.record({ key, note: fc.constantFrom('a', 'b', 'c') }), {
    selector: ({ key: text }) => (isNumber ? Number(text) : canonicalForm('unknown')(text)),
    minLength: 1
  });
}

describe('load/secondLook', () => {
  for (const isNumber of [true, false]) {
    const world = rowsOf(isNumber).chain((rows) => fc.tuple(fc.constant(rows), orgOf(rows, isNumber), how));

    it(`gives no row the result of another, whatever is missing, doubled or lacking: ${isNumber ? 'numbers' : 'text'}`, async () => {
      await fc.assert(
        fc.asyncProperty(world, async ([rows, org, way]) => {
          const ids = await settled(rows, org, way);
          for (const [at, id] of ids.entries())
            if (id !== undefined) expect(id, JSON.stringify(rows[at])).to.equal(idOf(at));
        }),
        { numRuns: 300 }
      );
    });

    it(`settles every row where no result is missing or lacks a column: ${isNumber ? 'numbers' : 'text'}`, async () => {
      await fc.assert(
        fc.asyncProperty(world, async ([rows, org, way]) => {
          const ids = await settled(rows, { ...org, dropped: new Set(), lacksKey: false }, way);
          expect(ids).to.deep.equal(rows.map((_, at) => idOf(at)));
        }),
        { numRuns: 300 }
      );
    });
  }
});
