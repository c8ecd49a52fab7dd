import { type Rule } from '../definition/definition.js';
import { type Layout } from '../layout.js';
import { COMPARERS } from './comparers.js';
import { TENTHS } from './rarity.js';
import { kept, leaderOf, likenessesOf, type RuleSql, stagedColumns, verdictsOf } from './score.js';

/** How alike two values are: equal, all but equal, near, alike at all (`at-least`), different. */
export const LEVELS = 5;
export const DIFFERENT = LEVELS - 1;
/** The likeness from which two values are all but equal, or near. */
const CLOSE = 0.9;
const NEAR = 0.75;

/** What agreeing and differing tells, in tenths of a bit, as it was learnt from the data. */
export type Odds = {
  /** What speaks for two records being one before anything of them is known. */
  readonly prior: number;
  /** The same of two that have in common what several have (`shared`): these fields together say no more. */
  readonly belonging: number;
  /** Of each field by level. That of equal values is added to how rare the value is. */
  readonly fields: ReadonlyArray<readonly number[]>;
  /** How often the values of one person stand at each level. */
  readonly same: ReadonlyArray<readonly number[]>;
};

/** What was learnt of a field, for people. */
export type Learnt = {
  readonly field: string;
  /** Of one person's values: the share that is equal, and the share that is different. */
  readonly equal: number;
  readonly different: number;
  /** How much all but equal values speak for one person, and different ones against; one bit is twice as much. */
  readonly bitsFor: number;
  readonly bitsAgainst: number;
};

export function learntOf({ fields }: Rule, { fields: bits, same }: Odds): Learnt[] {
  const share = (i: number, level: number): number => Math.round((same[i]?.[level] ?? 0) * 1000) / 1000;
  return fields.map(({ field }, i) => ({
    field,
    equal: share(i, 0),
    different: share(i, DIFFERENT),
    bitsFor: (bits[i]?.[1] ?? 0) / TENTHS,
    bitsAgainst: -(bits[i]?.[DIFFERENT] ?? 0) / TENTHS
  }));
}

/** A probability is kept with six digits: from 0.999999 on there is nothing to tell apart. */
const DIGITS = 6;

/** Of a row with the likeness `s<i>`: its level, NULL where there is none. */
export function levelSql({ fields }: Rule, i: number): string {
  const atLeast = fields[i]?.atLeast ?? 0;
  return `CASE WHEN s${i} = 1 THEN 0 WHEN s${i} < ${Math.max(atLeast, Number.EPSILON)} THEN ${DIFFERENT} WHEN s${i} >= ${CLOSE} THEN 1
    WHEN s${i} >= ${NEAR} THEN 2 WHEN s${i} IS NOT NULL THEN 3 END`;
}

/** Of equal values, in tenths of a bit by the field's weight. */
function rarityOf({ fields }: Rule, i: number): string {
  const weight = fields[i]?.weight ?? 1;
  return weight === 1 ? `q${i}` : `round(${weight} * q${i})::INTEGER`;
}

/** Tenths of a bit of one field, whatever the others say; 0 where there is nothing to compare. */
function ownBits(rule: Rule, odds: Odds, i: number): string {
  const [equal = 0, close = 0, near = 0, alike = 0, different = 0] = odds.fields[i] ?? [];
  const asRare = `${rarityOf(rule, i)} + ${equal}`;
  const atMost = (bits: number): string => `least(${bits}, ${asRare})`;
  return `CASE ${levelSql(rule, i)} WHEN 0 THEN ${asRare} WHEN 1 THEN ${atMost(close)} WHEN 2 THEN ${atMost(near)}
    WHEN 3 THEN ${atMost(alike)} WHEN ${DIFFERENT} THEN ${different} ELSE 0 END`;
}

/**
 * The same beside the others: where a field goes with another that agrees too, it speaks for nothing; where the other differs, it does not speak
 * against it once more.
 */
