import { describeGlobal, describeObject, objectSummary } from '../describe.js';
import { columnFor, Dml, type Operation } from '../dml.js';
import { type Org } from '../org.js';
import { fieldOf, type ObjectSchema } from '../schema.js';
import { RowError } from '../values.js';
import { ApiError } from './apiError.js';
import { type Exchange } from './exchange.js';
import { type Router } from './router.js';

const ROOT = '/services/data/v:version/sobjects';

/** Describe, and records one by one. */
export function serveSobjects(router: Router, org: Org): void {
  router.on('GET', ROOT, (exchange, { version = '' }) =>
    exchange.answer(200, describeGlobal(org.store.schema, base(version)))
  );
  router.on('GET', `${ROOT}/:object/describe`, (exchange, { version = '', object = '' }) =>
    exchange.answer(200, describeObject(objectNamed(org, object), org.store.schema, base(version)))
  );
  router.on('GET', `${ROOT}/:object`, (exchange, { version = '', object = '' }) =>
    exchange.answer(200, { objectDescribe: objectSummary(objectNamed(org, object), base(version)), recentItems: [] })
  );
  router.on('GET', `${ROOT}/:object/:id`, (exchange, { version = '', object = '', id = '' }) => {
    const schema = objectNamed(org, object);
    exchange.answer(200, { attributes: attributes(schema, id, version), ...recordOf(org, schema, id) });
  });
  router.on('POST', `${ROOT}/:object`, async (exchange, { object = '' }) => {
    const { id } = applyJson(org, { object: objectNamed(org, object), operation: 'insert' }, await fieldsOf(exchange));
    exchange.answer(201, { id, success: true, errors: [] });
  });
  router.on('PATCH', `${ROOT}/:object/:id`, async (exchange, { object = '', id = '' }) => {
    applyJson(
      org,
      { object: objectNamed(org, object), operation: 'update' },
      { ...(await fieldsOf(exchange)), Id: id }
    );
    exchange.answer(204);
  });
  router.on('DELETE', `${ROOT}/:object/:id`, (exchange, { object = '', id = '' }) => {
    applyJson(org, { object: objectNamed(org, object), operation: 'delete' }, { Id: id });
    exchange.answer(204);
  });
  router.on('PATCH', `${ROOT}/:object/:key/:value`, async (exchange, { object = '', key = '', value = '' }) => {
    const fields = { ...(await fieldsOf(exchange)), [key]: value };
    const done = applyJson(org, { object: objectNamed(org, object), operation: 'upsert', key }, fields);
    exchange.answer(done.created ? 201 : 200, { ...done, success: true, errors: [] });
  });
}

export function objectNamed(org: Org, name: string): ObjectSchema {
  const object = org.store.schema.object(name);
  if (!object) throw new ApiError(404, 'NOT_FOUND', 'The requested resource does not exist');
  return object;
}

type JsonRow = { readonly object: ObjectSchema; readonly operation: Operation; readonly key?: string };

/**
 * Carries out a record as JSON has it, in a transaction of its own.
 * @throws ApiError with the code and text of the row's error
 */
export function applyJson(
  org: Org,
  row: JsonRow,
  fields: Readonly<Record<string, unknown>>
): { id: string; created: boolean } {
  try {
    return org.store.transaction(() => applyRow(org, row, fields));
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    const isUnknown = error.code === 'INVALID_CROSS_REFERENCE_KEY' || error.code === 'ENTITY_IS_DELETED';
    throw new ApiError(isUnknown ? 404 : 400, error.code, error.message, error.fields);
  }
}

/**
 * Carries out a record as JSON has it, in the caller's transaction.
 * @throws RowError; nothing was changed then
 */
export function applyRow(
  org: Org,
  { object, operation, key }: JsonRow,
  fields: Readonly<Record<string, unknown>>
): { id: string; created: boolean } {
  const names = Object.keys(fields).filter((name) => name !== 'attributes');
  const columns = names.map((name) => {
    const column = columnFor(org.store, object, name);
    if (!column) throw new RowError('INVALID_FIELD', `No such column '${name}' on sobject of type ${object.name}`);
    return column;
  });
  const dml = new Dml(org.store, object, operation, key ? fieldOf(object, key) : undefined);
  return dml.apply(
    columns,
    names.map((name) => textOf(fields[name])),
    org.now()
  );
}

/** JSON's null is `#N/A` in the rows that Dml takes. */
function textOf(value: unknown): string {
  if (value === null) return '#N/A';
  return typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : '';
}

async function fieldsOf(exchange: Exchange): Promise<Record<string, unknown>> {
  const body = await exchange.json();
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new ApiError(400, 'JSON_PARSER_ERROR', 'an object was expected');
  return body as Record<string, unknown>;
}

function recordOf(org: Org, object: ObjectSchema, id: string): Record<string, unknown> {
  const table = org.store.table(object);
  const n = table.numberOf(id);
  const record = n === undefined ? undefined : table.get(n);
  if (!record || record.IsDeleted === true)
    throw new ApiError(404, 'NOT_FOUND', 'The requested resource does not exist');
  return record;
}

export function attributes(object: ObjectSchema, id: string, version: string): Record<string, string> {
  return { type: object.name, url: `${base(version)}/sobjects/${object.name}/${id}` };
}

function base(version: string): string {
  return `/services/data/v${version}`;
}
