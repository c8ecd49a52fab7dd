import { join } from 'node:path';
import { headerOf, tableRows } from '../csvTable.js';
import { type ClusterKind } from '../plan/memberRow.js';
import { PLAN_FILES, ROW_COLUMN } from '../plan/planFiles.js';
import { plainCell } from '../plan/readable.js';

/** How many clusters have scores in each share of 0 to 1. */
export type Distribution = Record<ClusterKind, number[]>;

export type ClusterLine = {
  readonly kind: ClusterKind;
  /** Of its weakest member. */
  readonly score: number;
  /** `kind \t score \t members \t changes \t rules \t JSON`: what the page finds clusters by comes before what it shows. */
  readonly line: string;
};

/** The fields whose values clusters.csv shows. */
export async function reportFields(planDir: string): Promise<string[]> {
  const header = await headerOf(join(planDir, PLAN_FILES.clusters));
  return header.slice(FIRST_FIELD).filter((name) => name !== ROW_COLUMN);
}

/** After cluster, role, key, rule and score. */
const FIRST_FIELD = 5;

/** The clusters of a plan, those to be merged first, each with what its survivor gets. */
export async function* clusterLines(planDir: string): AsyncGenerator<ClusterLine> {
  const [, , key = ''] = await headerOf(join(planDir, PLAN_FILES.clusters));
  const fields = await reportFields(planDir);
  const columns = ['cluster', 'role', key, 'rule', 'score', ...fields];
  const changes = changesOf(planDir, key);
  for (const kind of ['merge', 'review'] as const) {
    const path = join(planDir, kind === 'merge' ? PLAN_FILES.clusters : PLAN_FILES.review);
    for await (const [cluster = '', rows] of grouped(tableRows(path, columns)))
      yield lineOf(kind, cluster, rows, kind === 'merge' ? await changes(cluster) : []);
  }
}

function lineOf(kind: ClusterKind, cluster: string, rows: string[][], changes: string[][]): ClusterLine {
  const members = rows.map((row) => row.slice(1));
  const score = members.reduce((lowest, [, , , own]) => Math.min(lowest, Number(own)), 1);
  const rules = [...new Set(members.map(([, , rule = '']) => rule.replace(/[\t|]/g, ' ')))].join('|');
  const found = [kind, score, members.length, changes.length, rules].join('\t');
  return { kind, score, line: `${found}\t${JSON.stringify({ cluster, members, changes })}` };
}

async function* grouped(rows: AsyncIterable<string[]>): AsyncGenerator<[cluster: string, rows: string[][]], undefined> {
  let open: string[][] = [];
  for await (const row of rows) {
    const before = open[0]?.[0];
    if (before !== undefined && before !== row[0]) {
      yield [before, open];
      open = [];
    }
    open.push(row.map(plainCell));
  }
  if (open[0]?.[0] !== undefined) yield [open[0][0], open];
  return undefined;
}

/** Reads changes.csv alongside: it has the clusters in the same order, though not each of them. */
function changesOf(planDir: string, key: string): (cluster: string) => Promise<string[][]> {
  const columns = ['cluster', key, 'field', 'before', 'after', 'reason', 'from'];
  const groups = grouped(tableRows(join(planDir, PLAN_FILES.changes), columns));
  let next: [string, string[][]] | undefined;
  let isAtEnd = false;
  return async (cluster) => {
    if (!next && !isAtEnd) {
      const read = await groups.next();
      isAtEnd = read.done === true;
      next = read.done === true ? undefined : read.value;
    }
    if (next?.[0] !== cluster) return [];
    const rows = next[1];
    next = undefined;
    return rows.flatMap(([, , field = '', ...rest]) => (field === '' ? [] : [[field, ...rest]]));
  };
}
