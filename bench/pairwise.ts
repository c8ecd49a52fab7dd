import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';

/** How many pairs of records a matching puts together, and how many of them are the same in truth. */
export type Pairs = { readonly found: number; readonly right: number };

/** Precision, recall and their harmonic mean. */
export type Quality = { readonly precision: number; readonly recall: number; readonly f1: number };

/** What the truth is: who each record is, by the record's key. */
export type Truth = { readonly personOf: ReadonlyMap<string, string>; readonly pairs: number };

/** @param person who the record is, given its values by column */
export async function readTruth(
  file: string,
  key: string,
  person: (record: Readonly<Record<string, string>>) => string
): Promise<Truth> {
  const personOf = new Map<string, string>();
  const sizes = new Map<string, number>();
  let pairs = 0;
  for await (const record of rowsOf(file)) {
    const one = person(record);
    personOf.set(record[key] ?? '', one);
    const before = sizes.get(one) ?? 0;
    // The new record makes a pair with each one before it.
    pairs += before;
    sizes.set(one, before + 1);
  }
  return { personOf, pairs };
}

/** The pairs of records in one cluster of a plan's file: all of them, and by the rule that its members were found by. */
export async function pairsOf(
  file: string,
  key: string,
  { personOf }: Truth
): Promise<{ all: Pairs; byRule: ReadonlyMap<string, Pairs> }> {
  const all = { found: 0, right: 0 };
  const byRule = new Map<string, { found: number; right: number }>();
  for await (const members of clustersOf(file, key))
    for (const [one, other] of couples(members)) {
      const rule = one.rule === other.rule ? one.rule : 'several rules';
      const counts = byRule.get(rule) ?? { found: 0, right: 0 };
      byRule.set(rule, counts);
      for (const each of [all, counts]) {
        each.found += 1;
        if (personOf.get(one.key) === personOf.get(other.key)) each.right += 1;
      }
    }
  return { all, byRule };
}

/** The pairs that are in a cluster of one of the files at least. */
export async function unionOf(files: readonly string[], key: string, { personOf }: Truth): Promise<Pairs> {
  const seen = new Set<string>();
  let right = 0;
  for (const file of files)
    for await (const members of clustersOf(file, key))
      for (const [one, other] of couples(members)) {
        const pair = one.key < other.key ? `${one.key}\n${other.key}` : `${other.key}\n${one.key}`;
        if (seen.has(pair)) continue;
        seen.add(pair);
        if (personOf.get(one.key) === personOf.get(other.key)) right += 1;
      }
  return { found: seen.size, right };
}

type Member = { readonly key: string; readonly rule: string };

async function* clustersOf(file: string, key: string): AsyncGenerator<Member[]> {
  let open: Member[] = [];
  let cluster: string | undefined;
  for await (const row of rowsOf(file)) {
    if (row['cluster'] !== cluster && open.length > 0) {
      yield open;
      open = [];
    }
    cluster = row['cluster'];
    open.push({ key: row[key] ?? '', rule: row['rule'] ?? '' });
  }
  if (open.length > 0) yield open;
}

function* couples(members: readonly Member[]): Generator<[Member, Member]> {
  for (const [i, one] of members.entries()) for (const other of members.slice(i + 1)) yield [one, other];
}

/** @param truePairs of all records */
export function qualityOf({ found, right }: Pairs, truePairs: number): Quality {
  const precision = found === 0 ? 1 : right / found;
  const recall = truePairs === 0 ? 1 : right / truePairs;
  return { precision, recall, f1: (2 * precision * recall) / (precision + recall || 1) };
}

async function* rowsOf(file: string): AsyncGenerator<Record<string, string>> {
  const rows = createReadStream(file).pipe(
    parse({ columns: (header: string[]) => header.map((name) => name.trim()), trim: true, bom: true })
  );
  for await (const row of rows) yield row as Record<string, string>;
}
