import { type Comparison, type Definition, type Rule } from '../definition/definition.js';
import { type Layout } from '../layout.js';
import { COMPARERS } from './comparers.js';

/** Four digits are more than anybody can tell apart, and rounding keeps what a threshold decides from hanging on the last bit. */
const DIGITS = 4;

/** SQL for a rule on the records `a` and `b`. */
export type RuleSql = {
  /** Columns `s0`…: the likeness of each field, NULL where one of them has no value. */
  readonly likenesses: string;
  /** Of a row of likenesses: the score from 0 to 1, NULL where there is too little to compare. */
  readonly score: string;
  /** Of a row of likenesses: whether what must be there is there and alike. */
  readonly hasRequired: string;
  /** Of a row of likenesses: whether there is enough to say that two records are alike, or not. */
  readonly canTell: string;
};

/**
 * The score of two records by a rule: the mean of the likenesses of its fields by their weights, over the fields where both have a value. A
 * likeness below `at-least` counts as 0. There is no score where the fields compared have less than `evidence` of all weights.
 */
export function ruleSql(rule: Rule, layout: Layout): RuleSql {
  const plain = rule.fields.map((one) => likenessSql(one, layout));
  const likenesses = rule.fields.map((one, i) => swappable(rule, one, { own: plain[i] ?? '', layout }));
  const counted = rule.fields.map(({ weight, atLeast }, i) =>
    atLeast > 0 ? `${weight} * CASE WHEN s${i} < ${atLeast} THEN 0 ELSE s${i} END` : `${weight} * s${i}`
  );
  const sum = counted.map((one) => `coalesce(${one}, 0)`).join(' + ');
  const weights = rule.fields.map(({ weight }, i) => `CASE WHEN s${i} IS NULL THEN 0 ELSE ${weight} END`).join(' + ');
  const total = rule.fields.reduce((before, { weight }) => before + weight, 0);
  const required = rule.fields.flatMap(({ isRequired, atLeast }, i) =>
    isRequired ? [`s${i} IS NOT NULL AND s${i} >= ${Math.max(atLeast, SOME_LIKENESS)}`] : []
  );
  const enough = `${weights} >= ${total * rule.evidence}`;
  const areThere = rule.fields.flatMap(({ isRequired }, i) => (isRequired ? [`s${i} IS NOT NULL`] : []));
  return {
    likenesses: likenesses.map((sql, i) => `${sql} AS s${i}`).join(',\n'),
    score: `CASE WHEN ${enough} THEN round((${sum}) / (${weights}), ${DIGITS}) END`,
    hasRequired: required.length === 0 ? 'true' : required.join(' AND '),
    canTell: [enough, ...areThere].join(' AND ')
  };
}

/** Required without a number means alike at all. */
const SOME_LIKENESS = 0.0001;

function likenessSql({ field, compare, within }: Comparison, layout: Layout): string {
  const a = layout.side({ field, compare }, 'a');
  const b = layout.side({ field, compare }, 'b');
  return `(CASE WHEN ${a[0]} IS NULL OR ${b[0]} IS NULL THEN NULL ELSE ${COMPARERS[compare].likeness(a, b, within)} END)`;
}

/** Two fields whose values stand in each other's place are alike by a little less than if they stood in their own. */
function swappable(rule: Rule, one: Comparison, { own, layout }: { own: string; layout: Layout }): string {
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

/** SQL that is true where a guard keeps the records `a` and `b` apart. */
export function guardSql({ guards }: Definition, layout: Layout): string {
  const apart = guards.map(({ field, compare, atLeast }) => {
    const likeness = likenessSql({ field, compare, weight: 1, atLeast, isRequired: false, within: 0 }, layout);
    return `coalesce(${likeness} < ${atLeast}, false)`;
  });
  return apart.length === 0 ? 'false' : `(${apart.join(' OR ')})`;
}
