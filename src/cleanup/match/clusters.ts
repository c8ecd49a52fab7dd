import { join } from 'node:path';
import { type Database } from '../database.js';
import { type Definition } from '../definition/definition.js';
import { LineFile } from '../lineFile.js';
import { type Layout } from '../layout.js';
import { type Cluster, clusterOf, type Fits, groupsOf, grown, type Link } from './grouping.js';
import { type Scoring } from './pairs.js';
import { guardSql } from './score.js';

export type Clustering = {
  /** Planned to be merged; in the order of their first record. */
  readonly merge: readonly Cluster[];
  /** For a person to decide. Each takes in whole clusters of `merge`, or none of their records. */
  readonly review: readonly Cluster[];
  /** Numbers of the records of clusters that are too large to act on. */
  readonly oversized: ReadonlyArray<readonly number[]>;
  /** Pairs at or above `merge` that are not in one cluster, since another member does not fit: chains that were split. */
  readonly split: number;
  /** Pairs for review that would have made too large a group, or one that a guard forbids. */
  readonly reviewLeftOut: number;
};

/** A chain with more records than this is reported and not looked into: its pairs are too many. */
const MOST_IN_CHAIN = 200;

type Asked = {
  readonly definition: Definition;
  readonly layout: Layout;
  /** A directory for files that go. */
  readonly scratch: string;
  /** What keeps records of a chain apart: the rules too, or the guards alone. */
  readonly fitBy: FitBy;
  /** How each rule scores. */
  readonly scorings: readonly Scoring[];
};

type FitBy = 'rules' | 'guards';

/** Makes clusters of the pairs in the table `pairs`. */
export async function makeClusters(db: Database, asked: Asked): Promise<Clustering> {
  const links = await readLinks(db);
  const relations = { ...asked, db };
  const { groups, oversized } = await mergeGroups(links, relations);
  const groupOf = new Map<number, number>();
  for (const [i, group] of groups.entries()) for (const n of group) groupOf.set(n, i);
  const isWithin = ({ a, b }: Link): boolean => groupOf.has(a) && groupOf.get(a) === groupOf.get(b);
  const tooLarge = new Set(oversized.flat());
  const open = links.filter((link) => !isWithin(link) && !tooLarge.has(link.a) && !tooLarge.has(link.b));
  const reviewed = await reviewGroups(open, { groups, groupOf }, relations);
  const reviewOf = new Map<number, number>();
  for (const [i, group] of reviewed.entries()) for (const n of group) reviewOf.set(n, i);
  const isReviewed = ({ a, b }: Link): boolean => reviewOf.has(a) && reviewOf.get(a) === reviewOf.get(b);
  return {
    merge: clusters(groups, links.filter(isWithin), groupOf),
    review: clusters(reviewed, links.filter(isReviewed), reviewOf),
    oversized,
    split: open.filter(({ merges }) => merges).length,
    reviewLeftOut: open.filter((link) => !isReviewed(link)).length
  };
}

async function readLinks(db: Database): Promise<Link[]> {
  const links: Link[] = [];
  const sql = 'SELECT a, b, rule, round(score * 1000000)::INTEGER, merges::INTEGER FROM pairs ORDER BY a, b';
  for await (const [as = [], bs = [], rules = [], scores = [], merges = []] of db.integers(sql))
    for (let i = 0; i < as.length; i += 1)
      links.push({
        a: as[i] ?? 0,
        b: bs[i] ?? 0,
        rule: rules[i] ?? 0,
        score: (scores[i] ?? 0) / 1_000_000,
        merges: merges[i] === 1
      });
  return links;
}

type Relations = Asked & { readonly db: Database };

/** The clusters that reach `merge`. Pairs are that by themselves; of larger groups every member must fit every other. */
async function mergeGroups(
  links: readonly Link[],
  relations: Relations
): Promise<{ groups: number[][]; oversized: number[][] }> {
  const strong = links.filter(({ merges }) => merges);
  const connected = groupsOf(strong);
  const pairs = connected.filter(({ length }) => length === 2);
  const chains = connected.filter(({ length }) => length > 2 && length <= MOST_IN_CHAIN);
  const endless = connected.filter(({ length }) => length > MOST_IN_CHAIN);
  const fits = await fitting(chains, relations, { by: relations.fitBy, to: 'merge' });
  const found: number[][] = [];
  for (const [chain, own] of withLinks(chains, strong)) found.push(...grown(own, fits, [], chain.length));
  const isSmall = ({ length }: readonly number[]): boolean => length <= relations.definition.maxCluster;
  return {
    groups: [...pairs, ...found.filter(isSmall)].sort(byFirst),
    oversized: [...endless, ...found.filter((group) => !isSmall(group))].sort(byFirst)
  };
}

type Planned = { readonly groups: ReadonlyArray<readonly number[]>; readonly groupOf: ReadonlyMap<number, number> };

