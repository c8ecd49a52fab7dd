/** A value of a record as text; null where it is explicitly nothing. */
export type FlatValue = string | null;

/** Why a text is no record. */
export class NoRecord extends Error {}

/**
 * The values of a record by column: relationship objects become paths (`Account.Ext__c`), lists of plain values one text parted by semicolons
 * (a multi-select picklist), numbers keep all their digits; `attributes`, which the org adds, are left out. Children of a record stay
 * as JSON text: they are no values of it.
 * @throws NoRecord when the text is no JSON object, has one name twice, or holds text that no CSV can carry
 */
export function flatRecord(text: string): Map<string, FlatValue> {
  const parsed = parsedJson(text);
  if (!isObject(parsed)) throw new NoRecord('it is no JSON object');
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
    if (error instanceof SyntaxError) throw new NoRecord('it is no JSON');
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

function flattenInto(flat: Map<string, FlatValue>, prefix: string, object: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(object)) {
    if (name === 'attributes' && isObject(value)) continue;
    const column = prefix + name;
    if (isObject(value) && !('records' in value)) flattenInto(flat, `${column}.`, value);
    else add(flat, column, textOf(value));
  }
}

function add(flat: Map<string, FlatValue>, column: string, value: FlatValue): void {
  if (flat.has(column)) throw new NoRecord(`it has ${column} twice`);
  if (value !== null && UNSENDABLE.test(value)) throw new NoRecord(`${column} holds a NUL, or half of a character`);
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
