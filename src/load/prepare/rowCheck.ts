import { type LoadAsked } from '../asked.js';
import { type LoadColumns, type SentColumn } from './columns.js';
import { requiredFields } from './headerCheck.js';
import { isTranslated, translated } from './sentRecord.js';
import { PointOrComma } from './pointOrComma.js';
import {
  isUsualText,
  nameSuspicion,
  numberSuspicion,
  type Place,
  type Suspecting,
  Suspects,
  textSuspicion
} from './suspects.js';
import { type RowErrorCode } from '../../bulk/rowError.js';
import { type RecordBatch } from '../../input/recordBatch.js';
import { type CheckOptions, type Misfit, standsAt, type ValueCheck } from '../../schema/checks/valueCheck.js';
import { type FieldDescribe } from '../../schema/describe.js';
import { valueCheck } from '../../schema/fields.js';

/** What is wrong with one value of a row. */
export type ValueProblem = {
  readonly code: RowErrorCode;
  readonly column: string;
  readonly field: string;
  /** In full; a message cuts it short. */
  readonly value: string;
  readonly reason: string;
};

type ColumnCheck = {
  readonly sent: SentColumn;
  readonly index: number;
  /** See `isTranslated`; kept here, where it costs nothing to look. */
  readonly isTranslated: boolean;
  /** Missing where any value will do. */
  readonly check?: ValueCheck;
  readonly isRequired: boolean;
  /** A value of no more bytes that is a usual text needs no further look; -1 where each value does. */
  readonly mostUsualBytes: number;
  /** Missing where no value is suspected. */
  readonly suspecting?: Suspecting;
  /** Of a column of numbers. */
  readonly points?: PointOrComma;
};

/** Holds each value of a row against its field, on its bytes: only what these do not clear is decoded. */
export class RowCheck {
  /** Values that fit, and that nobody means. */
  private readonly suspects = new Suspects();
  private readonly checks: readonly ColumnCheck[];
  private readonly constants: readonly ColumnCheck[];

  public constructor(
    columns: Pick<LoadColumns, 'sent' | 'keyColumn' | 'object'>,
    { operation, externalId }: Pick<LoadAsked, 'operation' | 'externalId'>,
    keyPrefixes: CheckOptions['keyPrefixes']
  ) {
    const { object, sent, keyColumn } = columns;
    const required = new Set(
      object && operation === 'insert' ? requiredFields(object, sent).map(({ name }) => name) : []
    );
    // An upsert by Id makes a record of a row without one.
    const needsKey = !(operation === 'upsert' && (externalId ?? 'Id').toLowerCase() === 'id');
    const options = { isInsert: operation === 'insert', keyPrefixes };
    const checks = sent
      .map((column, at): ColumnCheck => {
        const { describe, relationship, index } = column;
        const field = describe?.type === 'id' && object ? { ...describe, referenceTo: [object.name] } : describe;
        const isRequired =
          at === keyColumn ? needsKey : required.has((describe ?? relationship?.reference)?.name ?? '');
        const check = field && valueCheck(field, options);
        const suspecting = field && suspectingOf(field, at === (keyColumn ?? 0));
        const isAnyText = !isRequired && (suspecting === undefined || suspecting === textSuspicion);
        return {
          sent: column,
          index,
          isTranslated: isTranslated(column),
          check,
          isRequired,
          mostUsualBytes: isAnyText ? (check?.mostBytes ?? -1) : -1,
          suspecting,
          points: field && MEASURES.has(field.type) ? new PointOrComma() : undefined
        };
      })
      .filter(({ check, isRequired }) => check !== undefined || isRequired);
    this.checks = checks.filter(({ sent: { constant } }) => constant === undefined);
    this.constants = checks.filter(({ sent: { constant } }) => constant !== undefined);
  }

  /** The first constant that does not fit its field: no row could be sent with it. */
  public constantProblem(): ValueProblem | undefined {
    for (const column of this.constants) {
      const problem = problemOf(column, column.sent.constant ?? '');
      if (problem) return problem;
    }
    return undefined;
  }

  /** Of values that fit all the same, once all rows were looked at. */
  public warnings(): string[] {
    return [...this.suspects.warnings(), ...this.checks.flatMap(({ points }) => points?.warning() ?? [])];
  }

  /** Undefined for a row that may be sent. */
  public problems(batch: RecordBatch, i: number): ValueProblem[] | undefined {
    let found: ValueProblem[] | undefined;
    for (const column of this.checks) {
      const problem = column.isTranslated
        ? translatedProblem(column, batch.field(i, column.index))
        : this.problem(column, batch, i);
      if (problem) (found ??= []).push(problem);
    }
    return found;
  }

