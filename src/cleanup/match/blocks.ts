import { type Database } from '../database.js';
import { type Definition, type Rule } from '../definition/definition.js';
import { comparisonOf, type Layout } from '../layout.js';

/** Records that agree in a key are compared with each other. */
export type BlockingKey = {
  readonly fields: readonly string[];
  /** Records that have the key at all. */
  readonly records: number;
  /** Pairs to compare, those in blocks that are too large left out. */
  readonly pairs: number;
  readonly oversized: readonly OversizedBlock[];
  readonly oversizedBlocks: number;
};

/** A block with more than `max-block` records: its pairs are not compared by this key. */
export type OversizedBlock = { readonly value: string; readonly records: number };

/** How much a key that is chosen may cost, in pairs for each record; all of them together eight times as much. */
const PAIRS_A_RECORD = 5;
const PAIRS_IN_ALL = 40;
const MOST_KEYS = 12;
/** The largest blocks that the report names. */
const MOST_NAMED = 20;

type Candidate = { readonly fields: readonly string[]; readonly pairs: number };

/**
 * The keys of a rule, and their columns `k0`… in a new table `blocks_<rule>` (n, k…): a hash of the key, NULL where the record lacks a part of it
 * or its block is too large.
 */
export async function makeBlocks(
  db: Database,
  definition: Definition,
  layout: Layout,
  ruleIndex: number
): Promise<BlockingKey[]> {
  const rule = definition.rules[ruleIndex];
  if (!rule) throw new Error(`there is no rule ${ruleIndex}`);
  const columns = (fields: readonly string[]): string[] =>
    fields.map((field) => layout.blockColumn(field, comparisonOf(rule.fields, field)));
  const keys = rule.isExact
    ? [rule.fields.map(({ field }) => field)]
    : (rule.block ?? (await chosenKeys(db, rule, columns)));
  const table = `blocks_${ruleIndex}`;
  const hashes = keys.map((fields, i) => {
    const parts = columns(fields);
    // Of first and last name in whichever order: both orders are one key.
    const all = isSwapped(rule, fields) ? `list_sort([${parts.join(', ')}])` : parts.join(', ');
    return `CASE WHEN ${parts.map((part) => `${part} IS NOT NULL`).join(' AND ')} THEN hash(${all}) END AS k${i}`;
  });
  await db.run(`CREATE TABLE ${table} AS SELECT n, ${hashes.join(', ')} FROM records`);
  const found: BlockingKey[] = [];
  for (const [i, fields] of keys.entries())
    found.push(await limitBlocks(db, { table, key: `k${i}`, columns: columns(fields), fields }, definition.maxBlock));
  return found;
}

function isSwapped(rule: Rule, fields: readonly string[]): boolean {
  const names = fields.map((field) => field.toLowerCase());
  return (
    rule.swapped !== undefined && names.length === 2 && rule.swapped.every((one) => names.includes(one.toLowerCase()))
  );
}

type Blocks = {
  readonly table: string;
  readonly key: string;
  readonly columns: readonly string[];
  readonly fields: readonly string[];
};

/** Takes the blocks that are too large out of a key, and says what is left. */
async function limitBlocks(db: Database, blocks: Blocks, most: number): Promise<BlockingKey> {
  const { table, key, columns, fields } = blocks;
  const grouped = `SELECT ${key} AS key, count(*) AS size, min(n) AS first FROM ${table} WHERE ${key} IS NOT NULL GROUP BY ${key}`;
  const [counts = []] = await db.rows(
    `SELECT coalesce(sum(size), 0)::BIGINT, coalesce(sum(size * (size - 1) // 2) FILTER (size <= ${most}), 0)::BIGINT,
       count(*) FILTER (size > ${most}) FROM (${grouped})`
  );
  const [records = 0, pairs = 0, oversizedBlocks = 0] = counts.map(Number);
  if (oversizedBlocks === 0) return { fields, records, pairs, oversized: [], oversizedBlocks };
  const value = columns.map((column) => `r.${column}`).join(` || ' ' || `);
  const named = await db.rows(
    `SELECT ${value}, g.size FROM (${grouped}) g JOIN records r ON r.n = g.first WHERE g.size > ${most}
     ORDER BY g.size DESC, r.n LIMIT ${MOST_NAMED}`
  );
  await db.run(`UPDATE ${table} SET ${key} = NULL WHERE ${key} IN (SELECT key FROM (${grouped}) WHERE size > ${most})`);
  const oversized = named.map(([text, size]): OversizedBlock => ({ value: String(text), records: Number(size) }));
  return { fields, records, pairs, oversized, oversizedBlocks };
}

/**
 * Keys that a rule's own data bears out. A single field is one where its blocks are small enough; the others are taken two by two. The
 * cheapest come first, until the pairs are as many as can be compared in reasonable time: each additional key finds records that differ in
 * the fields of the others.
 */
async function chosenKeys(
  db: Database,
  rule: Rule,
  columns: (fields: readonly string[]) => string[]
): Promise<ReadonlyArray<readonly string[]>> {
  const [[total] = []] = await db.rows('SELECT count(*) FROM records');
  const records = Number(total ?? 0);
  const most = Math.max(records * PAIRS_A_RECORD, SMALL);
  const cost = async (fields: readonly string[]): Promise<Candidate> => {
    const parts = columns(fields);
    const isThere = parts.map((part) => `${part} IS NOT NULL`).join(' AND ');
    const [[pairs] = []] = await db.rows(
      `SELECT coalesce(sum(size::DOUBLE * (size - 1) / 2), 0) FROM
         (SELECT count(*) AS size FROM records WHERE ${isThere} GROUP BY ${parts.join(', ')})`
    );
    return { fields, pairs: Number(pairs ?? 0) };
  };
  const names = rule.fields.map(({ field }) => field);
  const singles: Candidate[] = [];
  for (const name of names) singles.push(await cost([name]));
  const isCheap = ({ pairs }: Candidate): boolean => pairs > 0 && pairs <= most;
  const common = singles.filter((one) => one.pairs > most);
  const twos: Candidate[] = [];
  for (const [i, one] of common.entries())
    for (const other of common.slice(i + 1)) twos.push(await cost([...one.fields, ...other.fields]));
  const candidates = [...singles, ...twos].filter(isCheap).sort((one, other) => one.pairs - other.pairs);
  const chosen: Candidate[] = [];
  let sum = 0;
  for (const candidate of candidates) {
    if (chosen.length === MOST_KEYS || sum + candidate.pairs > Math.max(records * PAIRS_IN_ALL, SMALL)) break;
    chosen.push(candidate);
    sum += candidate.pairs;
  }
  // Where nothing is cheap the one that costs least is used all the same; max-block keeps it within bounds.
  const least = [...singles, ...twos].sort((one, other) => one.pairs - other.pairs)[0];
  const keys = chosen.length > 0 ? chosen : least ? [least] : [];
  return keys.map(({ fields }) => fields);
}

/** Pairs that are compared within a second whatever the number of records. */
const SMALL = 1_000_000;
