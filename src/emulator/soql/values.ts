import { type SoqlValue } from './source.js';

/** How values of a field type compare. */
export type ValueKind = 'text' | 'id' | 'number' | 'boolean' | 'date' | 'datetime' | 'time' | 'multipicklist';

/** A value in the form that compares with `===` and `keyOrder`. */
export type Key = string | number | boolean | null;

const KINDS: Readonly<Record<string, ValueKind>> = {
  id: 'id',
  reference: 'id',
  int: 'number',
  long: 'number',
  double: 'number',
  currency: 'number',
  percent: 'number',
  boolean: 'boolean',
  date: 'date',
  datetime: 'datetime',
  time: 'time',
  multipicklist: 'multipicklist'
};

/** Field types that are not in the table are text: string, picklist, email, … */
export function kindOf(type: string): ValueKind {
  return KINDS[type] ?? 'text';
}

/** Text compares without case, Ids by their first 15 characters; no text is null, no boolean is false. */
export function keyOf(kind: ValueKind): (value: SoqlValue) => Key {
  switch (kind) {
    case 'text':
    case 'multipicklist':
      return (value) => (value === null || value === '' ? null : String(value).toLowerCase());
    case 'id':
      return (value) => (value === null || value === '' ? null : String(value).slice(0, 15));
    case 'boolean':
      return (value) => value === true;
    case 'number':
    case 'date':
    case 'datetime':
    case 'time':
      return (value) => value;
  }
}

/** Negative, 0 or positive, as for `sort`; null comes first. */
export function keyOrder(a: Key, b: Key): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : 1;
  return Number(a) - Number(b);
}
