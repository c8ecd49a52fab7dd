import { Messages, type SfError } from '@salesforce/core';
import { type FieldDescribe, fieldNamed, type ObjectDescribe } from './describe.js';
import { columnKey, columnName } from '../input/columnName.js';
import { nearest } from './nearest.js';
import { hasRelationship, isRelationshipPath, type Relationship } from './relationship.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'schema');

/** One column of the input and where it goes. */
export type MappedColumn = {
  /** As the header names it. */
  readonly column: string;
  /** Place in the header, from 0. */
  readonly index: number;
  /** API name, or path of a relationship; undefined for a column that is not sent. */
  readonly field?: string;
  /** Missing for a relationship, and where the object's describe was not asked for. */
  readonly describe?: FieldDescribe;
  readonly relationship?: Relationship;
  /** What is sent in place of a value; others are sent as they are. */
  readonly values?: ReadonlyMap<string, string>;
};

export type MappingAsked = {
  /** API name by column. */
  readonly map: ReadonlyMap<string, string>;
  readonly skipColumns: readonly string[];
  /** Leaves out columns that are no field, where few of them are sent anyway. */
  readonly ignoresUnknown?: boolean;
  /** Columns, in lower case, in which nothing but null stands: one that is a relationship is left out. */
  readonly nulls?: ReadonlySet<string>;
  /** By `columnKey`: where it was mapped, for messages. */
  readonly where?: ReadonlyMap<string, string>;
  /** By `columnKey`. */
  readonly values?: ReadonlyMap<string, ReadonlyMap<string, string>>;
};

/** Columns that our own result files, and the service's, put before the input's: a corrected failed.csv is loaded as it is. */
const RESULT_COLUMNS: ReadonlySet<string> = new Set(['sf__id', 'sf__created', 'sf__error', 'bulkops__row']);

/**
 * Says for each column of a header to which field it goes: as asked, else by API name whatever its case, else by a label that only one
 * field has. Without a describe names are taken as they are.
 * @throws SfError `ColumnMissingError` when a column is named that the input has not, `ColumnUnknownError`, `FieldTwiceError`
 */
export function mapColumns(header: readonly string[], asked: MappingAsked, object?: ObjectDescribe): MappedColumn[] {
  const wanted = new Map([...asked.map].map(([column, field]) => [columnKey(column), field]));
  const skipped = new Set(asked.skipColumns.map(columnKey));
  const names = new Set(header.map(columnKey));
  for (const column of [...asked.map.keys(), ...asked.skipColumns])
    if (!names.has(columnKey(column)))
      throw messages.createError(
        'columnMissing',
        [told(column, asked)],
        [[...header].filter((one) => columnKey(one) !== '').join(', ')]
      );
  const unknown: Unknown[] = [];
  const mapped = header.map((column, index): MappedColumn => {
    const name = columnKey(column);
    if (name === '') return { column, index };
    if (skipped.has(name) || (RESULT_COLUMNS.has(name) && !wanted.has(name))) return { column, index };
    const field = wanted.get(name) ?? columnName(column);
    const found = target(field, { object, isByLabel: !wanted.has(name) });
    const isEmpty = object && asked.nulls?.has(column.toLowerCase()) && hasRelationship(object, column);
    if (!found && !isEmpty) unknown.push({ column, field, where: asked.where?.get(name) });
    const values = asked.values?.get(name);
    return { column, index, ...found, ...(values && { values }) };
  });
  if (object && unknown.length > 0 && !asked.ignoresUnknown) throw unknownColumns(unknown, object, header);
  checkOnce(mapped);
  return mapped;
}

/** Whether a column is one of an earlier result file, that no row of ours has of its own: results do not repeat it. */
export function isResultColumn({ column, field }: MappedColumn): boolean {
  return field === undefined && RESULT_COLUMNS.has(columnKey(column));
}

/** A column with the place where it was mapped. */
function told(column: string, { where }: MappingAsked): string {
  const place = where?.get(columnKey(column));
  return place === undefined ? `"${column}"` : `"${column}" (${place})`;
}

type Target = Pick<MappedColumn, 'field' | 'describe'>;

/** Undefined for a field that the object has not. */
function target(
  field: string,
  { object, isByLabel }: { object?: ObjectDescribe; isByLabel: boolean }
): Target | undefined {
  if (!object || isRelationshipPath(field)) return { field };
  const found = fieldNamed(object, field) ?? (isByLabel ? byLabel(object, field) : undefined);
  return found && { field: found.name, describe: found };
}

function byLabel(object: ObjectDescribe, label: string): FieldDescribe | undefined {
  const wanted = columnKey(label);
  const [first, second] = object.fields.filter((field) => columnKey(field.label) === wanted);
  return second ? undefined : first;
}

function checkOnce(mapped: readonly MappedColumn[]): void {
  const columnOf = new Map<string, string>();
  for (const { column, field } of mapped) {
    if (!field) continue;
    const before = columnOf.get(field.toLowerCase());
    if (before !== undefined) throw messages.createError('fieldTwice', [before, column, field]);
    columnOf.set(field.toLowerCase(), column);
  }
}

type Unknown = { readonly column: string; readonly field: string; readonly where?: string };

/** All columns that go to no field, each with the fields that may have been meant. */
function unknownColumns(unknown: readonly Unknown[], object: ObjectDescribe, header: readonly string[]): SfError {
  const known = object.fields.map(({ name, label }) => ({ name, alike: [name, label] }));
  const named = unknown.map(({ column, field, where }) => {
    const isMapped = columnKey(column) !== columnKey(field);
    return `"${column}"${isMapped ? `, which is sent to ${field}` : ''}${where ? ` (${where})` : ''}`;
  });
  const suggestions = unknown.map(({ field }) => `${field} → ${nearest(field, known).join(', ')}`);
  const skips = unknown.map(({ column }) => `--skip-column ${/^[\w.:-]+$/.test(column) ? column : `"${column}"`}`);
  const error = messages.createError(
    'columnUnknown',
    [object.name, some(named, '; ')],
    [suggestions.slice(0, MOST_SUGGESTED).join('; '), some(skips, ' ')]
  );
  const [only = ''] = header;
  if (header.length === 1 && DELIMITED.test(only)) error.actions?.unshift(messages.getMessage('oneColumn', [only]));
  return error;
}

/** A thousand columns are no message. */
function some(texts: readonly string[], separator: string): string {
  const shown = texts.slice(0, MOST_NAMED).join(separator);
  return texts.length > MOST_NAMED ? `${shown}${separator}… (${texts.length} in all)` : shown;
}

/** Signs that part the columns of other files. */
const DELIMITED = /[^\s,;|\t^`~:][,;|\t^`~:]+[^\s,;|\t^`~:]/;

const MOST_SUGGESTED = 10;
const MOST_NAMED = 30;