function bitsOf(rule: Rule, odds: Odds, i: number): string {
  const own = ownBits(rule, odds, i);
  const field = rule.fields[i];
  const leader = field === undefined ? -1 : leaderOf(rule, field);
  if (leader < 0) return own;
  return `CASE ${levelSql(rule, leader)} WHEN ${DIFFERENT} THEN greatest(${own}, 0) ELSE CASE WHEN s${leader} IS NULL THEN ${own} ELSE least(${own}, 0) END END`;
}

/** Of a row of likenesses and rarities: all that speaks for two records being one, and against it. */
export function evidenceSql(rule: Rule, odds: Odds): string {
  return summed(
    rule,
    odds,
    rule.fields.map((_, i) => bitsOf(rule, odds, i))
  );
}

/** What several have in common that are not the same says no more, taken together, than that two belong together. */
function summed(rule: Rule, { prior, belonging }: Odds, bits: readonly string[]): string {
  const { own, shared } = parted(rule, bits);
  return rule.shared.length === 0 ? own : `(${own} + least(${shared}, ${belonging - prior}))`;
}

/** Of a row of likenesses and rarities: whether what several may have in common says that two belong together. */
export function belongSql(rule: Rule, odds: Odds): string {
  const { shared } = parted(
    rule,
    rule.fields.map((_, i) => bitsOf(rule, odds, i))
  );
  return `${shared} >= ${-odds.prior}`;
}

function parted(rule: Rule, bits: readonly string[]): { own: string; shared: string } {
  const names = new Set(rule.shared.map((name) => name.toLowerCase()));
  const sum = (isShared: boolean): string =>
    rule.fields
      .flatMap(({ field }, i) => (names.has(field.toLowerCase()) === isShared ? [`(${bits[i] ?? ''})`] : []))
      .join(' + ') || '0';
  return { own: sum(false), shared: sum(true) };
}

/** SQL for a rule whose score is a probability. */
export function oddsSql(rule: Rule, layout: Layout, odds: Odds): RuleSql {
  const evidence = evidenceSql(rule, odds);
  const verdicts = verdictsOf(rule);
  return {
    likenesses: likenessesOf(rule, layout),
    staged: { ...stagedColumns(rule, layout), canReach: canReach(rule, layout, odds) },
    score: probabilitySql(odds, evidence),
    ...verdicts,
    // Two records that a third one connects are one person's as long as more speaks for it than against it.
    fits: `${evidence} >= 0`,
    canTell: rule.fields.map((_, i) => `s${i} IS NOT NULL`).join(' OR ')
  };
}

export function probabilitySql({ prior }: Odds, evidence: string): string {
  return `round(1 / (1 + pow(2, -(${prior} + ${evidence}) / ${TENTHS}.0)), ${DIGITS})`;
}

/** Whether a pair can reach `review` were all fields equal whose likeness costs much to compute. */
function canReach(rule: Rule, layout: Layout, odds: Odds): string {
  const isDear = (i: number): boolean => COMPARERS[rule.fields[i]?.compare ?? 'exact'].isDear === true;
  const best = rule.fields.map((field, i) => {
    const leader = leaderOf(rule, field);
    if (!isDear(i))
      return leader >= 0 && isDear(leader) ? `greatest(${ownBits(rule, odds, i)}, 0)` : bitsOf(rule, odds, i);
    const sides = ['a', 'b'].map((alias) => `${kept(layout.side(field, alias)[0] ?? '')} IS NOT NULL`);
    return `CASE WHEN ${sides.join(' AND ')} THEN greatest(${rarityOf(rule, i)} + ${odds.fields[i]?.[0] ?? 0}, 0) ELSE 0 END`;
  });
  const least = Math.floor(TENTHS * Math.log2(rule.review / Math.max(1 - rule.review, 1e-6))) - 1;
  return `${summed(rule, odds, best)} >= ${least - odds.prior}`;
}
