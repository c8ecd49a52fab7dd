import { type Comparison, type Definition, type Rule } from '../definition/definition.js';
import { type Layout } from '../layout.js';
import { COMPARERS } from './comparers.js';

/** Four digits are more than anybody can tell apart, and rounding keeps what a threshold decides from hanging on the last bit. */
const DIGITS = 4;

/** SQL for a rule on the records `a` and `b`. */
export type RuleSql = {
  /** Columns `s0`…: the likeness of each field, NULL where one of them has no value. */
  readonly likenesses: string;
  /** The same in two steps, since some comparers cost many times what the others do. */
  readonly staged: StagedSql;
  /** Of a row of likenesses: the score from 0 to 1, NULL where there is too little to compare. */
  readonly score: string;
  /** Of a row of likenesses: whether what must be there is there and alike. */
  readonly hasRequired: string;
  /** Of a row of likenesses: whether nothing differs that only a person may overlook. */
  readonly mayMerge: string;
  /** Of a row of likenesses: whether there is enough to say that two records are alike, or not. */
  readonly canTell: string;
};

export type StagedSql = {
  /** Columns of the first step: the cheap likenesses, and of the dear fields the values to compare. */
  readonly cheap: string;
  /** Of a row of the first step: whether the score can still reach `review`, were all the dear fields equal. */
  readonly canReach: string;
  /** Columns of the second step: the dear likenesses; nothing where there are none. */
  readonly dear: string;
};

/**
 * The score of two records by a rule: the mean of the likenesses of its fields by their weights, over the fields where both have a value. A
 * likeness below `at-least` counts as 0. There is no score where the fields compared have less than `evidence` of all weights.
 */
export function ruleSql(rule: Rule, layout: Layout): RuleSql {
  const likenesses = rule.fields.map((one) => swappable(rule, one, layout));
  const counted = rule.fields.map(({ weight, atLeast }, i) =>
    atLeast > 0 ? `${weight} * CASE WHEN s${i} < ${atLeast} THEN 0 ELSE s${i} END` : `${weight} * s${i}`
  );
  const sum = counted.map((one) => `coalesce(${one}, 0)`).join(' + ');
  const weights = rule.fields.map(({ weight }, i) => `CASE WHEN s${i} IS NULL THEN 0 ELSE ${weight} END`).join(' + ');
  const total = rule.fields.reduce((before, { weight }) => before + weight, 0);
  const isAlike = rule.fields.map(({ atLeast }, i) => `s${i} >= ${Math.max(atLeast, SOME_LIKENESS)}`);
  const required = rule.fields.flatMap((one, i) => (one.required === true ? [`coalesce(${isAlike[i]}, false)`] : []));
  const decisive = rule.fields.flatMap((one, i) =>
    one.required === 'if-present' ? [`coalesce(${isAlike[i]}, true)`] : []
  );
  const enough = `${weights} >= ${total * rule.evidence}`;
  const areThere = rule.fields.flatMap((one, i) => (one.required === true ? [`s${i} IS NOT NULL`] : []));
  return {
    likenesses: likenesses.map((sql, i) => `${sql} AS s${i}`).join(',\n'),
    staged: stagedSql(rule, layout, { likenesses, counted }),
    score: `CASE WHEN ${enough} THEN round((${sum}) / (${weights}), ${DIGITS}) END`,
    hasRequired: required.length === 0 ? 'true' : required.join(' AND '),
    mayMerge: decisive.length === 0 ? 'true' : decisive.join(' AND '),
    canTell: [enough, ...areThere].join(' AND ')
  };
}

/** Required without a number means alike at all. */
export const SOME_LIKENESS = 0.0001;

type FieldSqls = { readonly likenesses: readonly string[]; readonly counted: readonly string[] };

