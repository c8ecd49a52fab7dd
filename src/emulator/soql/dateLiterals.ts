/** Days from `start` up to, but not including, `end`, both 'YYYY-MM-DD' in UTC: the emulator's user lives there. */
export type DayRange = { readonly start: string; readonly end: string };

/** A day, counted from 1970-01-01. */
type Day = number;
type Unit = { readonly start: (day: Day) => Day; readonly add: (start: Day, count: number) => Day };

const DAY_MS = 86_400_000;

const DAY: Unit = { start: (day) => day, add: (start, count) => start + count };
// Sunday begins a week, as in the locale en_US; 1970-01-01 was a Thursday.
const WEEK: Unit = { start: (day) => day - ((((day + 4) % 7) + 7) % 7), add: (start, count) => start + 7 * count };
const MONTH: Unit = months(1);
const QUARTER: Unit = months(3);
const YEAR: Unit = months(12);

const SINGULAR = { WEEK, MONTH, QUARTER, YEAR } as const satisfies Record<string, Unit>;
const PLURAL = { DAYS: DAY, WEEKS: WEEK, MONTHS: MONTH, QUARTERS: QUARTER, YEARS: YEAR } as const satisfies Record<
  string,
  Unit
>;

/** From which unit up to which, counted from the one that `today` lies in, 0. */
type Span = (count: number) => readonly [unit: Unit, from: number, to: number];

const SPANS: ReadonlyMap<string, { readonly hasCount: boolean; readonly span: Span }> = new Map([
  ['YESTERDAY', plain(() => [DAY, -1, 0])],
  ['TODAY', plain(() => [DAY, 0, 1])],
  ['TOMORROW', plain(() => [DAY, 1, 2])],
  ['LAST_90_DAYS', plain(() => [DAY, -90, 1])],
  ['NEXT_90_DAYS', plain(() => [DAY, 1, 91])],
  ...Object.entries(SINGULAR).flatMap(([name, unit]) => [
    [`LAST_${name}`, plain(() => [unit, -1, 0])] as const,
    [`THIS_${name}`, plain(() => [unit, 0, 1])] as const,
    [`NEXT_${name}`, plain(() => [unit, 1, 2])] as const
  ]),
  // Days count today in when they look back; greater units leave the present one out (SOQL reference, Date Formats).
  ...Object.entries(PLURAL).flatMap(([name, unit]) => [
    [`LAST_N_${name}`, counted((count) => [unit, -count, unit === DAY ? 1 : 0])] as const,
    [`NEXT_N_${name}`, counted((count) => [unit, 1, count + 1])] as const,
    [`N_${name}_AGO`, counted((count) => [unit, -count, 1 - count])] as const
  ])
]);

/** Whether SOQL has a date literal of this upper-case name that takes `:n`. */
export function takesCount(name: string): boolean {
  return SPANS.get(name)?.hasCount === true;
}

/** Whether SOQL has a date literal of this upper-case name that stands alone. */
export function takesNoCount(name: string): boolean {
  return SPANS.get(name)?.hasCount === false;
}

/** The days that a date literal means at `nowMs`. */
export function dayRange(literal: { readonly name: string; readonly count?: number }, nowMs: number): DayRange {
  const entry = SPANS.get(literal.name);
  if (entry === undefined) throw new Error(`No date literal ${literal.name}`);
  const [unit, from, to] = entry.span(literal.count ?? 0);
  const start = unit.start(Math.floor(nowMs / DAY_MS));
  return { start: isoDay(unit.add(start, from)), end: isoDay(unit.add(start, to)) };
}

function plain(span: Span): { hasCount: boolean; span: Span } {
  return { hasCount: false, span };
}

function counted(span: Span): { hasCount: boolean; span: Span } {
  return { hasCount: true, span };
}

function months(size: number): Unit {
  const toDay = (year: number, month: number): Day => Date.UTC(year, month, 1) / DAY_MS;
  const parts = (day: Day): [year: number, month: number] => {
    const date = new Date(day * DAY_MS);
    return [date.getUTCFullYear(), date.getUTCMonth()];
  };
  return {
    start: (day) => {
      const [year, month] = parts(day);
      return toDay(year, month - (month % size));
    },
    add: (start, count) => {
      const [year, month] = parts(start);
      return toDay(year, month + size * count);
    }
  };
}

function isoDay(day: Day): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
