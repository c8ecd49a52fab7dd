import { readFile } from 'node:fs/promises';
import { DEFAULT_SCHEMA } from './defaultSchema.js';
import { ACCESS, field, type FieldSchema, object, type ObjectSchema, type ParentRule, Schema } from './schema.js';
import { isRecord } from './isRecord.js';

/**
 * A schema from a file: one describe, a list of them, or `{"objects": […]}`; each as `sf sobject describe --json` gives it (its `result`) or a part
 * of that with at least the names and types of the fields. The user and the organization, without which nobody logs in, are added where they
 * are missing.
 * @throws Error that says what is wrong with the file
 */
export async function readSchema(path: string): Promise<Schema> {
  const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
  const holder = isRecord(parsed) && isRecord(parsed.result) ? parsed.result : parsed;
  const list = Array.isArray(holder)
    ? holder
    : isRecord(holder) && Array.isArray(holder.objects)
      ? holder.objects
      : [holder];
  const rules = new Map(list.flatMap(parentRules));
  const given = new Schema(list.map((item: unknown, at) => withRules(objectFrom(item, at), rules)));
  const missing = DEFAULT_SCHEMA.objects.filter(({ name }) => NEEDED.has(name) && !given.object(name));
  return new Schema([...given.objects, ...missing]);
}

const NEEDED: ReadonlySet<string> = new Set(['User', 'Organization']);

/** The describe of the parent, and not of the child, says what deleting it does. */
function parentRules(item: unknown): Array<[childField: string, rule: ParentRule]> {
  const children: unknown[] = isRecord(item) && Array.isArray(item.childRelationships) ? item.childRelationships : [];
  return children.flatMap((child): Array<[string, ParentRule]> => {
    if (!isRecord(child)) return [];
    const name = `${String(child.childSObject)}.${String(child.field)}`;
    if (child.cascadeDelete === true) return [[name, 'cascade']];
    return child.restrictedDelete === true ? [[name, 'restrict']] : [];
  });
}

function withRules(object: ObjectSchema, rules: ReadonlyMap<string, ParentRule>): ObjectSchema {
  const fields = object.fields.map((one): FieldSchema => {
    const whenParentIsDeleted = rules.get(`${object.name}.${one.name}`) ?? one.whenParentIsDeleted;
    return { ...one, whenParentIsDeleted };
  });
  return { ...object, fields };
}

function objectFrom(item: unknown, at: number): ObjectSchema {
  if (!isRecord(item) || typeof item.name !== 'string' || !Array.isArray(item.fields))
    throw new Error(`object ${at + 1} of the schema has no name or no fields`);
  const { name } = item;
  const given = item.fields.map((raw: unknown) => fieldFrom(raw, name));
  const names = new Set(given.map((one) => one.name));
  const standard = object(name, '', [], { mergeable: item.mergeable === true }).fields.filter(
    (one) => !names.has(one.name)
  );
  const keyPrefix = typeof item.keyPrefix === 'string' ? item.keyPrefix : `z${String(at).padStart(2, '0')}`;
  const label = typeof item.label === 'string' ? item.label : name;
  const denied = ACCESS.filter((access) => item[access] === false);
  return { name, label, keyPrefix, mergeable: item.mergeable === true, fields: [...standard, ...given], denied };
}

function fieldFrom(raw: unknown, objectName: string): FieldSchema {
  if (!isRecord(raw) || typeof raw.name !== 'string' || typeof raw.type !== 'string')
    throw new Error(`a field of ${objectName} has no name or no type`);
  const defaults = field(raw.name, raw.type);
  const known = Object.entries(defaults).map(([key, value]) => [
    key,
    typeof raw[key] === typeof value ? raw[key] : value
  ]);
  const relationshipName = typeof raw.relationshipName === 'string' ? raw.relationshipName : undefined;
  // Made of first and last name: to be read, never written, and no field of the describe says so.
  const isFullName = raw.name === 'Name' && raw.createable === false && raw.updateable === false;
  const calculated = raw.calculated === true || isFullName;
  return { ...(Object.fromEntries(known) as FieldSchema), relationshipName, calculated };
}
