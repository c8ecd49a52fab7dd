import { join } from 'node:path';
import { Messages } from '@salesforce/core';
import { openInput } from '../../input/input.js';
import { type Database } from '../database.js';
import { type Definition } from '../definition/definition.js';
import { type Layout } from '../layout.js';
import { LineFile } from '../lineFile.js';
import { guardSql } from '../match/score.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'cleanup');

/** The number that stands for clusters computed elsewhere, beside those of the rules. */
export const GIVEN_RULE = -1;
export const GIVEN_NAME = 'given';

/** More members than this are not taken in pairs: the cluster is too large to act on anyway. */
const MOST_IN_PAIRS = 200;

/** Where the clusters come from, and where their rows wait for the database. */
type GivenWork = { readonly definition: Definition; readonly layout: Layout; readonly scratch: string };

/**
 * Makes the table `pairs` of what another engine found. Two forms of a CSV are taken, and told apart by their columns:
 * - clusters: `cluster` (or `cluster_id`), the key (`Id`; or `unique_id`), and `score` if there is one;
 * - pairs: the key with `_l` and `_r` (or `unique_id_l`, `unique_id_r`), and `match_probability` or `score`: what Splink's predictions are.
 *
 * A pair below `review`, and one that a guard keeps apart, is left out.
 * @throws SfError `ClustersColumnsError`, `ClustersUnknownError`, `ClustersTwiceError`, `ClustersScoreError`
 */
export async function givenPairs(db: Database, path: string, work: GivenWork): Promise<void> {
  const { definition, layout, scratch } = work;
  const key = (layout.key === undefined ? undefined : layout.fields[layout.key]) ?? 'row';
  const rows = join(scratch, 'given.csv');
  const form = await copyRows(path, key, rows);
  await db.importCsv('given', rows, form === 'pairs' ? PAIR_COLUMNS : CLUSTER_COLUMNS);
  const noScore = await db.rows(
    `SELECT line FROM given WHERE score IS NOT NULL AND (try_cast(score AS DOUBLE) IS NULL OR try_cast(score AS DOUBLE) NOT BETWEEN 0 AND 1)
     ORDER BY line LIMIT 10`
  );
  if (noScore.length > 0) throw messages.createError('clustersScore', [path, noScore.flat().join(', ')]);
  const { merge } = definition.written.thresholds;
  const source = form === 'pairs' ? await linkedPairs(db, path, layout) : await clusteredPairs(db, path, layout);
  await db.run(
    `CREATE TABLE pairs AS SELECT a, b, ${GIVEN_RULE} AS rule, max(score) AS score, max(score) >= ${merge} AND NOT bool_or(guarded) AS merges FROM
       (SELECT a.n AS a, b.n AS b, ${source.score} AS score, ${guardSql(definition, layout, 'merge')} AS guarded FROM ${source.from}
        WHERE ${source.score} >= ${definition.review} AND NOT ${guardSql(definition, layout, 'review')})
     GROUP BY a, b`
  );
  for (const table of ['given', ...source.tables]) await db.run(`DROP TABLE ${table}`);
}

const CLUSTER_COLUMNS = ['line', 'cluster', 'key', 'score'];
const PAIR_COLUMNS = ['line', 'key', 'other', 'score'];

/** SQL of pairs of the records `a` and `b`, and the tables made for it. */
type PairSource = { readonly from: string; readonly score: string; readonly tables: readonly string[] };

