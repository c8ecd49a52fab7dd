import { Messages } from '@salesforce/core';
import { z } from 'zod';
import { isBulkError } from '../bulk/bulkError.js';
import { type OrgReads } from '../bulk/orgReads.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'schema');

const fieldSchema = z.object({
  name: z.string(),
  label: z.string().default(''),
  type: z.string(),
  length: z.number().default(0),
  precision: z.number().default(0),
  scale: z.number().default(0),
  digits: z.number().default(0),
  createable: z.boolean().default(true),
  updateable: z.boolean().default(true),
  nillable: z.boolean().default(true),
  defaultedOnCreate: z.boolean().default(false),
  externalId: z.boolean().default(false),
  idLookup: z.boolean().default(false),
  unique: z.boolean().default(false),
  caseSensitive: z.boolean().default(false),
  calculated: z.boolean().default(false),
  restrictedPicklist: z.boolean().default(false),
  picklistValues: z.array(z.object({ value: z.string(), active: z.boolean().default(true) })).default([]),
  referenceTo: z.array(z.string()).default([]),
  relationshipName: z.string().nullish(),
  compoundFieldName: z.string().nullish()
});

const objectSchema = z.object({
  name: z.string(),
  label: z.string().default(''),
  createable: z.boolean().default(true),
  updateable: z.boolean().default(true),
  deletable: z.boolean().default(true),
  queryable: z.boolean().default(true),
  undeletable: z.boolean().default(true),
  mergeable: z.boolean().default(false),
  keyPrefix: z.string().nullish(),
  fields: z.array(fieldSchema),
  childRelationships: z
    .array(
      z.object({
        childSObject: z.string(),
        field: z.string(),
        relationshipName: z.string().nullish(),
        cascadeDelete: z.boolean().default(false),
        restrictedDelete: z.boolean().default(false)
      })
    )
    .default([])
});

/** A field as the org describes it (BULK_API §6). */
export type FieldDescribe = Readonly<z.infer<typeof fieldSchema>>;
/** An object as the org describes it. */
export type ObjectDescribe = Readonly<z.infer<typeof objectSchema>>;

/**
 * What the org says of an object; one API call.
 * @throws SfError `ObjectUnknownError`, `DescribeStrangeError`, and what `OrgReads` throws when there is no answer
 */
export async function describeObject(org: OrgReads, sobject: string): Promise<ObjectDescribe> {
  const answer = await rawDescribe(org, sobject);
  const parsed = objectSchema.safeParse(answer);
  if (!parsed.success) throw messages.createError('describeStrange', [sobject, parsed.error.issues[0]?.message ?? '']);
  return parsed.data;
}

const globalSchema = z.object({
  sobjects: z.array(z.object({ name: z.string(), keyPrefix: z.string().nullish() }))
});

/**
 * The first three characters of Ids, by object; one API call.
 * @throws SfError `DescribeStrangeError`, and what `OrgReads` throws when there is no answer
 */
export async function keyPrefixes(org: OrgReads): Promise<ReadonlyMap<string, string>> {
  const parsed = globalSchema.safeParse(await org.get('/sobjects'));
  if (!parsed.success)
    throw messages.createError('describeStrange', ['its objects', parsed.error.issues[0]?.message ?? '']);
  return new Map(parsed.data.sobjects.flatMap(({ name, keyPrefix }) => (keyPrefix ? [[name, keyPrefix]] : [])));
}

/**
 * The describe as the org sends it; one API call.
 * @throws SfError `ObjectUnknownError`, and what `OrgReads` throws when there is no answer
 */
export async function rawDescribe(org: OrgReads, sobject: string): Promise<unknown> {
  return org.get(`/sobjects/${encodeURIComponent(sobject)}/describe`).catch((error: Error) => {
    if (isBulkError(error) && error.kind === 'gone') throw messages.createError('objectUnknown', [sobject], [sobject]);
    throw error;
  });
}

/** The field of that API name, whatever its case. */
export function fieldNamed(object: ObjectDescribe, name: string): FieldDescribe | undefined {
  const wanted = name.toLowerCase();
  return object.fields.find((field) => field.name.toLowerCase() === wanted);
}