function stagedSql(rule: Rule, layout: Layout, { likenesses, counted }: FieldSqls): StagedSql {
  const fields = rule.fields.map((one, i) => ({ ...one, i, isDear: COMPARERS[one.compare].isDear }));
  const cheap: string[] = [];
  const atBest: string[] = [];
  const weights: string[] = [];
  for (const { field, compare, weight, i, isDear } of fields) {
    const both = [...layout.side({ field, compare }, 'a'), ...layout.side({ field, compare }, 'b')];
    if (isDear) cheap.push(...both.map((column) => `${column} AS ${kept(column)}`));
    else cheap.push(`${likenesses[i] ?? ''} AS s${i}`);
    const [a, b] = [layout.side({ field, compare }, 'a')[0] ?? '', layout.side({ field, compare }, 'b')[0] ?? ''];
    const isThere = isDear ? `${kept(a)} IS NOT NULL AND ${kept(b)} IS NOT NULL` : `s${i} IS NOT NULL`;
    const present = `CASE WHEN ${isThere} THEN ${weight} ELSE 0 END`;
    atBest.push(isDear ? present : `coalesce(${counted[i] ?? ''}, 0)`);
    weights.push(present);
  }
  const dear = fields.filter(({ isDear }) => isDear);
  // What rounding adds to a score must not be lost here.
  const least = rule.review - 10 ** -DIGITS;
  return {
    cheap: [...new Set(cheap)].join(',\n'),
    canReach: `${atBest.join(' + ')} >= ${least} * (${weights.join(' + ')})`,
    dear: dear.map((one) => `, ${likenessSql(one, layout, kept)} AS s${one.i}`).join('')
  };
}

/** The name in the second step of a column of the first. */
function kept(column: string): string {
  return column.replace('.', '_');
}

function likenessSql(
  { field, compare, within }: Pick<Comparison, 'field' | 'compare' | 'within'>,
  layout: Layout,
  named: (column: string) => string = (column) => column
): string {
  const a = layout.side({ field, compare }, 'a').map(named);
  const b = layout.side({ field, compare }, 'b').map(named);
  return `(CASE WHEN ${a[0]} IS NULL OR ${b[0]} IS NULL THEN NULL ELSE ${COMPARERS[compare].likeness(a, b, within)} END)`;
}

/** Two fields whose values stand in each other's place are alike by a little less than if they stood in their own. */
function swappable(rule: Rule, one: Comparison, layout: Layout): string {
  const own = likenessSql(one, layout);
  const names = rule.swapped?.map((name) => name.toLowerCase());
  if (!names?.includes(one.field.toLowerCase())) return own;
  const [first, last] = (names ?? []).map((name) => rule.fields.find(({ field }) => field.toLowerCase() === name));
  if (!first || !last) return own;
  const [a1, b1] = [layout.side(first, 'a')[0], layout.side(first, 'b')[0]];
  const [a2, b2] = [layout.side(last, 'a')[0], layout.side(last, 'b')[0]];
  return `(CASE WHEN ${a1} = ${b2} AND ${a2} = ${b1} AND ${a1} <> ${a2} THEN ${SWAPPED}
    WHEN jaro_winkler_similarity(${a1}, ${b2}) > ${SWAPPED_ALIKE} AND jaro_winkler_similarity(${a2}, ${b1}) > ${SWAPPED_ALIKE}
    THEN greatest(${own}, ${SWAPPED_ALIKE}) ELSE ${own} END)`;
}

const SWAPPED = 0.95;
const SWAPPED_ALIKE = 0.9;

/** A likeness that leaves no doubt: equal, or two digits or a day and a month in each other's place, or a name and its short form. */
const THE_SAME = 0.95;

/** SQL that is true where a guard keeps the records `a` and `b` from being planned as one (`merge`), or from being asked about (`review`), too. */
export function guardSql({ guards }: Definition, layout: Layout, from: 'merge' | 'review'): string {
  const apart = guards.map(({ field, compare, atLeast, review, unless }) => {
    const likeness = likenessSql({ field, compare, within: 0 }, layout);
    const isApart = `coalesce(${likeness} < ${from === 'merge' ? atLeast : review}, false)`;
    const same = unless.map((one) => `coalesce(${likenessSql({ ...one, within: 0 }, layout)} >= ${THE_SAME}, false)`);
    return same.length === 0 ? isApart : `(${isApart} AND NOT (${same.join(' AND ')}))`;
  });
  return apart.length === 0 ? 'false' : `(${apart.join(' OR ')})`;
}
