import { type Definition } from '../definition/definition.js';
import { type Criterion, type MergeRule } from '../definition/schema.js';
import { equalForm } from '../match/fold.js';

/** A record of a cluster as it is looked at: its values are the standardised ones. */
export type Candidate = {
  /** Its Id, or what names it in a file without Ids. */
  readonly key: string;
  readonly value: (field: string) => string;
  /** How many of its fields have a value. */
  readonly filled: number;
  /** Records of other objects that refer to it, where that is known. */
  readonly children: number;
};

export type Ranking<C extends Candidate> = {
  /** The survivor first. */
  readonly order: readonly C[];
  /** The criterion by which the survivor came before the others. */
  readonly reason: string;
};

/** The records of a cluster from the one that stays to the one that is least wanted. Where all else is equal the smaller key stays. */
export function ranked<C extends Candidate>(
  candidates: readonly C[],
  { survivor }: Pick<Definition, 'survivor'>
): Ranking<C> {
  const order = [...candidates].sort((one, other) => {
    for (const criterion of survivor) {
      const difference = compare(criterion, one, other);
      if (difference !== 0) return difference;
    }
    return byText(one.key, other.key);
  });
  const [first, second] = order;
  const deciding = first && second ? survivor.find((criterion) => compare(criterion, first, second) !== 0) : undefined;
  return { order, reason: deciding === undefined ? 'first of equals' : criterionName(deciding) };
}

/** Below 0 where the first of two records is the better one. */
function compare(criterion: Criterion, one: Candidate, other: Candidate): number {
  if (criterion === 'most-complete') return other.filled - one.filled;
  if (criterion === 'has-children') return other.children - one.children;
  if ('filled' in criterion)
    return Number(one.value(criterion.filled) === '') - Number(other.value(criterion.filled) === '');
  if ('newest' in criterion) return byTime(other.value(criterion.newest), one.value(criterion.newest), 1);
  if ('oldest' in criterion) return byTime(one.value(criterion.oldest), other.value(criterion.oldest), -1);
  for (const [field, values] of Object.entries(criterion.highest)) {
    const difference = place(values, one.value(field)) - place(values, other.value(field));
    if (difference !== 0) return difference;
  }
  return 0;
}

export function criterionName(criterion: Criterion): string {
  if (typeof criterion === 'string') return criterion;
  if ('highest' in criterion) return `highest ${Object.keys(criterion.highest).join(', ')}`;
  return Object.entries(criterion).flat().join(' ');
}

/** Nothing is neither new nor old: a record without the date loses. `empty` is 1 where the greater one wins. */
function byTime(one: string, other: string, empty: 1 | -1): number {
  if (one === '' || other === '') return (Number(one === '') - Number(other === '')) * (empty === 1 ? -1 : 1);
  const [first, second] = [Date.parse(one), Date.parse(other)];
  return Number.isNaN(first) || Number.isNaN(second) ? byText(one, other) : first - second;
}

function place(values: readonly string[], value: string): number {
  const wanted = equalForm(value);
  const found = values.findIndex((one) => equalForm(one) === wanted);
  return found < 0 ? values.length : found;
}

/** A field's value after merging, and the record that it came from. */
export type Merged = { readonly value: string; readonly from: string };

/**
 * The value that a field of the survivor gets.
 * @param order the survivor first
 * @param stamp the field that says when a record was last changed
 */
export function mergedValue(
  rule: MergeRule,
  field: string,
  order: readonly Candidate[],
  stamp: string | undefined
): Merged {
  const survivor = order[0];
  const own: Merged = { value: survivor?.value(field) ?? '', from: survivor?.key ?? '' };
  const filled = order.filter((candidate) => candidate.value(field) !== '');
  if (filled.length === 0) return own;
  const taken = (candidate: Candidate | undefined): Merged =>
    candidate ? { value: candidate.value(field), from: candidate.key } : own;
  if (typeof rule === 'object')
    return 'newest' in rule ? taken(newest(filled, rule.newest)) : concatenated(field, filled, rule.concatenate);
  switch (rule) {
    case 'survivor':
      return own;
    case 'first-non-empty':
      return taken(filled[0]);
    case 'newest':
      return taken(stamp === undefined ? filled[0] : newest(filled, stamp));
    case 'longest':
      return taken(best(filled, (one, other) => characters(one.value(field)) - characters(other.value(field))));
    case 'max':
      return taken(best(filled, (one, other) => bySize(one.value(field), other.value(field))));
    case 'min':
      return taken(best(filled, (one, other) => bySize(other.value(field), one.value(field))));
    case 'concatenate':
      return concatenated(field, filled, '; ');
  }
}

function newest(candidates: readonly Candidate[], stamp: string): Candidate | undefined {
  return best(candidates, (one, other) => byTime(one.value(stamp), other.value(stamp), 1));
}

/** The first of those that no other one is above. */
function best(
  candidates: readonly Candidate[],
  compareTwo: (one: Candidate, other: Candidate) => number
): Candidate | undefined {
  let found = candidates[0];
  for (const candidate of candidates) if (found && compareTwo(candidate, found) > 0) found = candidate;
  return found;
}

/** Each value once, the survivor's first. */
function concatenated(field: string, filled: readonly Candidate[], between: string): Merged {
  const values = new Map<string, { value: string; key: string }>();
  for (const candidate of filled) {
    const value = candidate.value(field);
    if (!values.has(equalForm(value))) values.set(equalForm(value), { value, key: candidate.key });
  }
  const all = [...values.values()];
  return { value: all.map(({ value }) => value).join(between), from: all.map(({ key }) => key).join(' ') };
}

/** Numbers by size, dates by time, all else by its letters. */
function bySize(one: string, other: string): number {
  const [first, second] = [Number(one), Number(other)];
  return Number.isNaN(first) || Number.isNaN(second) ? byTime(one, other, 1) : first - second;
}

function characters(text: string): number {
  return [...text].length;
}

function byText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
