import { UnionFind } from './unionFind.js';

/** Two records that a rule finds alike. */
export type Link = {
  readonly a: number;
  readonly b: number;
  readonly score: number;
  readonly rule: number;
  /** Whether the score reaches the rule's `merge`. */
  readonly merges: boolean;
};

export type Member = { readonly n: number; readonly score: number; readonly rule: number };

/** Records that are taken for one, each with its best link to another of them. Ordered by number. */
export type Cluster = { readonly members: readonly Member[] };

/** Best first; then in the order of reading, so that the same data gives the same clusters. */
export function byScore(one: Link, other: Link): number {
  return other.score - one.score || one.a - other.a || one.b - other.b;
}

/** Groups by number of the records, each at least a pair. */
export function groupsOf(links: readonly Link[]): number[][] {
  const numbers = [...new Set(links.flatMap(({ a, b }) => [a, b]))].sort((one, other) => one - other);
  const places = new Map(numbers.map((n, i) => [n, i]));
  const union = new UnionFind(numbers.length);
  for (const { a, b } of links) union.unite(places.get(a) ?? 0, places.get(b) ?? 0);
  const groups = new Map<number, number[]>();
  for (const [i, n] of numbers.entries()) {
    const root = union.root(i);
    const group = groups.get(root);
    if (group) group.push(n);
    else groups.set(root, [n]);
  }
  return [...groups.values()];
}

/** Whether two records may lie in one cluster. */
export type Fits = (a: number, b: number) => boolean;

/**
 * Puts records together along their links, the best first, as long as every one fits every other: A and C, that only B connects, are not one.
 * @param start groups that are there already
 * @param most records of a group; more are not put together
 */
export function grown(
  links: readonly Link[],
  fits: Fits,
  start: ReadonlyArray<readonly number[]>,
  most: number
): number[][] {
  const groupOf = new Map<number, number[]>();
  for (const group of start) {
    const own = [...group];
    for (const n of own) groupOf.set(n, own);
  }
  for (const { a, b } of [...links].sort(byScore)) {
    const one = groupOf.get(a) ?? [a];
    const other = groupOf.get(b) ?? [b];
    if (one === other || one.length + other.length > most) continue;
    if (!one.every((x) => other.every((y) => fits(x, y)))) continue;
    const both = [...one, ...other].sort((x, y) => x - y);
    for (const n of both) groupOf.set(n, both);
  }
  return [...new Set(groupOf.values())].filter((group) => group.length > 1);
}

/** A cluster of a group, given the links within it. */
export function clusterOf(group: readonly number[], links: readonly Link[]): Cluster {
  const best = new Map<number, Member>();
  for (const { a, b, score, rule } of [...links].sort(byScore))
    for (const n of [a, b]) if (!best.has(n)) best.set(n, { n, score, rule });
  return { members: group.map((n) => best.get(n) ?? { n, score: 0, rule: -1 }) };
}
