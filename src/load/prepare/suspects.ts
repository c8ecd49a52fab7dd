import { Messages } from '@salesforce/core';
import { isDigit, standsAt } from '../../schema/checks/valueCheck.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'load');

const APOSTROPHE = 0x27;
const EQUALS = 0x3d;
const FIRST_BEYOND_ASCII = 0x80;
const HASH = 0x23;
const MINUS = 0x2d;

/** What looks as if another program had put it in the place of a value. */
export type Suspicion =
  | 'nullWord'
  | 'sheetError'
  | 'shortNumber'
  | 'sheetFormula'
  | 'sheetApostrophe'
  | 'unseenMark'
  | 'otherQuotes'
  | 'floatNumber'
  | 'totalsRow';

/** Tells what the bytes of a value look like, without its quotes. It is asked of every value, so nearly every one is decided by one byte or two. */
export type Suspecting = (bytes: Buffer, start: number, end: number) => Suspicion | undefined;

/** Where such a value stands. */
export type Place = { readonly row: number; readonly column: string; readonly value: string };

/** Counts values of text fields that the org takes and nobody means: they are sent, and said. */
export class Suspects {
  private readonly found = new Map<Suspicion, { count: number; readonly first: Place }>();

  public add(what: Suspicion, place: Place): void {
    const before = this.found.get(what);
    if (before) before.count += 1;
    else this.found.set(what, { count: 1, first: place });
  }

  public warnings(): string[] {
    return [...this.found].map(([what, { count, first }]) =>
      messages.getMessage(`suspect.${what}`, [count, first.row, first.column, first.value.slice(0, MOST_SHOWN)])
    );
  }
}

const MOST_SHOWN = 40;

/** Of values that may be any text. */
export function textSuspicion(bytes: Buffer, start: number, end: number): Suspicion | undefined {
  const first = bytes[start] ?? 0;
  const last = bytes[end - 1] ?? 0;
  if (isUsualText(bytes, start, end)) return undefined;
  const length = end - start;
  if (first === EQUALS) return bytes[start + 1] === QUOTE ? 'sheetFormula' : undefined;
  if (first === APOSTROPHE) return apostrophe(bytes, start, end);
  if (first >= FIRST_BEYOND_ASCII || last >= FIRST_BEYOND_ASCII) return edges(bytes, start, end);
  if (isShortNumber(bytes, start, end)) return 'shortNumber';
  if (bytes[end - 2] === POINT && last === ZERO)
    return FLOAT.test(bytes.toString('latin1', start, end)) ? 'floatNumber' : undefined;
  if (first === HASH) return SHEET_ERROR.test(bytes.toString('utf8', start, end)) ? 'sheetError' : undefined;
  if (length > LONGEST_WORD || !FIRST_BYTES.has(first)) return undefined;
  return WORDS.some((word) => word.length === length && standsAt(bytes, start, word)) ? 'nullWord' : undefined;
}

/** Whether the ends of a value alone say that nothing is suspicious of it: true of most texts. */
export function isUsualText(bytes: Buffer, start: number, end: number): boolean {
  return ((USUAL_ENDS[bytes[start] ?? 0] ?? 0) & (KIND_OF_END[bytes[end - 1] ?? 0] ?? 0)) !== 0;
}

/** Of values that are numbers. */
export function numberSuspicion(bytes: Buffer, start: number, end: number): Suspicion | undefined {
  return isShortNumber(bytes, start, end) ? 'shortNumber' : undefined;
}

/** Of what a row is about: a sum below the table would make a record of its own. */
export function nameSuspicion(bytes: Buffer, start: number, end: number): Suspicion | undefined {
  const mayBe = end - start <= LONGEST_TOTAL && TOTALS_BEGIN[bytes[start] ?? 0] === 1 && !isDigit(bytes[end - 1]);
  return mayBe && TOTALS.test(bytes.toString('utf8', start, end)) ? 'totalsRow' : undefined;
}

/** `\N` of Snowflake, `(null)` and `nan` of programs that print what is nothing to them; names such as Null are left alone. */
const WORDS = ['\\N', '\\\\N', 'NULL', 'null', '(null)', '<NULL>', 'NaN', 'nan', 'undefined', '[object Object]'].map(
  (text) => Buffer.from(text)
);
const LONGEST_WORD = Math.max(...WORDS.map(({ length }) => length));
const FIRST_BYTES = new Set(WORDS.map(([first]) => first));

