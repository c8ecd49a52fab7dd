import { type Rule } from '../definition/definition.js';
import { TENTHS } from './rarity.js';
import { leaderOf, SOME_LIKENESS } from './score.js';

/** Bits that a likeness is worth less than equality: some values are alike to each other. */
const ALIKE_BITS = 3;
/** A person is asked about pairs that agree in so much less. */
const REVIEW_FACTOR = 100;

/** Of a row with the likenesses `s0`… and the rarities `q0`…: whether another record would hardly agree in as much by chance. */
export type ChanceSql = { readonly isRare: string; readonly mayReview: string };

export const ANY_CHANCE: ChanceSql = { isRare: 'true', mayReview: 'true' };

/** @param records of which any may agree with one by chance */
export function chanceSql(rule: Rule, records: number): ChanceSql {
  const { chance } = rule;
  if (chance === undefined) return ANY_CHANCE;
  const isAlike = (i: number): string =>
    `coalesce(s${i} >= ${Math.max(rule.fields[i]?.atLeast ?? 0, SOME_LIKENESS)}, false)`;
  const bits = rule.fields.map((one, i) => {
    const leader = leaderOf(rule, one);
    const told = leader < 0 ? '' : `WHEN ${isAlike(leader)} THEN 0 `;
    return `CASE ${told}WHEN s${i} = 1 THEN q${i} WHEN ${isAlike(i)} THEN greatest(s${i} * q${i} - ${ALIKE_BITS * TENTHS}, 0) ELSE 0 END`;
  });
  const enough = (share: number): string =>
    `round(${bits.join(' + ')}) >= ${Math.round(TENTHS * Math.log2(records / share))}`;
  return { isRare: enough(chance), mayReview: enough(chance * REVIEW_FACTOR) };
}
