import {
  MOST_FIELD_CHARACTERS,
  MOST_RECORD_CHARACTERS,
  type RecordBatch,
  type RecordProblem
} from '../../input/records.js';
import { type RowErrorCode } from '../../bulk/rowError.js';
import { type MappedColumn } from '../../schema/mapping.js';

/** What is wrong with a row whose fields can't be told, or are not to be. */
export type Malformation = {
  readonly code: RowErrorCode;
  readonly reason: string;
  /** The column where it is seen first, as the header names it, and what stands there; missing where it is the whole row. */
  readonly column?: string;
  readonly value?: string;
};

type Reading = { readonly batch: RecordBatch; readonly i: number; readonly mapped: readonly MappedColumn[] };

const FIELDS = ({ batch, i, mapped }: Reading): string =>
  `the row has ${batch.fieldCount(i)} fields and the header ${columnsOf({ batch, mapped }).length}`;

const OF_PROBLEM: Readonly<Record<RecordProblem, (reading: Reading) => Malformation>> = {
  'too-few-fields': (reading) => ({ code: 'BULKOPS_TOO_FEW_FIELDS', reason: FIELDS(reading) }),
  'too-many-fields': (reading) => ({ code: 'BULKOPS_TOO_MANY_FIELDS', reason: FIELDS(reading) }),
  'nameless-value': namelessValue,
  'stray-quote': strayQuote,
  'text-after-quote': strayQuote,
  'unclosed-quote': () => ({ code: 'BULKOPS_STRAY_QUOTE', reason: 'a quote is opened and never closed' }),
  'no-row-end': () => ({ code: 'BULKOPS_TOO_LONG', reason: 'the row does not end' }),
  'field-too-long': tooLong,
  'record-too-long': () => ({
    code: 'BULKOPS_TOO_LONG',
    reason: `the row has more than ${MOST_RECORD_CHARACTERS} characters`
  }),
  'no-record': () => ({ code: 'BULKOPS_BAD_RECORD', reason: 'the record is no JSON object' }),
  'name-twice': () => ({ code: 'BULKOPS_BAD_RECORD', reason: 'the record has a name twice' }),
  'unsendable-text': () => ({ code: 'BULKOPS_BAD_RECORD', reason: 'a value holds a NUL, or half of a character' })
};

/** Says it of one row; asked only for rows that have a problem. */
export function malformation(problem: RecordProblem, reading: Reading): Malformation {
  return OF_PROBLEM[problem](reading);
}

/** The columns as the row has them. */
function columnsOf({ batch, mapped }: Omit<Reading, 'i'>): readonly string[] {
  return batch.header ?? mapped.map(({ column }) => column);
}

function namelessValue({ batch, i, mapped }: Reading): Malformation {
  const at = columnsOf({ batch, mapped }).findLastIndex((column) => column.trim() !== '') + 1;
  const index = batch.values(i).findIndex((value, column) => column >= at && value.trim() !== '');
  return {
    code: 'BULKOPS_NAMELESS_VALUE',
    reason: `a value stands in column ${index + 1}, which has no name in the header`,
    value: batch.field(i, index)
  };
}

function tooLong({ batch, i, mapped }: Reading): Malformation {
  const index = batch.values(i).findIndex((value) => value.length > MOST_FIELD_CHARACTERS);
  return {
    code: 'BULKOPS_TOO_LONG',
    reason: `a value has more than ${MOST_FIELD_CHARACTERS} characters`,
    column: mapped[index]?.column,
    value: batch.field(i, index)
  };
}

/** The field that is first cut off is the one with the quote, and all before it are as they should be. */
function strayQuote({ batch, i, mapped }: Reading): Malformation {
  const texts = Array.from({ length: batch.fieldCount(i) }, (_, column) =>
    batch.bytes.toString('utf8', batch.fieldStart(i, column), batch.fieldEnd(i, column))
  );
  const index = texts.findIndex((text) => !WELL_FORMED.test(text));
  const text = texts[index] ?? '';
  const reason =
    QUOTE_REASONS.find(([looks]) => looks.test(text))?.[1] ?? 'a quote stands within a value that is not in quotes';
  return { code: 'BULKOPS_STRAY_QUOTE', reason, column: columnsOf({ batch, mapped })[index], value: text };
}

const WELL_FORMED = /^(?:[^"]*|"(?:[^"]|"")*")$/;

/** Habits of other programs, and what to say of them. */
const QUOTE_REASONS: ReadonlyArray<readonly [looks: RegExp, reason: string]> = [
  [/^="/, 'a formula of a spreadsheet stands without quotes: write its value alone, without the = and the quotes'],
  [/^\s+"/, 'a blank stands before the quote that opens a value'],
  [/\\"/, 'a quote is escaped with a backslash: double it instead'],
  [/^"(?:[^"]|"")*"\s+$/, 'a blank stands after the quote that closes a value'],
  [/^"/, 'text stands after the quote that closes a value']
];
