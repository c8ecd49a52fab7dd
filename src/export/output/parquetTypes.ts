import { type ExportColumn } from '../asked.js';

/** What the values of a column need. */
export type Need = {
  /** Digits before the point. */
  readonly whole: number;
  /** Digits behind it. */
  readonly scale: number;
  /** From the first to the last that is not 0. */
  readonly significant: number;
};

/** A column that is written otherwise than its field says, since digits would be lost; `text` where no number of Parquet has as many. */
export type Widened = { readonly precision: number; readonly scale: number } | 'text';

/** How a column is read once its values were measured. */
export type Reading = {
  /** Missing where it fits the type of its field. */
  readonly to?: Widened;
  /** Some of its numbers have an exponent: the engine takes one for too large where its digits without it are. */
  readonly hasExponents: boolean;
};

/** Most digits of a decimal. */
const MOST_DIGITS = 38;
/** Digits that a binary number keeps whatever they are. */
const BINARY_DIGITS = 15;

const DECIMALS: ReadonlySet<string> = new Set(['double', 'currency', 'percent']);
const INTEGERS: ReadonlySet<string> = new Set(['int', 'long']);
/** Every number of so many digits is a BIGINT. */
const INTEGER_DIGITS = 18;

/** Functions over the text of a number, of which `-1.50E-3` is one. */
export const MACROS = [
  "mantissa(t) AS split_part(lower(t), 'e', 1)",
  "exponent(t) AS coalesce(try_cast(split_part(lower(t), 'e', 2) AS INTEGER), 0)",
  "digits(t) AS ltrim(replace(ltrim(mantissa(t), '+-'), '.', ''), '0')",
  "kept(t) AS rtrim(digits(t), '0')",
  "last_power(t) AS exponent(t) - length(split_part(mantissa(t), '.', 2)) + length(digits(t)) - length(kept(t))",
  "scale_of(t) AS CASE WHEN kept(t) = '' THEN 0 ELSE greatest(0, -last_power(t)) END",
  "whole_of(t) AS CASE WHEN kept(t) = '' THEN 0 ELSE greatest(0, length(kept(t)) + last_power(t)) END",
  `without_exponent(t) AS CASE
    WHEN strpos(lower(t), 'e') = 0 OR try_cast(t AS DOUBLE) IS NULL THEN t
    WHEN kept(t) = '' THEN '0'
    ELSE concat(
      CASE WHEN starts_with(t, '-') THEN '-' ELSE '' END,
      CASE WHEN whole_of(t) = 0 THEN '0' ELSE left(concat(kept(t), repeat('0', whole_of(t))), whole_of(t)) END,
      '.',
      CASE WHEN scale_of(t) = 0 THEN '0' ELSE right(concat(repeat('0', scale_of(t)), kept(t)), scale_of(t)) END
    ) END`
].map((macro) => `CREATE OR REPLACE TEMP MACRO ${macro}`);

/** The value of a column in SQL, from the text of the page: exact, or an error. */
export function valueOf(text: string, column: ExportColumn | undefined, reading?: Reading): string {
  switch (column?.type) {
    case undefined:
      return text;
    case 'boolean':
      return `CAST(${text} AS BOOLEAN)`;
    case 'date':
      return `CAST(${text} AS DATE)`;
    case 'datetime':
      return `CAST(${text} AS TIMESTAMP WITH TIME ZONE)`;
    default:
      if (!column || !isNumber(column)) return text;
      return reading ? measuredNumber(text, column, reading) : checkedNumber(text, column);
  }
}

export function isNumber({ type }: ExportColumn): boolean {
  return DECIMALS.has(type) || INTEGERS.has(type);
}

/** What a column must become for its values to keep all of their digits; undefined where it is right as it is. */
export function widenedBy(column: ExportColumn, { whole, scale, significant }: Need): Widened | undefined {
  const own = decimalOf(column);
  if (!own && significant <= BINARY_DIGITS) return undefined;
  const ownWhole = own ? own.precision - own.scale : 1;
  const ownScale = own?.scale ?? 0;
  if (own && whole <= ownWhole && scale <= ownScale) return undefined;
  const most = Math.max(scale, ownScale);
  const precision = Math.max(whole, ownWhole) + most;
  return precision > MOST_DIGITS ? 'text' : { precision, scale: most };
}

export function decimalType({ precision, scale }: Exclude<Widened, 'text'>): string {
  return `DECIMAL(${precision}, ${scale})`;
}

/** The digits that a field is said to have; undefined for one without, as a formula may be, which is a binary number. */
function decimalOf({ type, precision, scale }: ExportColumn): Exclude<Widened, 'text'> | undefined {
  if (INTEGERS.has(type)) return { precision: INTEGER_DIGITS, scale: 0 };
  return precision < 1 || precision > MOST_DIGITS || scale > precision ? undefined : { precision, scale };
}

function measuredNumber(text: string, column: ExportColumn, { to, hasExponents }: Reading): string {
  if (to === 'text') return text;
  const number = hasExponents ? `without_exponent(${text})` : text;
  return to ? `CAST(${number} AS ${decimalType(to)})` : castOf(number, column);
}

/** An error where digits would be lost. What most numbers show at a glance comes first, and what takes long comes last. */
function checkedNumber(text: string, column: ExportColumn): string {
  const { scale } = decimalOf(column) ?? {};
  const isExact =
    scale === undefined
      ? [`length(${text}) <= ${BINARY_DIGITS}`, `length(kept(${text})) <= ${BINARY_DIGITS}`]
      : [
          `(NOT contains(${text}, 'E') AND NOT contains(${text}, 'e') AND length(rtrim(split_part(${text}, '.', 2), '0')) <= ${scale})`,
          `length(split_part(mantissa(${text}), '.', 2)) - exponent(${text}) <= ${scale}`,
          `scale_of(${text}) <= ${scale}`
        ];
  const error = `error(${literal(`${column.name} has more digits`)})`;
  return `CASE WHEN ${text} IS NULL OR ${isExact.join(' OR ')} THEN ${castOf(text, column)} ELSE ${error} END`;
}

function castOf(number: string, column: ExportColumn): string {
  const own = decimalOf(column);
  if (!own) return `CAST(${number} AS DOUBLE)`;
  const decimal = `CAST(${number} AS ${decimalType(own)})`;
  return INTEGERS.has(column.type) ? `CAST(${decimal} AS BIGINT)` : decimal;
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