function byByte(value: (byte: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => value(byte));
}

const DIGIT = 1;
const OTHER = 2;
const KIND_OF_END = byByte((byte) => (byte >= FIRST_BEYOND_ASCII ? 0 : isDigit(byte) ? DIGIT : OTHER));
/** By its first byte, the ends with which a value is what it seems: no number, no word above, no mark of a spreadsheet. */
const USUAL_ENDS = byByte((byte) => {
  const isMark = byte >= FIRST_BEYOND_ASCII || byte === EQUALS || byte === APOSTROPHE || byte === HASH;
  if (isMark || FIRST_BYTES.has(byte)) return 0;
  return isDigit(byte) || byte === MINUS ? OTHER : OTHER | DIGIT;
});

/** `#REF!` and its like in any language; `#N/A`, as the API has it, empties a field. */
const SHEET_ERROR = /^#(?:[A-ZÀ-Ý¡¿/0]+[!?]|NV)$/;

const TOTALS =
  /^(?:(?:grand|sub)?[ -]?totals?|sum|summe|gesamt(?:summe|ergebnis)?|total g[eé]n[eé]ral|somme|totale|suma):?$/i;
const TOTALS_BEGIN = byByte((byte) => ('gGsStT'.includes(String.fromCharCode(byte)) ? 1 : 0));
const LONGEST_TOTAL = 20;

/** A whole number in the hands of a program that had a gap in its column; `1.0` may be a version. */
const FLOAT = /^-?\d{3,}\.0$/;

const SHORTEST_NUMBER = '1E+11'.length;
/** As spreadsheets show a number with more digits than they keep, or than the column is wide. */
const SHORT_NUMBER = /^-?\d(?:[.,]\d+)?E\+\d\d$/;

function isShortNumber(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < SHORTEST_NUMBER || bytes[end - 3] !== PLUS) return false;
  return SHORT_NUMBER.test(bytes.toString('latin1', start, end));
}

function apostrophe(bytes: Buffer, start: number, end: number): Suspicion | undefined {
  if (end - start > 2 && bytes[end - 1] === APOSTROPHE) return 'otherQuotes';
  return KEPT_AS_TEXT.has(bytes[start + 1] ?? 0) ? 'sheetApostrophe' : undefined;
}

/** What does not belong to a value stands mostly at its ends. */
function edges(bytes: Buffer, start: number, end: number): Suspicion | undefined {
  if (isUnseen(bytes, start) || isUnseen(bytes, end - 3) || isNbsp(bytes, start) || isNbsp(bytes, end - 2))
    return 'unseenMark';
  const isQuoted = end - start > 3 && isCurlyQuote(bytes, start) && isCurlyQuote(bytes, end - 3);
  return isQuoted ? 'otherQuotes' : undefined;
}

/** U+200B to U+200F, U+202A to U+202E, U+2060, U+FEFF. */
function isUnseen(bytes: Buffer, at: number): boolean {
  const [first, second, third = 0] = [bytes[at], bytes[at + 1], bytes[at + 2]];
  if (first === 0xef) return second === 0xbb && third === 0xbf;
  if (first !== 0xe2) return false;
  if (second === 0x81) return third === 0xa0;
  return second === 0x80 && ((third >= 0x8b && third <= 0x8f) || (third >= 0xaa && third <= 0xae));
}

function isNbsp(bytes: Buffer, at: number): boolean {
  return bytes[at] === 0xc2 && bytes[at + 1] === 0xa0;
}

/** U+201C to U+201E. */
function isCurlyQuote(bytes: Buffer, at: number): boolean {
  const third = bytes[at + 2] ?? 0;
  return bytes[at] === 0xe2 && bytes[at + 1] === 0x80 && third >= 0x9c && third <= 0x9e;
}

/** What makes a spreadsheet, or who fears one, write an apostrophe before a value. */
const KEPT_AS_TEXT = new Set(Buffer.from('0123456789=+-@'));

const PLUS = 0x2b;
const POINT = 0x2e;
const QUOTE = 0x22;
const ZERO = 0x30;
