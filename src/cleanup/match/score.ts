import { type Comparison, type Definition, type Outvoting, type Rule } from '../definition/definition.js';
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
  /** Of a row of likenesses: whether two records fit that others of one cluster connect… */
  readonly fits: string;
  /** …and whether there is enough to say so, or the contrary. */
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
export function meanSql(rule: Rule, layout: Layout): RuleSql {
  const counted = rule.fields.map(({ weight, atLeast }, i) =>
    atLeast > 0 ? `${weight} * CASE WHEN s${i} < ${atLeast} THEN 0 ELSE s${i} END` : `${weight} * s${i}`
  );
  const sum = counted.map((one) => `coalesce(${one}, 0)`).join(' + ');
  const weights = rule.fields.map(({ weight }, i) => `CASE WHEN s${i} IS NULL THEN 0 ELSE ${weight} END`).join(' + ');
  const total = rule.fields.reduce((before, { weight }) => before + weight, 0);
  const enough = `${weights} >= ${total * rule.evidence}`;
  const areThere = rule.fields.flatMap((one, i) => (one.required === true ? [`s${i} IS NOT NULL`] : []));
  const score = `CASE WHEN ${enough} THEN round((${sum}) / (${weights}), ${DIGITS}) END`;
  return {
    likenesses: likenessesOf(rule, layout),
    staged: { ...stagedColumns(rule, layout), canReach: canReach(rule, layout, counted) },
    score,
    ...verdictsOf(rule),
    fits: `${score} >= ${rule.review}`,
    canTell: [enough, ...areThere].join(' AND ')
  };
}

export function likenessesOf(rule: Rule, layout: Layout): string {
  return rule.fields.map((one, i) => `${swappable(rule, one, layout)} AS s${i}`).join(',\n');
}

export function verdictsOf(rule: Rule): Pick<RuleSql, 'hasRequired' | 'mayMerge'> {
  const isAlike = rule.fields.map(({ atLeast }, i) => `s${i} >= ${Math.max(atLeast, SOME_LIKENESS)}`);
  const required = rule.fields.flatMap((one, i) => (one.required === true ? [`coalesce(${isAlike[i]}, false)`] : []));
  const decisive = rule.fields.flatMap((one, i) =>
    one.required === 'if-present' ? [`coalesce(${isAlike[i]}, true)`] : []
  );
  return {
    hasRequired: required.length === 0 ? 'true' : required.join(' AND '),
    mayMerge: decisive.length === 0 ? 'true' : decisive.join(' AND ')
  };
}

/** The place of the field that one goes with; -1 where there is none. */
export function leaderOf({ fields }: Rule, { follows }: Comparison): number {
  return follows === undefined ? -1 : fields.findIndex(({ field }) => field.toLowerCase() === follows.toLowerCase());
}

/** Required without a number means alike at all. */
export const SOME_LIKENESS = 0.0001;

/** The columns of both steps. */
export function stagedColumns(rule: Rule, layout: Layout): Omit<StagedSql, 'canReach'> {
  const cheap: string[] = [];
  const dear: string[] = [];
  for (const [i, one] of rule.fields.entries()) {
    if (COMPARERS[one.compare].isDear) {
      cheap.push(
        ...['a', 'b'].flatMap((alias) => layout.side(one, alias)).map((column) => `${column} AS ${kept(column)}`)
      );
      dear.push(`, ${likenessSql(one, layout, kept)} AS s${i}`);
    } else cheap.push(`${swappable(rule, one, layout)} AS s${i}`);
  }
  return { cheap: [...new Set(cheap)].join(',\n'), dear: dear.join('') };
}

function canReach(rule: Rule, layout: Layout, counted: readonly string[]): string {
  const atBest: string[] = [];
  const weights: string[] = [];
  for (const [i, one] of rule.fields.entries()) {
    const isDear = COMPARERS[one.compare].isDear === true;
    const [a, b] = [layout.side(one, 'a')[0] ?? '', layout.side(one, 'b')[0] ?? ''];
    const isThere = isDear ? `${kept(a)} IS NOT NULL AND ${kept(b)} IS NOT NULL` : `s${i} IS NOT NULL`;
    const present = `CASE WHEN ${isThere} THEN ${one.weight} ELSE 0 END`;
    atBest.push(isDear ? present : `coalesce(${counted[i] ?? ''}, 0)`);
    weights.push(present);
  }
  // What rounding adds to a score must not be lost here.
  const least = rule.review - 10 ** -DIGITS;
  return `${atBest.join(' + ')} >= ${least} * (${weights.join(' + ')})`;
}

/** The name in the second step of a column of the first. */
export function kept(column: string): string {
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

function swappable(rule: Rule, one: Comparison, layout: Layout): string {
  const names = rule.swapped?.map((name) => name.toLowerCase());
  const field = one.field.toLowerCase();
  const other =
    names?.includes(field) === true
      ? rule.fields.find((each) => each.field.toLowerCase() !== field && names.includes(each.field.toLowerCase()))
      : undefined;
  return other === undefined ? likenessSql(one, layout) : swappedSql(one, other, layout);
}

type Compared = Pick<Comparison, 'field' | 'compare' | 'within'>;

/** Two fields whose values stand in each other's place are alike by a little less than if they stood in their own. */
function swappedSql(one: Compared, other: Compared, layout: Layout): string {
  const own = likenessSql(one, layout);
  const [a1, b1] = [layout.side(one, 'a')[0], layout.side(one, 'b')[0]];
  const [a2, b2] = [layout.side(other, 'a')[0], layout.side(other, 'b')[0]];
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
    const same = unless.map((one) => `coalesce(${outvotingSql(one, layout)} >= ${THE_SAME}, false)`);
    return same.length === 0 ? isApart : `(${isApart} AND NOT (${same.join(' AND ')}))`;
  });
  return apart.length === 0 ? 'false' : `(${apart.join(' OR ')})`;
}

function outvotingSql({ swappedWith, ...one }: Outvoting, layout: Layout): string {
  const own = { ...one, within: 0 };
  return swappedWith === undefined ? likenessSql(own, layout) : swappedSql(own, { ...swappedWith, within: 0 }, layout);
}
