import { type ValueKind } from './values.js';

const DAY_MS = 86_400_000;

type DateFunction = {
  /** Of what it gives, as describe names it. */
  readonly type: 'int' | 'date';
  readonly of: readonly ValueKind[];
  /** Everything is in UTC: the emulator's user lives there. */
  readonly value: (at: Date) => number | string;
};

/** Functions over a day, or the day of a moment. The fiscal year is that of the calendar, as in an org in which nobody has set another. */
export const DATE_FUNCTIONS = {
  CALENDAR_MONTH: ofDay((at) => at.getUTCMonth() + 1),
  CALENDAR_QUARTER: ofDay(quarter),
  CALENDAR_YEAR: ofDay((at) => at.getUTCFullYear()),
  DAY_IN_MONTH: ofDay((at) => at.getUTCDate()),
  DAY_IN_WEEK: ofDay((at) => at.getUTCDay() + 1),
  DAY_IN_YEAR: ofDay(dayInYear),
  DAY_ONLY: { type: 'date', of: ['datetime'], value: (at) => at.toISOString().slice(0, 10) },
  FISCAL_MONTH: ofDay((at) => at.getUTCMonth() + 1),
  FISCAL_QUARTER: ofDay(quarter),
  FISCAL_YEAR: ofDay((at) => at.getUTCFullYear()),
  HOUR_IN_DAY: { type: 'int', of: ['datetime'], value: (at) => at.getUTCHours() },
  // The first week is from the 1st to the 7th, whatever day that is (SOQL reference, Date Functions).
  WEEK_IN_MONTH: ofDay((at) => Math.ceil(at.getUTCDate() / 7)),
  WEEK_IN_YEAR: ofDay((at) => Math.ceil(dayInYear(at) / 7))
} as const satisfies Record<string, DateFunction>;

export type DateFunctionName = keyof typeof DATE_FUNCTIONS;

export function dateFunctionNamed(word: string): DateFunctionName | undefined {
  const name = word.toUpperCase();
  return Object.hasOwn(DATE_FUNCTIONS, name) ? (name as DateFunctionName) : undefined;
}

function ofDay(value: (at: Date) => number): DateFunction {
  return { type: 'int', of: ['date', 'datetime'], value };
}

function quarter(at: Date): number {
  return Math.floor(at.getUTCMonth() / 3) + 1;
}

function dayInYear(at: Date): number {
  const day = Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate());
  return (day - Date.UTC(at.getUTCFullYear(), 0, 1)) / DAY_MS + 1;
}
