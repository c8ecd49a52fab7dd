/** What a range of a field's values is cut into: parts of a calendar, or so many equal ones. */
export type Cutting = { readonly unit?: 'year' | 'month' | 'day'; readonly splits: number };

/** How values of a type lie on a line. */
type Scale = {
  /** Values between which the ranges lie, ascending, above `low` and up to `high`. */
  bounds(low: string, high: string, cutting: Cutting): string[];
  /** A value between two, or undefined where there is none. */
  middle(low: string, high: string): string | undefined;
  /** As SOQL writes it. */
  literal(value: string): string;
};

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;

/** One entry for each type of field that an export can be split by. */
export const SCALES = {
  datetime: {
    bounds: (low, high, cutting) => timeBounds(low, high, cutting).map(instant),
    middle: (low, high) => timeMiddle(low, high, SECOND_MS, instant),
    literal: (value) => value
  },
  date: {
    bounds: (low, high, cutting) => [...new Set(timeBounds(low, high, cutting).map(day))],
    middle: (low, high) => timeMiddle(low, high, DAY_MS, day),
    literal: (value) => value
  },
  id: {
    bounds: (low, high, { splits }) => idBounds(low, high, splits),
    middle: (low, high) => idBounds(low, high, 2)[0],
    literal: (value) => `'${value}'`
  }
} as const satisfies Record<string, Scale>;

function timeBounds(low: string, high: string, { unit, splits }: Cutting): number[] {
  const from = Date.parse(low);
  const to = Date.parse(high);
  if (unit) return calendarBounds(from, to, unit);
  const step = (to - from) / splits;
  return distinct(Array.from({ length: splits - 1 }, (_, at) => from + step * (at + 1))).filter((at) => at > from);
}

function calendarBounds(from: number, to: number, unit: NonNullable<Cutting['unit']>): number[] {
  const first = new Date(from);
  const bounds: number[] = [];
  for (let step = 1; ; step += 1) {
    const year = first.getUTCFullYear();
    const month = first.getUTCMonth();
    const at = {
      year: () => Date.UTC(year + step, 0, 1),
      month: () => Date.UTC(year, month + step, 1),
      day: () => Date.UTC(year, month, first.getUTCDate() + step)
    }[unit]();
    if (at > to) return bounds;
    bounds.push(at);
  }
}

/** Whole seconds, which is what the org keeps. */
function distinct(times: readonly number[]): number[] {
  return [...new Set(times.map((ms) => Math.floor(ms / SECOND_MS) * SECOND_MS))];
}

function timeMiddle(low: string, high: string, leastMs: number, form: (ms: number) => string): string | undefined {
  const from = Date.parse(low);
  const middle = from + Math.floor((Date.parse(high) - from) / 2 / leastMs) * leastMs;
  return middle > from ? form(middle) : undefined;
}

function instant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** In their order; the first 15 characters of an Id count in it. */
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ID_LENGTH = 15;

function idBounds(low: string, high: string, splits: number): string[] {
  const from = idNumber(low);
  const to = idNumber(high);
  const bounds: string[] = [];
  for (let at = 1; at < splits; at += 1) {
    const bound = from + ((to - from) * BigInt(at)) / BigInt(splits);
    const text = idText(bound);
    if (bound > from && text !== bounds.at(-1)) bounds.push(text);
  }
  return bounds;
}

function idNumber(id: string): bigint {
  let number = 0n;
  for (const digit of id.slice(0, ID_LENGTH)) number = number * 62n + BigInt(DIGITS.indexOf(digit));
  return number;
}

function idText(number: bigint): string {
  let text = '';
  for (let rest = number; text.length < ID_LENGTH; rest /= 62n) text = `${DIGITS[Number(rest % 62n)] ?? '0'}${text}`;
  return text;
}
