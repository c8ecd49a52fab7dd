import { Messages } from '@salesforce/core';
import { type FieldDescribe, fieldNamed, type ObjectDescribe } from './describe.js';
import { columnKey, columnName } from '../input/columnName.js';
import { type Reading } from './readings/reading.js';
import { type Unknown, unknownColumns, unknownConstant } from './unknownFields.js';
import { hasRelationship, isRelationshipPath, type Relationship } from './relationship.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'schema');

/** One column of the input and where it goes, or a constant. */
export type MappedColumn = {
  /** As the header names it. */
  readonly column: string;
  /** Place in the header, from 0; -1 for a constant, which has none. */
  readonly index: number;
  /** API name, or path of a relationship; undefined for a column that is not sent. */
  readonly field?: string;
  /** Missing for a relationship, and where the object's describe was not asked for. */
  readonly describe?: FieldDescribe;
  readonly relationship?: Relationship;
  /** What is sent in place of a value; others are sent as they are. */
  readonly values?: ReadonlyMap<string, string>;
  /** How its values are written, where they are no values of the API as they stand. */
  readonly reading?: Reading;
  /** What every row has for the field. */
  readonly constant?: string;
};

export type Mapping = {
  /** One for each column of the header, in its order. */
  readonly columns: readonly MappedColumn[];
  /** What is sent beside: further fields of columns that go to several, then constants. All have a field. */
  readonly beside: readonly MappedColumn[];
};

/** A value that every row is to have in a field. */
export type ConstantAsked = {
  readonly field: string;
  readonly value: string;
  /** Where it was written, for messages. */
  readonly where?: string;
};

export type MappingAsked = {
  /** API names by column. */
  readonly map: ReadonlyMap<string, readonly string[]>;
  readonly constants?: readonly ConstantAsked[];
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
 * @throws SfError `ColumnMissingError` when a column is named that the input has not, `ColumnUnknownError`, `ConstantUnknownError`, `FieldTwiceError`
 */
export function mapColumns(header: readonly string[], asked: MappingAsked, object?: ObjectDescribe): Mapping {
  const wanted = new Map([...asked.map].map(([column, fields]) => [columnKey(column), fields]));
  const skipped = new Set(asked.skipColumns.map(columnKey));
  checkThere(header, asked);
  const unknown: Unknown[] = [];
  const beside: MappedColumn[] = [];
  const columns = header.map((column, index): MappedColumn => {
    const name = columnKey(column);
    if (name === '') return { column, index };
    if (skipped.has(name) || (RESULT_COLUMNS.has(name) && !wanted.has(name))) return { column, index };
    const values = asked.values?.get(name);
    const isEmpty = object && asked.nulls?.has(column.toLowerCase()) && hasRelationship(object, column);
    const [first, ...others] = (wanted.get(name) ?? [columnName(column)]).map((field): MappedColumn => {
      const found = target(field, { object, isByLabel: !wanted.has(name) });
      if (!found && !isEmpty) unknown.push({ column, field, where: asked.where?.get(name) });
      return { column, index, ...found, ...(values && { values }) };
    });
    beside.push(...others.filter(({ field }) => field !== undefined));
    return first ?? { column, index };
  });
  if (object && unknown.length > 0 && !asked.ignoresUnknown) throw unknownColumns(unknown, object, header);
  beside.push(...(asked.constants ?? []).map((constant) => constantColumn(constant, object)));
  checkOnce([...columns, ...beside]);
  return { columns, beside };
}

function checkThere(header: readonly string[], asked: MappingAsked): void {
  const names = new Set(header.map(columnKey));
  for (const column of [...asked.map.keys(), ...asked.skipColumns])
    if (!names.has(columnKey(column)))
      throw messages.createError(
        'columnMissing',
        [told(column, asked)],
        [[...header].filter((one) => columnKey(one) !== '').join(', ')]
      );
}

function constantColumn(asked: ConstantAsked, object?: ObjectDescribe): MappedColumn {
  const found = target(asked.field, { object, isByLabel: false });
  if (!found && object) throw unknownConstant(asked, object);
  return { column: '', index: -1, ...found, constant: asked.value };
}

/** Whether a column is one of an earlier result file, that no row of ours has of its own: results do not repeat it. */
export function isResultColumn({ column, field }: MappedColumn): boolean {
  return field === undefined && isResultName(column);
}

/** Whether a column is named as one of an earlier result file. */
export function isResultName(column: string): boolean {
  return RESULT_COLUMNS.has(columnKey(column));
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
  const before = new Map<string, MappedColumn>();
  for (const one of mapped) {
    if (!one.field) continue;
    const other = before.get(one.field.toLowerCase());
    if (other) throw messages.createError('fieldTwice', [sourceOf(other), sourceOf(one), one.field]);
    before.set(one.field.toLowerCase(), one);
  }
}

function sourceOf({ column, constant }: MappedColumn): string {
  return messages.getMessage(constant === undefined ? 'source.column' : 'source.constant', [constant ?? column]);
}