  private problem(column: ColumnCheck, batch: RecordBatch, i: number): ValueProblem | undefined {
    batch.seek(i, column.index);
    const { bytes, valueStart: start, valueEnd: end } = batch;
    if (end - start <= column.mostUsualBytes && isUsualText(bytes, start, end)) return undefined;
    if (start >= end) {
      if (!column.isRequired) return undefined;
    } else {
      const what = column.suspecting?.(bytes, start, end);
      if (what) this.suspects.add(what, placeOf(column, batch, i));
      if (column.points && PointOrComma.isOpen(bytes, start, end) && column.points.point())
        column.points.stands(placeOf(column, batch, i));
      const isThere = !column.isRequired || !mayBeMissing(bytes, start, end);
      if (isThere && (!column.check || column.check.fits(bytes, start, end))) return undefined;
    }
    const problem = problemOf(column, batch.field(i, column.index));
    if (problem) column.points?.refused(problem.value);
    return problem;
  }
}

/** @param isName whether it says what a row is about: the key, or the first column */
function suspectingOf({ type, restrictedPicklist }: FieldDescribe, isName: boolean): Suspecting | undefined {
  if (NUMBER_TYPES.has(type)) return numberSuspicion;
  if (!TEXT_TYPES.has(type) || restrictedPicklist) return undefined;
  if (!isName) return textSuspicion;
  return (bytes, start, end) => textSuspicion(bytes, start, end) ?? nameSuspicion(bytes, start, end);
}

function placeOf({ sent, index }: ColumnCheck, batch: RecordBatch, i: number): Place {
  return { row: batch.firstNumber + i, column: sent.column, value: batch.field(i, index) };
}

/** Those that take nearly any text; a picklist does where it is not restricted. */
const TEXT_TYPES: ReadonlySet<string> = new Set([
  'string',
  'textarea',
  'phone',
  'url',
  'combobox',
  'encryptedstring',
  'picklist',
  'multipicklist'
]);
const NUMBER_TYPES: ReadonlySet<string> = new Set(['int', 'long', 'double', 'currency', 'percent']);
/** Numbers that have decimals. */
const MEASURES: ReadonlySet<string> = new Set(['double', 'currency', 'percent']);

const BLANK = 0x20;
const NULL_MARK = '#N/A';
const NULL_BYTES = Buffer.from(NULL_MARK);

/** Blanks alone are no value to the org, which trims. */
function mayBeMissing(bytes: Buffer, start: number, end: number): boolean {
  if ((bytes[start] ?? 0) <= BLANK) return true;
  return end - start === NULL_BYTES.length && standsAt(bytes, start, NULL_BYTES);
}

const MISREAD_NUMBER = ['BULKOPS_BAD_NUMBER', 'number'] as const;
const MISREAD: Readonly<Record<string, readonly [code: RowErrorCode, what: string]>> = {
  boolean: ['BULKOPS_BAD_BOOLEAN', 'boolean'],
  date: ['BULKOPS_BAD_DATE', 'date'],
  datetime: ['BULKOPS_BAD_DATE', 'date and time']
};

/** Where all values are written in one way, one that is not is none, though it may be one in another way. */
function translatedProblem(column: ColumnCheck, value: string): ValueProblem | undefined {
  const { reading, describe } = column.sent;
  const now = translated(column.sent, value);
  if (now !== undefined || !reading || value === '' || value === NULL_MARK) {
    const problem = problemOf(column, now ?? value);
    return problem && reading ? { ...problem, value } : problem;
  }
  const [code, what] = MISREAD[describe?.type ?? ''] ?? MISREAD_NUMBER;
  return {
    code,
    reason: `is no ${what} such as ${reading.example}`,
    column: column.sent.column,
    field: column.sent.field,
    value
  };
}

function problemOf({ sent, check, isRequired }: ColumnCheck, value: string): ValueProblem | undefined {
  const isMissing = value === '' || value === NULL_MARK || (isRequired && value.trim() === '');
  const misfit = isMissing ? missing(isRequired) : check?.misfit(value);
  return misfit && { ...misfit, column: sent.column, field: sent.field, value };
}

function missing(isRequired: boolean): Misfit | undefined {
  return isRequired ? { code: 'BULKOPS_VALUE_MISSING', reason: 'has no value and must have one' } : undefined;
}
