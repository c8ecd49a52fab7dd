import { Messages, type SfError } from '@salesforce/core';
import { z } from 'zod';
import { isBulkError } from '../bulk/bulkError.js';
import { type OrgReads } from '../bulk/orgReads.js';
import { nearMisses } from './nearMiss.js';

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
 * What the org says of an object; one API call, and one more for what was perhaps meant by a name that is none.
 * @throws SfError `ObjectUnknownError`, `ApiVersionUnknownError`, `DescribeStrangeError`, and what `OrgReads` throws when there is no answer
 */
export async function describeObject(org: OrgReads, sobject: string): Promise<ObjectDescribe> {
  const object = await describeVisible(org, sobject);
  if (!object) throw await unknownObject(org, sobject);
  return object;
}

/**
 * As `describeObject`; undefined for an object that is not there, or that the user may not see.
 * @throws SfError `DescribeStrangeError`, and what `OrgReads` throws when there is no answer
 */
export async function describeVisible(org: OrgReads, sobject: string): Promise<ObjectDescribe | undefined> {
  const answer = await answered(org, sobject);
  if (!answer) return undefined;
  const parsed = objectSchema.safeParse(answer.said);
  if (!parsed.success) throw messages.createError('describeStrange', [sobject, parsed.error.issues[0]?.message ?? '']);
  return parsed.data;
}

/**
 * The describe as the org sends it; API calls as `describeObject`.
 * @throws SfError `ObjectUnknownError`, `ApiVersionUnknownError`, and what `OrgReads` throws when there is no answer
 */
export async function rawDescribe(org: OrgReads, sobject: string): Promise<unknown> {
  const answer = await answered(org, sobject);
  if (!answer) throw await unknownObject(org, sobject);
  return answer.said;
}

/** Reads of an org that ask for each describe once, for who needs the same one at several places within a moment. What fails is asked for again. */
export function describedOnce(org: OrgReads): OrgReads {
  const known = new Map<string, Promise<unknown>>();
  return {
    get: async (path) => {
      if (!DESCRIBE_PATH.test(path)) return org.get(path);
      const asked = known.get(path) ?? org.get(path);
      known.set(path, asked);
      asked.catch(() => known.delete(path));
      return asked;
    }
  };
}

const DESCRIBE_PATH = /^\/sobjects\/[^/]+\/describe$/;

const FORBIDDEN = 403;

/** Undefined where the org knows no such object, or keeps it from the user. */
async function answered(org: OrgReads, sobject: string): Promise<{ readonly said: unknown } | undefined> {
  try {
    return { said: await org.get(`/sobjects/${encodeURIComponent(sobject)}/describe`) };
  } catch (error) {
    if (isHidden(error)) return undefined;
    throw error;
  }
}

/** A 403 is also what used-up allowances and things in between answer with. */
function isHidden(error: unknown): boolean {
  if (!isBulkError(error)) return false;
  const { kind, httpStatus, errorCode } = error;
  return kind === 'gone' || (kind === 'refused' && httpStatus === FORBIDDEN && errorCode !== undefined);
}

async function unknownObject(org: OrgReads, sobject: string): Promise<SfError> {
  let known: GlobalDescribe = [];
  try {
    known = await objects(org);
  } catch (error) {
    // Every version of the API has the list, whatever the user may see.
    if (isBulkError(error) && error.kind === 'gone') return messages.createError('apiVersionUnknown');
    // Else there is no hint, and the name is no less unknown.
  }
  const near = nearMisses(
    sobject,
    known.map(({ name }) => name)
  );
  const hint =
    near.length === 0 ? messages.getMessage('noneNear') : messages.getMessage('perhaps', [near.join(' or ')]);
  return messages.createError('objectUnknown', [sobject], [hint, sobject]);
}

const globalSchema = z.object({
  sobjects: z.array(z.object({ name: z.string(), keyPrefix: z.string().nullish() }))
});

type GlobalDescribe = z.infer<typeof globalSchema>['sobjects'];

/**
 * The first three characters of Ids, by object; one API call.
 * @throws SfError `DescribeStrangeError`, and what `OrgReads` throws when there is no answer
 */
export async function keyPrefixes(org: OrgReads): Promise<ReadonlyMap<string, string>> {
  return new Map((await objects(org)).flatMap(({ name, keyPrefix }) => (keyPrefix ? [[name, keyPrefix]] : [])));
}

async function objects(org: OrgReads): Promise<GlobalDescribe> {
  const parsed = globalSchema.safeParse(await org.get('/sobjects'));
  if (!parsed.success)
    throw messages.createError('describeStrange', ['its objects', parsed.error.issues[0]?.message ?? '']);
  return parsed.data.sobjects;
}

/** The field of that API name, whatever its case. */
export function fieldNamed(object: ObjectDescribe, name: string): FieldDescribe | undefined {
  const wanted = name.toLowerCase();
  return object.fields.find((field) => field.name.toLowerCase() === wanted);
}
