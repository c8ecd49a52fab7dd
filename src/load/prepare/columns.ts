import { Messages } from '@salesforce/core';
import { type OrgReads } from '../../bulk/orgReads.js';
import { columnKey } from '../../input/columnName.js';
import { type Input } from '../../input/input.js';
import { describeObject, fieldNamed, type ObjectDescribe } from '../../schema/describe.js';
import { type MappedColumn, mapColumns } from '../../schema/mapping.js';
import { hasRelationship, isRelationshipPath, relationshipOf, relationshipPath } from '../../schema/relationship.js';
import { type LoadAsked } from '../asked.js';
import { checkHeader } from './headerCheck.js';
import { mappingAsked } from './mappingAsked.js';
import { withReadings } from './withReadings.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'load');

export type SentColumn = MappedColumn & { readonly field: string };

/** What a load makes of an input's columns. */
export type LoadColumns = {
  /** All columns of the input, in its order; those that are not sent have no field. */
  readonly mapped: readonly MappedColumn[];
  /** What is sent: columns in the input's order, then further fields of columns, then constants. */
  readonly sent: readonly SentColumn[];
  /** Place of the external ID or Id among the sent ones; missing for insert. */
  readonly keyColumn?: number;
  readonly isKeyCaseSensitive: boolean;
  /** Place of the column of `--group-by` among the sent ones. */
  readonly groupColumn?: number;
  /** The external ID as the org spells it. */
  readonly externalId?: string;
  /** Missing with `--validate none`. */
  readonly object?: ObjectDescribe;
  readonly warnings: readonly string[];
};

/**
 * Maps the columns of a header and checks them for the operation. One API call, and one for each object that relationship columns go to; none
 * with `--validate none`.
 * @throws SfError `KeyColumnMissingError`, `KeyConstantError`, `GroupColumnMissingError`, `ExternalIdUnknownError`, `NotAnExternalIdError`, and what mapping, describe, `withReadings` and `checkHeader` throw
 */
export async function loadColumns(
  { header, nulls }: Pick<Input, 'header' | 'nulls'>,
  asked: LoadAsked,
  org: OrgReads
): Promise<LoadColumns> {
  const object = asked.validate === 'none' ? undefined : await describeObject(org, asked.sobject);
  const key = keyOf(asked, object);
  // JSON without records has no columns, and nothing to be held against the org.
  if (header.length === 0) return { mapped: [], sent: [], isKeyCaseSensitive: true, object, warnings: [] };
  const isDelete = asked.operation === 'delete' || asked.operation === 'hardDelete';
  const mapping = mappingAsked(header, asked);
  const named = mapColumns(header, { ...mapping.asked, nulls }, object);
  const all = [...named.columns, ...named.beside];
  const resolved = isDelete ? all.map(onlyId) : withReadings(await overRelationships(all, object, org), asked);
  const mapped = resolved.slice(0, header.length);
  const sent = resolved.filter((column): column is SentColumn => column.field !== undefined);
  const warnings = [
    ...mapping.warnings,
    ...(object ? emptyRelationships(named.columns, object, nulls) : []),
    ...(isDelete ? ignoredColumns(all) : [])
  ];
  if (object) checkHeader({ object, operation: asked.operation, sent, key: key?.name });
  const groupColumn = groupColumnOf(sent, asked.groupBy);
  if (!key) return { mapped, sent, isKeyCaseSensitive: true, groupColumn, object, warnings };
  const keyColumn = sent.findIndex(({ field }) => field.toLowerCase() === key.name.toLowerCase());
  if (keyColumn < 0)
    throw messages.createError('keyColumnMissing', [key.name, asked.operation], [header.join(', '), key.name]);
  if (sent[keyColumn]?.constant !== undefined) throw messages.createError('keyConstant', [key.name]);
  const externalId = asked.operation === 'upsert' ? key.name : undefined;
  return {
    mapped,
    sent,
    keyColumn,
    isKeyCaseSensitive: key.isCaseSensitive,
    groupColumn,
    externalId,
    object,
    warnings
  };
}

/** By its field or its name in the input; a lookup is also found where the column goes over its relationship. */
function groupColumnOf(sent: readonly SentColumn[], groupBy: string | undefined): number | undefined {
  if (groupBy === undefined) return undefined;
  const wanted = columnKey(groupBy);
  const found = sent.findIndex(({ column, field, relationship }) =>
    [field, columnKey(column), relationship?.reference.name].some((name) => name?.toLowerCase() === wanted)
  );
  if (found >= 0) return found;
  throw messages.createError('groupColumnMissing', [groupBy], [sent.map(({ field }) => field).join(', ')]);
}

/** A delete takes nothing but Ids (BULK_API §5). */
function onlyId({ column, index, ...target }: MappedColumn): MappedColumn {
  return target.field?.toLowerCase() === 'id' ? { column, index, ...target } : { column, index };
}

function ignoredColumns(named: readonly MappedColumn[]): string[] {
  const ignored = named.filter(({ field }) => field !== undefined && field.toLowerCase() !== 'id');
  if (ignored.length === 0) return [];
  return [messages.getMessage('deleteIgnores', [[...new Set(ignored.map(({ column }) => column))].join(', ')])];
}

/** The output of a query has nothing but null for a relationship that no record has, and so not the fields that were asked of it. */
function emptyRelationships(
  named: readonly MappedColumn[],
  object: ObjectDescribe,
  nulls: ReadonlySet<string> | undefined
): string[] {
  const empty = named.filter(
    ({ column, field }) => field === undefined && nulls?.has(column.toLowerCase()) && hasRelationship(object, column)
  );
  if (empty.length === 0) return [];
  return [messages.getMessage('emptyRelationships', [empty.map(({ column }) => column).join(', ')])];
}

/** Spells relationship columns as the service wants them; each object that they go to is described once. */
async function overRelationships(
  mapped: readonly MappedColumn[],
  object: ObjectDescribe | undefined,
  org: OrgReads
): Promise<MappedColumn[]> {
  if (!object) return [...mapped];
  const parents = new Map([[object.name, object]]);
  const resolved: MappedColumn[] = [];
  for (const column of mapped) {
    if (column.field === undefined || !isRelationshipPath(column.field)) {
      resolved.push(column);
      continue;
    }
    const name = column.constant === undefined ? column.column : column.field;
    const relationship = relationshipOf(name, column.field, object);
    const parent = parents.get(relationship.parent) ?? (await describeObject(org, relationship.parent));
    parents.set(relationship.parent, parent);
    resolved.push({ ...column, field: relationshipPath(name, relationship, parent), relationship });
  }
  return resolved;
}

/** The field that says which record a row is about. Ids are case-sensitive. */
function keyOf(
  asked: LoadAsked,
  object: ObjectDescribe | undefined
): { name: string; isCaseSensitive: boolean } | undefined {
  if (asked.operation === 'insert') return undefined;
  const name = asked.operation === 'upsert' ? (asked.externalId ?? 'Id') : 'Id';
  if (name.toLowerCase() === 'id') return { name: 'Id', isCaseSensitive: true };
  if (!object) return { name, isCaseSensitive: false };
  const field = fieldNamed(object, name);
  const usable = object.fields
    .filter(({ externalId, idLookup }) => externalId || idLookup)
    .map((usableField) => usableField.name);
  if (!field) throw messages.createError('externalIdUnknown', [name, object.name], [usable.join(', ')]);
  if (!field.externalId && !field.idLookup)
    throw messages.createError('notAnExternalId', [field.name, object.name], [usable.join(', ')]);
  return { name: field.name, isCaseSensitive: field.caseSensitive };
}
