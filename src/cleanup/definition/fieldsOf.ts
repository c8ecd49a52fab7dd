import { type Compared, type Definition, type Guard } from './definition.js';
import { type Criterion, type WrittenStep } from './schema.js';

/** Every field that a guard looks at, and how. */
export function comparedOfGuard({ field, compare, unless }: Guard): Compared[] {
  return [
    { field, compare },
    ...unless.flatMap((one) => [one, ...(one.swappedWith === undefined ? [] : [one.swappedWith])])
  ];
}

/** Every field that a definition reads, once, in a fixed order: matched ones first, since people look at those. */
export function fieldsOf(definition: Definition): string[] {
  const steps = [...definition.standardize.values()].flat();
  const all = [
    ...definition.rules.flatMap(({ fields }) => fields.map(({ field }) => field)),
    ...definition.rules.flatMap(({ block }) => (block ?? []).flat()),
    ...definition.guards.flatMap(comparedOfGuard).map(({ field }) => field),
    ...definition.show,
    ...definition.standardize.keys(),
    ...steps.flatMap(countryFieldOf),
    ...definition.merge.keys(),
    ...[...definition.merge.values()].flatMap((rule) =>
      typeof rule === 'object' && 'newest' in rule ? [rule.newest] : []
    ),
    ...definition.survivor.flatMap(criterionFields)
  ];
  return [...new Map(all.map((field) => [field.toLowerCase(), field])).values()];
}

function countryFieldOf(step: WrittenStep): string[] {
  if (typeof step !== 'object') return [];
  const told = 'phone' in step ? step.phone : 'postal-code' in step ? step['postal-code'] : undefined;
  return typeof told === 'object' && told['country-field'] !== undefined ? [told['country-field']] : [];
}

function criterionFields(criterion: Criterion): string[] {
  if (typeof criterion === 'string') return [];
  if ('newest' in criterion) return [criterion.newest];
  if ('oldest' in criterion) return [criterion.oldest];
  if ('filled' in criterion) return [criterion.filled];
  return Object.keys(criterion.highest);
}