async function clusteredPairs(db: Database, path: string, layout: Layout): Promise<PairSource> {
  const same = sameKey(layout, 'g.key');
  await db.run(
    `CREATE TABLE placed AS SELECT g.line, g.cluster, coalesce(try_cast(g.score AS DOUBLE), 1) AS score, r.*
     FROM given g LEFT JOIN records r ON ${same}`
  );
  const unknown = await db.rows('SELECT line FROM placed WHERE n IS NULL ORDER BY line LIMIT 10');
  if (unknown.length > 0) throw messages.createError('clustersUnknown', [path, unknown.flat().join(', ')]);
  const twice = await db.rows(
    'SELECT min(line), max(line) FROM placed GROUP BY n HAVING count(*) > 1 ORDER BY 1 LIMIT 5'
  );
  if (twice.length > 0)
    throw messages.createError('clustersTwice', [path, twice.map((lines) => lines.join(' and ')).join('; ')]);
  const size = 'count(*) OVER (PARTITION BY cluster)';
  await db.run(
    `CREATE TABLE sized AS SELECT *, ${size} AS size, min(n) OVER (PARTITION BY cluster) AS first FROM placed`
  );
  return {
    from: `sized a JOIN sized b ON a.cluster = b.cluster AND a.n < b.n AND (a.size <= ${MOST_IN_PAIRS} OR a.n = a.first)`,
    score: 'least(a.score, b.score)',
    tables: ['placed', 'sized']
  };
}

async function linkedPairs(db: Database, path: string, layout: Layout): Promise<PairSource> {
  const n = (key: string, as: string): string =>
    `SELECT g.line, r.n AS ${as} FROM given g LEFT JOIN records r ON ${sameKey(layout, key)}`;
  await db.run(
    `CREATE TABLE linked AS SELECT g.line, least(x.one, y.other) AS a, greatest(x.one, y.other) AS b,
       x.one IS NULL OR y.other IS NULL AS is_unknown, coalesce(try_cast(g.score AS DOUBLE), 1) AS score
     FROM given g JOIN (${n('g.key', 'one')}) x ON x.line = g.line JOIN (${n('g.other', 'other')}) y ON y.line = g.line`
  );
  const unknown = await db.rows('SELECT line FROM linked WHERE is_unknown ORDER BY line LIMIT 10');
  if (unknown.length > 0) throw messages.createError('clustersUnknown', [path, unknown.flat().join(', ')]);
  return {
    from: 'linked l JOIN records a ON a.n = l.a JOIN records b ON b.n = l.b AND l.a < l.b',
    score: 'l.score',
    tables: ['linked']
  };
}

/** SQL for "the record `r` has the key". */
function sameKey({ key, hasIds }: Layout, column: string): string {
  return `${key === undefined ? 'r.n::VARCHAR' : keySql(`r.v${key}`, hasIds)} = ${keySql(column, hasIds)}`;
}

/** The last three of 18 characters of an Id are a check over the others. */
export function keySql(column: string, isId: boolean): string {
  return isId ? `CASE WHEN length(${column}) = 18 THEN left(${column}, 15) ELSE ${column} END` : column;
}

/** Writes the rows for the database, whatever the columns are called; returns which of the two forms they have. */
async function copyRows(path: string, key: string, to: string): Promise<'clusters' | 'pairs'> {
  const input = await openInput([{ path }]);
  const places = new Map(input.header.map((column, i) => [column.trim().toLowerCase(), i]));
  const place = (...names: string[]): number | undefined =>
    names.map((name) => places.get(name.toLowerCase())).find((found) => found !== undefined);
  const score = place('score', 'match_probability');
  const ofClusters = [place('cluster', 'cluster_id'), place(key, 'unique_id')];
  const ofPairs = [place(`${key}_l`, 'unique_id_l'), place(`${key}_r`, 'unique_id_r')];
  const isPairs = ofPairs.every((found) => found !== undefined);
  const [first, second] = isPairs ? ofPairs : ofClusters;
  if (first === undefined || second === undefined)
    throw messages.createError('clustersColumns', [path, key, key, key], [input.header.join(', ')]);
  const file = new LineFile(to);
  try {
    for await (const batch of input.batches) {
      for (let i = 0; i < batch.count; i += 1)
        file.add([
          String(batch.firstNumber + i),
          batch.field(i, first).trim(),
          batch.field(i, second).trim(),
          score === undefined ? '' : batch.field(i, score).trim()
        ]);
      await file.drain();
    }
  } finally {
    await file.close();
  }
  return isPairs ? 'pairs' : 'clusters';
}
