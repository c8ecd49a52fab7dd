import { Messages } from '@salesforce/core';
import { type FieldDescribe, fieldNamed, type ObjectDescribe } from './describe.js';

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
};

export type MappingAsked = {
  /** API name by column. */
  readonly map: ReadonlyMap<string, string>;
  readonly skipColumns: readonly string[];
};

/** Columns that our own result files, and the service's, put before the input's: a corrected failed.csv is loaded as it is. */
const RESULT_COLUMNS: ReadonlySet<string> = new Set(['sf__id', 'sf__created', 'sf__error', 'bulkops__row']);

/**
 * Says for each column of a header to which field it goes: as asked, else by API name whatever its case, else by a label that only one
 * field has. Without a describe names are taken as they are.
 * @throws SfError `ColumnMissingError` when a column is named that the input has not, `ColumnUnknownError`, `FieldTwiceError`
 */
export function mapColumns(header: readonly string[], asked: MappingAsked, object?: ObjectDescribe): MappedColumn[] {
  const wanted = new Map([...asked.map].map(([column, field]) => [plain(column), field]));
  const skipped = new Set(asked.skipColumns.map(plain));
  const names = new Set(header.map(plain));
  for (const column of [...asked.map.keys(), ...asked.skipColumns])
    if (!names.has(plain(column))) throw messages.createError('columnMissing', [column], [header.join(', ')]);
  const mapped = header.map((column, index): MappedColumn => {
    const name = plain(column);
    if (skipped.has(name) || (RESULT_COLUMNS.has(name) && !wanted.has(name))) return { column, index };
    const field = wanted.get(name) ?? column.trim();
    return { column, index, ...target(column, field, { object, isByLabel: !wanted.has(name) }) };
  });
  checkOnce(mapped);
  return mapped;
}

/** Whether a column is one of an earlier result file, that no row of ours has of its own: results do not repeat it. */
export function isResultColumn({ column, field }: MappedColumn): boolean {
  return field === undefined && RESULT_COLUMNS.has(plain(column));
}

type Target = Pick<MappedColumn, 'field' | 'describe'>;

function target(column: string, field: string, by: { object?: ObjectDescribe; isByLabel: boolean }): Target {
  const { object } = by;
  if (!object) return { field };
  if (field.includes('.')) return { field };
  const found = fieldNamed(object, field) ?? (by.isByLabel ? byLabel(object, field) : undefined);
  if (!found) throw messages.createError('columnUnknown', [column, object.name], [suggestions(object, field)]);
  return { field: found.name, describe: found };
}

function byLabel(object: ObjectDescribe, label: string): FieldDescribe | undefined {
  const wanted = label.toLowerCase();
  const [first, second] = object.fields.filter((field) => field.label.toLowerCase() === wanted);
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

/** Fields whose names look like the one that was not found. */
function suggestions(object: ObjectDescribe, name: string): string {
  const wanted = letters(name);
  const alike = object.fields.filter(
    (field) => letters(field.name).includes(wanted) || wanted.includes(letters(field.name))
  );
  const some = (alike.length > 0 ? alike : object.fields).slice(0, MOST_SUGGESTIONS);
  return some.map((field) => field.name).join(', ');
}

const MOST_SUGGESTIONS = 8;

function letters(name: string): string {
  return name
    .toLowerCase()
    .replace(/__c$/, '')
    .replace(/[^a-z0-9]/g, '');
}

function plain(name: string): string {
  return name.trim().toLowerCase();
}
