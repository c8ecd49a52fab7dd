import { type ComparerName, LEAST_LIKENESS } from '../match/comparerNames.js';
import {
  type Criterion,
  type MergeRule,
  type WrittenDefinition,
  type WrittenRule,
  type WrittenStep
} from './schema.js';

/** One field of a rule or a guard, and how it is compared. */
export type Comparison = {
  readonly field: string;
  readonly compare: ComparerName;
  readonly weight: number;
  /** A likeness below this counts as 0; from 0 to 1. */
  readonly atLeast: number;
  /** Both must have a value, and alike; `if-present`: where both have one and it is not alike, a person is asked at most. */
  readonly required: boolean | 'if-present';
  /** Days for a date, a difference for a number. */
  readonly within: number;
  /** A field of the same rule: those who agree in it agree here as a matter of course, so that it makes nothing less likely by chance. */
  readonly follows?: string;
};

/** Two records are the same by this rule from a score of `merge` on. */
export type Rule = {
  readonly name: string;
  /** Whether it asks for equality in every field, so that there is no score between 0 and 1. */
  readonly isExact: boolean;
  readonly fields: readonly Comparison[];
  /** The mean of the likenesses, or how probable it is that two records are one. */
  readonly score: 'mean' | 'probability';
  /** Fields that several have in common who are not the same, as a family has. */
  readonly shared: readonly string[];
  readonly swapped?: readonly [string, string];
  /** Each a set of fields to agree in. */
  readonly block?: ReadonlyArray<readonly string[]>;
  /** The share of all weights that the fields with two values must have. */
  readonly evidence: number;
  /** How many other records may agree with a record in as much by chance, by how frequent the shared values are; undefined: any number. */
  readonly chance?: number;
  readonly merge: number;
  readonly review: number;
};

/**
 * Two records are not planned to be one where both have a value and the likeness is below `atLeast`. From `review` on a person may still say that
 * they are; below it they are never one.
 */
export type Guard = {
  readonly field: string;
  readonly compare: ComparerName;
  readonly atLeast: number;
  readonly review: number;
  /** Fields that outvote it where all of them are the same. */
  readonly unless: readonly Outvoting[];
};

/** A field, and how its values are compared. */
export type Compared = { readonly field: string; readonly compare: ComparerName };

/** A field that may outvote a guard, and the one that a rule lets stand in its place. */
export type Outvoting = Compared & { readonly swappedWith?: Compared };

export type OnLoser =
  | { readonly kind: 'delete' }
  | { readonly kind: 'merge' }
  | { readonly kind: 'flag'; readonly field: string; readonly value: string };

/** A cleanup's definition in the one form that the engine works with. */
export type Definition = {
  readonly sobject: string;
  readonly where?: string;
  readonly standardize: ReadonlyMap<string, readonly WrittenStep[]>;
  readonly rules: readonly Rule[];
  readonly guards: readonly Guard[];
  readonly review: number;
  readonly survivor: readonly Criterion[];
  readonly merge: ReadonlyMap<string, MergeRule>;
  readonly show: readonly string[];
  readonly children: 'reparent' | 'refuse' | 'ignore';
  readonly onLoser: OnLoser;
  readonly maxCluster: number;
  readonly maxBlock: number;
  /** As it was written, defaults filled in: what plan.json keeps. */
  readonly written: WrittenDefinition;
};

/** Enough that two records which share a lone common field are not the same. */
const EVIDENCE = 0.5;

const EXACT = { compare: 'exact', weight: 1, atLeast: 1, required: true, within: 0 } as const;

/** The written form made plain: shorthands spelled out, rules named. */
export function plainDefinition(written: WrittenDefinition): Definition {
  const rules = written.match.map((rule, i) => plainRule(rule, i, written.thresholds));
  return {
    sobject: written.sobject,
    where: written.where,
    standardize: new Map(Object.entries(written.standardize).map(([field, steps]) => [field, [steps].flat()])),
    rules,
    guards: written['never-match'].map((guard) => plainGuard(guard, rules)),
    review: written.thresholds.review,
    survivor: written.survivor,
    merge: new Map(Object.entries(written.merge)),
    show: written.show,
    children: written.children,
    onLoser: onLoser(written['on-loser']),
    maxCluster: written['max-cluster'],
    maxBlock: written['max-block'],
    written
  };
}

function plainRule(rule: WrittenRule, index: number, thresholds: WrittenDefinition['thresholds']): Rule {
  if (typeof rule === 'string') return plainRule({ name: rule, fields: [rule] }, index, thresholds);
  const fields = Array.isArray(rule.fields)
    ? rule.fields.map((field): Comparison => ({ field, ...EXACT }))
    : Object.entries(rule.fields).map(([field, how]): Comparison => {
        if (typeof how === 'string')
          return { field, compare: how, weight: 1, atLeast: LEAST_LIKENESS[how], required: false, within: 0 };
        return {
          field,
          compare: how.compare,
          weight: how.weight,
          atLeast: how['at-least'] ?? LEAST_LIKENESS[how.compare],
          required: how.required,
          within: how.within ?? 0,
          follows: how.follows
        };
      });
  return {
    name: rule.name ?? `rule-${index + 1}`,
    isExact: Array.isArray(rule.fields),
    fields,
    score: rule.score ?? 'mean',
    shared: rule.shared ?? [],
    swapped: rule.swapped,
    block: rule.block?.map((key) => [key].flat()),
    evidence: rule.evidence ?? EVIDENCE,
    chance: rule.chance,
    merge: rule.merge ?? thresholds.merge,
    review: Math.min(rule.review ?? thresholds.review, rule.merge ?? thresholds.merge)
  };
}

function plainGuard(guard: WrittenDefinition['never-match'][number], rules: readonly Rule[]): Guard {
  if (typeof guard === 'string') return { field: guard, compare: 'exact', atLeast: 1, review: 1, unless: [] };
  const atLeast = guard['at-least'];
  return {
    field: guard.different,
    compare: guard.compare,
    atLeast,
    review: Math.min(guard.review ?? atLeast, atLeast),
    unless: (guard.unless ?? []).map((name) => outvoting(name, rules))
  };
}

function outvoting(name: string, rules: readonly Rule[]): Outvoting {
  const isIt = (one: string): boolean => one.toLowerCase() === name.toLowerCase();
  const other = rules.flatMap(({ swapped }) =>
    swapped?.some(isIt) === true ? swapped.filter((one) => !isIt(one)) : []
  )[0];
  const swappedWith = other === undefined ? undefined : { field: other, compare: comparerOf(other, rules) };
  return { field: name, compare: comparerOf(name, rules), swappedWith };
}

/** As the rules compare it by likeness, otherwise exactly. */
function comparerOf(name: string, rules: readonly Rule[]): ComparerName {
  const found = rules.flatMap(({ fields }) => fields).filter(({ field }) => field.toLowerCase() === name.toLowerCase());
  return found.find(({ compare }) => compare !== 'exact')?.compare ?? 'exact';
}

function onLoser(written: string): OnLoser {
  if (written === 'delete' || written === 'merge') return { kind: written };
  const [field = '', ...value] = written.slice('flag:'.length).split('=');
  return { kind: 'flag', field, value: value.join('=') };
}

/** Whether children of losers are pointed at the survivors; a flagged loser stays, and keeps them. */
export function movesChildren({ children, onLoser: { kind } }: Pick<Definition, 'children' | 'onLoser'>): boolean {
  return children === 'reparent' && kind !== 'flag';
}