/** What a person shall look at: planned clusters and single records along the links that are left, as long as the group is not too large. */
async function reviewGroups(open: readonly Link[], planned: Planned, relations: Relations): Promise<number[][]> {
  const { maxCluster } = relations.definition;
  const touched = [...new Set(open.flatMap(({ a, b }) => [planned.groupOf.get(a), planned.groupOf.get(b)]))];
  const start = touched.flatMap((i) => (i === undefined ? [] : [planned.groups[i] ?? []]));
  const first = grown(open, () => true, start, maxCluster);
  const fits = await fitting(first, relations, { by: 'guards', to: 'review' });
  const grownAgain = grown(open, fits, start, maxCluster);
  const isPlanned = (group: readonly number[]): boolean =>
    planned.groupOf.has(group[0] ?? 0) &&
    group.every((n) => planned.groupOf.get(n) === planned.groupOf.get(group[0] ?? 0));
  return grownAgain.filter((group) => !isPlanned(group)).sort(byFirst);
}

/**
 * Whether two records of one of the groups fit: no guard keeps them apart and, by `rules`, no rule that can compare them finds them unlike
 * while none finds them alike. An exact rule finds no one unlike: a second address is no sign of a second person.
 */
async function fitting(
  groups: readonly number[][],
  relations: Relations,
  { by, to }: { readonly by: FitBy; readonly to: 'merge' | 'review' }
): Promise<Fits> {
  const { db, definition, layout } = relations;
  if (groups.length === 0) return () => true;
  if (by === 'guards' && definition.guards.length === 0) return () => true;
  await importGroups(groups, relations);
  const scorings = by === 'guards' ? [] : relations.scorings;
  const misfits = new Set<number>();
  const verdicts = scorings.map(({ sql: { likenesses, fits, hasRequired, mayMerge, canTell }, rarity }, i) => {
    const isAlike = `${fits} AND ${hasRequired} AND ${mayMerge}`;
    const verdict = `CASE WHEN ${definition.rules[i]?.isExact === true ? isAlike : canTell} THEN ${isAlike} END`;
    const couples = couplesOf(`(SELECT r.*${rarity.columns} FROM grouped r ${rarity.joins})`);
    return `SELECT a, b, false AS apart, ${verdict} AS alike FROM (SELECT a.n AS a, b.n AS b, ${likenesses}${rarity.shared} FROM ${couples})`;
  });
  const guards = `SELECT a.n AS a, b.n AS b, ${guardSql(definition, layout, to)} AS apart, NULL::BOOLEAN AS alike FROM ${couplesOf('grouped')}`;
  const sql = `SELECT a, b FROM (${[guards, ...verdicts].join(' UNION ALL ')}) GROUP BY a, b
    HAVING bool_or(apart) OR NOT coalesce(bool_or(alike), true)`;
  for await (const [as = [], bs = []] of db.integers(sql))
    for (let i = 0; i < as.length; i += 1) misfits.add(pairKey(as[i] ?? 0, bs[i] ?? 0));
  await db.run('DROP TABLE grouped');
  return (a, b) => !misfits.has(a < b ? pairKey(a, b) : pairKey(b, a));
}

function couplesOf(grouped: string): string {
  return `${grouped} a JOIN ${grouped} b ON a.g = b.g AND a.n < b.n`;
}

/** Numbers of records are less than 2^26 (67 million), so that two of them are one safe number. */
function pairKey(a: number, b: number): number {
  return a * 2 ** 26 + b;
}

async function importGroups(groups: readonly number[][], { db, scratch }: Relations): Promise<void> {
  const path = join(scratch, 'groups.csv');
  const file = new LineFile(path);
  for (const [g, group] of groups.entries()) {
    for (const n of group) file.add([String(n), String(g)]);
    await file.drain();
  }
  await file.close();
  await db.importCsv('group_numbers', path, ['n', 'g']);
  await db.run('CREATE TABLE grouped AS SELECT g.g, r.* FROM group_numbers g JOIN records r ON r.n = g.n');
  await db.run('DROP TABLE group_numbers');
}

/** Each group with the links within it. */
function withLinks(groups: readonly number[][], links: readonly Link[]): Array<[number[], Link[]]> {
  const own = groups.map((group): [number[], Link[]] => [group, []]);
  const places = new Map<number, number>();
  for (const [i, group] of groups.entries()) for (const n of group) places.set(n, i);
  for (const link of links) {
    const place = places.get(link.a);
    if (place !== undefined && places.get(link.b) === place) own[place]?.[1].push(link);
  }
  return own;
}

function clusters(
  groups: readonly number[][],
  links: readonly Link[],
  placeOf: ReadonlyMap<number, number>
): Cluster[] {
  const own = groups.map((): Link[] => []);
  for (const link of links) own[placeOf.get(link.a) ?? 0]?.push(link);
  return groups.map((group, i) => clusterOf(group, own[i] ?? []));
}

function byFirst(one: readonly number[], other: readonly number[]): number {
  return (one[0] ?? 0) - (other[0] ?? 0);
}
