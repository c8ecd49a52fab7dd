import { type Operation } from '../dml.js';
import { type Org } from '../org.js';
import { fieldOf, type ObjectSchema } from '../schema.js';
import { RowError } from '../values.js';
import { ApiError } from './apiError.js';
import { type Exchange } from './exchange.js';
import { type Router } from './router.js';
import { applyRow, attributes, objectNamed } from './sobjects.js';

const ROOT = '/services/data/v:version/composite/sobjects';
const MOST_RECORDS = 200;

type Item = {
  readonly operation: Operation;
  readonly objectName: string;
  readonly key?: string;
  readonly fields: Readonly<Record<string, unknown>>;
};

type ItemResult = { readonly success: boolean } & Record<string, unknown>;

/** SObject collections: up to 200 records a call, results in their order (BULK_API §6). */
export function serveCollections(router: Router, org: Org): void {
  router.on('POST', ROOT, async (exchange) => write(exchange, org, { operation: 'insert' }));
  router.on('PATCH', ROOT, async (exchange) => write(exchange, org, { operation: 'update' }));
  router.on('PATCH', `${ROOT}/:object/:key`, async (exchange, { key = '' }) =>
    write(exchange, org, { operation: 'upsert', key })
  );
  router.on('DELETE', ROOT, (exchange) => {
    const ids = (exchange.query.get('ids') ?? '').split(',').filter((id) => id !== '');
    const items = ids.map((id): Item => {
      const objectName = org.store.schema.withPrefix(id.slice(0, 3))?.name ?? '';
      return { operation: 'delete', objectName, fields: { Id: id } };
    });
    exchange.answer(200, applyAll(org, items, exchange.query.get('allOrNone') === 'true'));
  });
  router.on('GET', `${ROOT}/:object`, (exchange, { object = '', version = '' }) => {
    const list = (name: string): string[] => (exchange.query.get(name) ?? '').split(',');
    retrieve(exchange, org, { object: objectNamed(org, object), version, ids: list('ids'), fields: list('fields') });
  });
  router.on('POST', `${ROOT}/:object`, async (exchange, { object = '', version = '' }) => {
    const body = recordOf(await exchange.json());
    const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
    const asked = { object: objectNamed(org, object), version, ids: list(body.ids), fields: list(body.fields) };
    retrieve(exchange, org, asked);
  });
}

async function write(exchange: Exchange, org: Org, asked: { operation: Operation; key?: string }): Promise<void> {
  const body = recordOf(await exchange.json());
  const records: unknown[] = Array.isArray(body.records) ? body.records : [];
  const items = records.map((record): Item => {
    const fields = lowerId(recordOf(record));
    const { type } = recordOf(fields.attributes ?? {});
    return { ...asked, objectName: typeof type === 'string' ? type : '', fields };
  });
  exchange.answer(200, applyAll(org, items, body.allOrNone === true));
}

/** `id`, as the documentation writes it, is `Id`. */
function lowerId(fields: Record<string, unknown>): Record<string, unknown> {
  if (!('id' in fields)) return fields;
  const { id, ...rest } = fields;
  return { ...rest, Id: id };
}

class RolledBack extends Error {}

function applyAll(org: Org, items: readonly Item[], allOrNone: boolean): ItemResult[] {
  mustFit(items.length);
  let results: ItemResult[] = [];
  try {
    org.store.transaction(() => {
      results = items.map((item) => applyItem(org, item));
      if (allOrNone && results.some(({ success }) => !success)) throw new RolledBack();
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
    const message = 'Record rolled back because not all records were valid and the request was using AllOrNone header';
    const rolledBack = failure(new RowError('ALL_OR_NONE_OPERATION_ROLLED_BACK', message));
    return results.map((result) => (result.success ? rolledBack : result));
  }
  return results;
}

function applyItem(org: Org, { operation, objectName, key, fields }: Item): ItemResult {
  try {
    const object = org.store.schema.object(objectName);
    if (!object) throw new RowError('INVALID_TYPE', `sObject type '${objectName}' is not supported.`);
    const { id, created } = applyRow(org, { object, operation, key }, fields);
    return { id, success: true, errors: [], ...(operation === 'upsert' && { created }) };
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    const { Id: id } = fields;
    return { ...(typeof id === 'string' && { id }), ...failure(error) };
  }
}

function failure({ code, message, fields }: RowError): ItemResult {
  return { success: false, errors: [{ statusCode: code, message, fields }] };
}

type Retrieve = {
  readonly object: ObjectSchema;
  readonly version: string;
  readonly ids: readonly string[];
  readonly fields: readonly string[];
};

/** A null stands for each record that isn't there. */
function retrieve(exchange: Exchange, org: Org, { object, version, ids, fields }: Retrieve): void {
  const names = fields.map((name) => {
    const field = fieldOf(object, name);
    if (field) return field.name;
    throw new ApiError(400, 'INVALID_FIELD', `No such column '${name}' on entity '${object.name}'.`);
  });
  const table = org.store.table(object);
  const records = ids.map((id) => {
    const n = table.numberOf(id);
    const record = n === undefined ? undefined : table.get(n);
    if (!record || record.IsDeleted === true) return null;
    const values = names.map((name) => [name, record[name] ?? null]);
    return {
      attributes: attributes(object, String(record.Id), version),
      ...(Object.fromEntries(values) as Record<string, unknown>)
    };
  });
  exchange.answer(200, records);
}

function mustFit(records: number): void {
  if (records > MOST_RECORDS)
    throw new ApiError(
      400,
      'EXCEEDED_ID_LIMIT',
      `record limit reached. cannot submit more than ${MOST_RECORDS} records in this transaction`
    );
}

function recordOf(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new ApiError(400, 'JSON_PARSER_ERROR', 'an object was expected');
}
