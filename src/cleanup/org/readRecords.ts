import { Messages } from '@salesforce/core';
import { type OrgReads } from '../../bulk/orgReads.js';
import { describeObject, fieldNamed } from '../../schema/describe.js';
import { type Definition } from '../definition/definition.js';
import { fieldsOf } from '../definition/fieldsOf.js';
import { checkDefinition } from './checkDefinition.js';
import { type OrgReader } from './orgReader.js';
import { isRefusedQuery } from './refusedQuery.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'cleanup');

/**
 * Reads the records that a definition is about into a CSV: the fields that it names, Id and SystemModstamp.
 * @throws SfError `DefinitionUnfitError`, `WhereRefusedError`, and what the reader throws
 */
export async function readRecords(
  org: OrgReads,
  definition: Definition,
  { read, path }: { readonly read: OrgReader; readonly path: string }
): Promise<void> {
  const object = await describeObject(org, definition.sobject);
  checkDefinition(definition, object);
  const names = ['Id', 'SystemModstamp', ...fieldsOf(definition)].map((name) => fieldNamed(object, name)?.name ?? name);
  const { where } = definition;
  try {
    await read({ sobject: object.name, fields: [...new Set(names)], where }, path);
  } catch (error) {
    if (where === undefined || !isRefusedQuery(error)) throw error;
    throw messages.createError('whereRefused', [where, error.message], [object.name, where], error);
  }
}
