import { type Connection, Messages } from '@salesforce/core';
import { type IngestOperation } from '../bulk/job.js';
import { describeObject, fieldNamed, type ObjectDescribe } from '../schema/describe.js';
import { type MappedColumn, mapColumns } from '../schema/mapping.js';
import { type LoadAsked } from './asked.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'load');

/** What a load makes of an input's columns. */
export type LoadColumns = {
  /** All columns of the input, in its order. */
  readonly mapped: readonly MappedColumn[];
  /** Those that are sent, in the input's order. */
  readonly sent: ReadonlyArray<MappedColumn & { readonly field: string }>;
  /** Place of the external ID or Id among the sent ones; missing for insert. */
  readonly keyColumn?: number;
  readonly isKeyCaseSensitive: boolean;
  /** The external ID as the org spells it. */
  readonly externalId?: string;
  readonly object?: ObjectDescribe;
};

/**
 * Maps the columns of a header and checks them for the operation. One API call, none with `--validate none`.
 * @throws SfError `KeyColumnMissingError`, `ExternalIdUnknownError`, `NotAnExternalIdError`, and what mapping and describe throw
 */
export async function loadColumns(
  header: readonly string[],
  asked: LoadAsked,
  connection: Connection
): Promise<LoadColumns> {
  const object = asked.validate === 'none' ? undefined : await describeObject(connection, asked.sobject);
  const key = keyOf(asked, object);
  const mapped = mapColumns(header, { map: new Map(asked.map), skipColumns: asked.skipColumns }, object);
  const sent = mapped.filter((column): column is LoadColumns['sent'][number] => isSent(column, asked.operation));
  if (!key) return { mapped, sent, isKeyCaseSensitive: true, object };
  const keyColumn = sent.findIndex(({ field }) => field.toLowerCase() === key.name.toLowerCase());
  if (keyColumn < 0)
    throw messages.createError('keyColumnMissing', [key.name, asked.operation], [header.join(', '), key.name]);
  const externalId = asked.operation === 'upsert' ? key.name : undefined;
  return { mapped, sent, keyColumn, isKeyCaseSensitive: key.isCaseSensitive, externalId, object };
}

/** A delete takes nothing but Ids (BULK_API §5). */
function isSent({ field }: MappedColumn, operation: IngestOperation): boolean {
  if (field === undefined) return false;
  return operation === 'delete' || operation === 'hardDelete' ? field.toLowerCase() === 'id' : true;
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
