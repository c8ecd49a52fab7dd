import { Messages } from '@salesforce/core';
import { isDigit } from '../../schema/checks/valueCheck.js';
import { type Place } from './suspects.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'load');

/**
 * Watches a column of numbers for `1,5` and `1.234` side by side: the first is no number and its row is rejected; the second is one, and a thousand
 * times too small if its point parts thousands, as it does where the comma is for decimals.
 */
export class PointOrComma {
  private commas = 0;
  private points = 0;
  private first?: Place;

  /** Whether a number has a point that may part thousands. */
  public static isOpen(bytes: Buffer, start: number, end: number): boolean {
    const point = end - 4;
    const whole = point - start - (bytes[start] === MINUS ? 1 : 0);
    if (bytes[point] !== POINT || whole < 1 || whole > 3) return false;
    for (let at = start + 1; at < end; at += 1) if (at !== point && !isDigit(bytes[at])) return false;
    const first = bytes[point - whole];
    return isDigit(first) && first !== ZERO; // no thousands begin with a nought
  }

  /** Counts a value that `isOpen` says yes to. @returns whether it is the first, whose place is wanted */
  public point(): boolean {
    this.points += 1;
    return this.points === 1;
  }

  public stands(first: Place): void {
    this.first = first;
  }

  /** @param value of a row that is rejected for it */
  public refused(value: string): void {
    if (DECIMAL_COMMA.test(value.trim())) this.commas += 1;
  }

  public warning(): string | undefined {
    if (this.commas === 0 || !this.first) return undefined;
    const { row, column, value } = this.first;
    return messages.getMessage('suspect.pointOrComma', [column, this.commas, this.points, row, value]);
  }
}

/** `1,5` and `1.234,567`; the comma of `1,234` may part thousands. */
const DECIMAL_COMMA = /^[+-]?(?:\d+,(?!\d{3}(?!\d))\d+|\d{1,3}(?:[.'’\s]\d{3})+,\d+)(?![\d.,])/;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
