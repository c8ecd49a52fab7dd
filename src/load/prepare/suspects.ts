import { Messages } from '@salesforce/core';
import { standsAt } from '../../schema/checks/valueCheck.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'load');

/** What looks as if another program had put it in the place of a value. */
export type Suspicion = 'nullWord' | 'sheetError' | 'shortNumber' | 'sheetFormula';

const WORDS: ReadonlyArray<readonly [text: string, what: Suspicion]> = [
  ['\\N', 'nullWord'],
  ['\\\\N', 'nullWord'],
  ['NULL', 'nullWord'],
  ['#REF!', 'sheetError'],
  ['#NAME?', 'sheetError'],
  ['#VALUE!', 'sheetError'],
  ['#DIV/0!', 'sheetError'],
  ['#NUM!', 'sheetError'],
  ['#NULL!', 'sheetError']
];

const WORD_BYTES = WORDS.map(([text, what]) => ({ bytes: Buffer.from(text), what }));
const LONGEST_WORD = Math.max(...WORD_BYTES.map(({ bytes }) => bytes.length));
const FIRST_BYTES = new Set(WORD_BYTES.map(({ bytes }) => bytes[0]));

const EQUALS = 0x3d;
const QUOTE = 0x22;
const PLUS = 0x2b;

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

/** What the bytes of a value look like, without its quotes; nearly every value is decided by one byte or two. */
export function suspicion(bytes: Buffer, start: number, end: number): Suspicion | undefined {
  const first = bytes[start];
  const length = end - start;
  if (first === EQUALS) return bytes[start + 1] === QUOTE ? 'sheetFormula' : undefined;
  if (length >= SHORTEST_NUMBER && bytes[end - 3] === PLUS)
    return SHORT_NUMBER.test(bytes.toString('latin1', start, end)) ? 'shortNumber' : undefined;
  if (length > LONGEST_WORD || !FIRST_BYTES.has(first)) return undefined;
  return WORD_BYTES.find((word) => word.bytes.length === length && standsAt(bytes, start, word.bytes))?.what;
}

const SHORTEST_NUMBER = '1E+11'.length;
/** As spreadsheets show a number with more digits than they keep, or than the column is wide. */
const SHORT_NUMBER = /^\d(?:[.,]\d+)?E\+\d\d$/;
