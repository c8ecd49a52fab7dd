import { isId } from './ids.js';
import { type FieldSchema } from './schema.js';

/** As it lies in the store: booleans as 0 and 1, dates and date-times as text. */
export type Stored = string | number | null;

/** An error of a row, as the service words it: `CODE:message:Field1,Field2 --` (BULK_API §4). */
export class RowError extends Error {
  public constructor(
    public readonly code: string,
    message: string,
    public readonly fields: readonly string[] = []
  ) {
    super(message);
  }

  public get text(): string {
    return `${this.code}:${this.message}:${this.fields.join(',')}${this.fields.length > 0 ? ' ' : ''}--`;
  }
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})Z?$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})$/;
const EMAIL = /^[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+$/;

type Reader = (text: string, field: FieldSchema) => Stored;

/** How the text of a value becomes what is stored; one entry per type that is not plain text. */
const READERS: Readonly<Record<string, Reader>> = {
  boolean: readBoolean,
  int: readNumber,
  double: readNumber,
  currency: readNumber,
  percent: readNumber,
  date: readDate,
  datetime: readDateTime,
  email: (text, field) => {
    if (!EMAIL.test(text))
      throw new RowError('INVALID_EMAIL_ADDRESS', `${field.label}: invalid email address: ${text}`, [field.name]);
    return readText(text, field);
  },
  picklist: readPicklist,
  reference: readId,
  id: readId
};

/** @throws RowError in the service's words */
export function readValue(text: string, field: FieldSchema): Stored {
  return (READERS[field.type] ?? readText)(text, field);
}

function readText(text: string, field: FieldSchema): Stored {
  if (field.length > 0 && text.length > field.length)
    throw new RowError(
      'STRING_TOO_LONG',
      `${field.label}: data value too large: ${text.slice(0, 255)} (max length=${field.length})`,
      [field.name]
    );
  return text;
}

function readBoolean(text: string, field: FieldSchema): Stored {
  const lower = text.toLowerCase();
  if (lower === 'true' || lower === '1') return 1;
  if (lower === 'false' || lower === '0') return 0;
  throw notOfType(text, 'boolean', field);
}

function readNumber(text: string, field: FieldSchema): Stored {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number))
    throw notOfType(text, field.type === 'int' ? 'int' : 'double', field);
  const digits = field.type === 'int' ? field.digits : field.precision - field.scale;
  if (digits > 0 && Math.abs(number) >= 10 ** digits)
    throw new RowError(
      'NUMBER_OUTSIDE_VALID_RANGE',
      `${field.label}: value outside of valid range on numeric field: ${text}`,
      [field.name]
    );
  return number;
}

function readDate(text: string, field: FieldSchema): Stored {
  const found = DATE.exec(text);
  const [, year, month, day] = (found ?? []).map(Number);
  if (!found || !day || day > daysIn(year ?? 0, month ?? 0)) throw notOfType(text, 'date', field);
  return text.slice(0, 10);
}

/** 0 for a month that there is not. */
function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [31, 0, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
}

/** Stored to the second, in UTC (BULK_API §3). */
function readDateTime(text: string, field: FieldSchema): Stored {
  const at = DATE_TIME.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(at)) throw notOfType(text, 'dateTime', field);
  return storedInstant(at);
}

export function storedInstant(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== lastInstant.second)
    lastInstant = { second, text: `${new Date(second * 1000).toISOString().slice(0, 19)}.000Z` };
  return lastInstant.text;
}

/** Most instants are the time of day, and asked for thousands of times in a second. */
let lastInstant = { second: NaN, text: '' };

function readPicklist(text: string, field: FieldSchema): Stored {
  if (field.restrictedPicklist && !field.picklistValues.some(({ value, active }) => active && value === text))
    throw new RowError('INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', `bad value for restricted picklist field: ${text}`, [
      field.name
    ]);
  return readText(text, field);
}

function readId(text: string, field: FieldSchema): Stored {
  if (!isId(text))
    throw new RowError('MALFORMED_ID', `${field.label}: id value of incorrect type: ${text}`, [field.name]);
  return text;
}

function notOfType(text: string, type: string, field: FieldSchema): RowError {
  return new RowError(
    'INVALID_FIELD',
    `Failed to deserialize field at col 0. Due to, '${text}' is not a valid value for the type xsd:${type}`,
    [field.name]
  );
}

/** As JSON and CSV answers have it. */
export function shownValue(value: Stored, type: string): string | number | boolean | null {
  return type === 'boolean' ? value === 1 : value;
}

/**
 * A number as the service re-serialises it in results, which is as Java writes a double: `912260031` becomes `9.12260031E8` and `5` becomes
 * `5.0` (BULK_API §1). Other text stays as it is.
 */
export function asJavaDouble(text: string): string {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number)) return text;
  const size = Math.abs(number);
  if (number === 0 || (size >= 1e-3 && size < 1e7)) return Number.isInteger(number) ? `${number}.0` : String(number);
  const [mantissa = '', exponent = ''] = number.toExponential().split('e');
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${exponent.replace('+', '')}`;
}
