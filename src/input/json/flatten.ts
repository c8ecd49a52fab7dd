import { type JsonProblem } from '../recordBatch.js';

/** A value of a record as text; null where it is explicitly nothing. */
export type FlatValue = string | null;

/** A text that is no record, and why. */
export class NoRecord extends Error {
  public constructor(public readonly problem: JsonProblem) {
    super(problem);
  }
}

/**
 * The values of a record by column: relationship objects become paths (`Account.Ext__c`), lists of plain values one text parted by semicolons
 * (a multi-select picklist), numbers keep all their digits; `attributes`, which the org adds, are left out. Children of a record stay
 * as JSON text: they are no values of it.
 * @throws NoRecord when the text is no JSON object, has one name twice, or holds text that no CSV can carry
 */
export function flatRecord(text: string): Map<string, FlatValue> {
  const parsed = parsedJson(text);
  if (!isObject(parsed)) throw new NoRecord('no-record');
  // JSON.parse keeps the last member of a name and says nothing of the others.
  if (membersWritten(text) !== membersRead(parsed)) throw new NoRecord('name-twice');
  const flat = new Map<string, FlatValue>();
  flattenInto(flat, '', parsed);
  return flat;
}

/** Digits that a double may not hold: more than 15, or an exponent of three digits. */
const LONG_NUMBER = /[\d.]{16}|\d[eE][+-]?\d{3}/;

/** Node tells a reviver how a number was written; its types do not know of it yet. */
type WithSource = (key: string, value: unknown, context?: { readonly source?: string }) => unknown;

function parsedJson(text: string): unknown {
  try {
    return LONG_NUMBER.test(text) ? (JSON.parse(text, numbersAsWritten) as unknown) : JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new NoRecord('no-record');
    throw error;
  }
}

/** A number whose text a double does not give back stays the text that it was. */
const numbersAsWritten: WithSource = (_key, value, context) => {
  const source = context?.source;
  return typeof value === 'number' && source !== undefined && String(value) !== source ? new Digits(source) : value;
};

/** A number as it was written. */
class Digits {
  public constructor(public readonly text: string) {}

  public toJSON(): string {
    return this.text;
  }
}

/** Members of all objects in a JSON text: each has one colon outside of strings. */
function membersWritten(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === COLON) count += 1;
    else if (character === QUOTE)
      for (at += 1; at < text.length && text.charCodeAt(at) !== QUOTE; at += 1)
        if (text.charCodeAt(at) === BACKSLASH) at += 1;
  }
  return count;
}

const COLON = 0x3a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

function membersRead(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((count: number, one) => count + membersRead(one), 0);
  if (!isObject(value)) return 0;
  return Object.values(value).reduce((count: number, one) => count + 1 + membersRead(one), 0);
}

function flattenInto(flat: Map<string, FlatValue>, prefix: string, object: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(object)) {
    if (name === 'attributes' && isObject(value)) continue;
    const column = prefix + name;
    if (isObject(value) && !('records' in value)) flattenInto(flat, `${column}.`, value);
    else add(flat, column, textOf(value));
  }
}

function add(flat: Map<string, FlatValue>, column: string, value: FlatValue): void {
  if (flat.has(column)) throw new NoRecord('name-twice');
  if (value !== null && UNSENDABLE.test(value)) throw new NoRecord('unsendable-text');
  flat.set(column, value);
}

/** A NUL, and a surrogate without its other half. */
const UNSENDABLE = /\0|\p{Surrogate}/u;

function textOf(value: unknown): FlatValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (value instanceof Digits) return value.text;
  if (Array.isArray(value) && value.every((one) => !isObject(one) && !Array.isArray(one)))
    return value.map((one) => textOf(one) ?? '').join(';');
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : JSON.stringify(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Digits);
}
