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
 * Makes the table `pairs` of clusters that another engine computed: a CSV with the columns `cluster`, the key (`Id`), and `score` if there is one;
 * a record below `review` is left out.
 * @throws SfError `ClustersColumnsError`, `ClustersUnknownError`, `ClustersTwiceError`
 */
export async function givenPairs(
  db: Database,
  path: string,
  { definition, layout, scratch }: GivenWork
): Promise<void> {
  const key = layout.key === undefined ? undefined : layout.fields[layout.key];
  const rows = join(scratch, 'given.csv');
  await copyRows(path, key ?? 'row', rows);
  await db.importCsv('given', rows, ['line', 'cluster', 'key', 'score']);
  const name = layout.key === undefined ? 'n::VARCHAR' : keySql(`v${layout.key}`, layout.hasIds);
  await db.run(
    `CREATE TABLE placed AS SELECT g.line, g.cluster, coalesce(try_cast(g.score AS DOUBLE), 1) AS score, r.*
     FROM given g LEFT JOIN records r ON ${name.replace(/\bv/, 'r.v').replace(/\bn::/, 'r.n::')} = ${keySql('g.key', layout.hasIds)}`
  );
  const unknown = await db.rows('SELECT line FROM placed WHERE n IS NULL ORDER BY line LIMIT 10');
  if (unknown.length > 0) throw messages.createError('clustersUnknown', [path, unknown.flat().join(', ')]);
  const twice = await db.rows(
    'SELECT min(line), max(line) FROM placed GROUP BY n HAVING count(*) > 1 ORDER BY 1 LIMIT 5'
  );
  if (twice.length > 0)
    throw messages.createError('clustersTwice', [path, twice.map((lines) => lines.join(' and ')).join('; ')]);
  const { review, written } = definition;
  const size = 'count(*) OVER (PARTITION BY cluster)';
  await db.run(
    `CREATE TABLE sized AS SELECT *, ${size} AS size, min(n) OVER (PARTITION BY cluster) AS first FROM placed`
  );
  await db.run(
    `CREATE TABLE pairs AS SELECT a.n AS a, b.n AS b, ${GIVEN_RULE} AS rule, least(a.score, b.score) AS score,
       least(a.score, b.score) >= ${written.thresholds.merge} AS merges
     FROM sized a JOIN sized b ON a.cluster = b.cluster AND a.n < b.n AND (a.size <= ${MOST_IN_PAIRS} OR a.n = a.first)
     WHERE least(a.score, b.score) >= ${review} AND NOT ${guardSql(definition, layout)}`
  );
  for (const table of ['given', 'placed', 'sized']) await db.run(`DROP TABLE ${table}`);
}

/** The last three of 18 characters of an Id are a check over the others. */
export function keySql(column: string, isId: boolean): string {
  return isId ? `left(${column}, 15)` : column;
}

async function copyRows(path: string, key: string, to: string): Promise<void> {
  const input = await openInput([{ path }]);
  const places = new Map(input.header.map((column, i) => [column.trim().toLowerCase(), i]));
  const [cluster, id, score] = [places.get('cluster'), places.get(key.toLowerCase()), places.get('score')];
  if (cluster === undefined || id === undefined)
    throw messages.createError('clustersColumns', [path, key], [input.header.join(', ')]);
  const file = new LineFile(to);
  for await (const batch of input.batches) {
    for (let i = 0; i < batch.count; i += 1)
      file.add([
        String(batch.firstNumber + i),
        batch.field(i, cluster),
        batch.field(i, id),
        score === undefined ? '' : batch.field(i, score)
      ]);
    await file.drain();
  }
  await file.close();
}
