import { type Org } from '../org.js';
import { runSoql } from '../soql/evaluate.js';
import { planSoql } from '../soql/plan.js';
import { parseSoql } from '../soql/parse.js';
import { SoqlError } from '../soql/soqlError.js';
import { soqlSource } from '../soqlSource.js';
import { ApiError } from './apiError.js';
import { type Exchange } from './exchange.js';
import { jsonRecords } from './jsonRecords.js';
import { type Router } from './router.js';

const PAGE_ROWS = 2000;

/** Query and queryAll, in pages of 2,000 records. */
export function serveQuery(router: Router, org: Org): void {
  for (const [path, includeDeleted] of [
    ['query', false],
    ['queryAll', true]
  ] as const) {
    const cursors = new Map<string, Cursor>();
    router.on('GET', `/services/data/v:version/${path}`, (exchange, { version = '' }) => {
      if (exchange.query.get('columns') === 'true') {
        exchange.answer(200, columnsOf(org, exchange.query.get('q') ?? ''));
        return;
      }
      const cursor = openCursor(org, exchange.query.get('q') ?? '', { includeDeleted, version });
      answerPage(exchange, cursor, { cursors, path: `/services/data/v${version}/${path}` });
    });
    router.on('GET', `/services/data/v:version/${path}/:locator`, (exchange, { version = '', locator = '' }) => {
      const cursor = cursors.get(locator);
      if (!cursor) throw new ApiError(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
      answerPage(exchange, cursor, { cursors, path: `/services/data/v${version}/${path}` });
    });
  }
}

type Cursor = { readonly id: string; readonly totalSize: number; readonly records: readonly unknown[]; at: number };

let lastCursor = 0;

/** Fulfils `work`, and puts what SOQL refuses into the service's form. */
function answering<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SoqlError)) throw error;
    throw new ApiError(400, error.errorCode, error.message);
  }
}

/** What `columns=true` says instead of records, for clients that draw a table. */
function columnsOf(org: Org, soql: string): Record<string, unknown> {
  const plan = answering(() => planSoql(parseSoql(soql), soqlSource(org.store)));
  const isAggregate = plan.kind !== 'rows';
  return {
    columnMetadata:
      plan.kind === 'count' ? [] : plan.columns.map((column) => columnMetadata(column.split('.'), isAggregate)),
    entityName: plan.object,
    groupBy: plan.kind === 'aggregate',
    idSelected: plan.columns.includes('Id'),
    keyPrefix: org.store.schema.object(plan.object)?.keyPrefix ?? null
  };
}

function columnMetadata([columnName = '', ...below]: readonly string[], aggregate: boolean): Record<string, unknown> {
  const joinColumns = below.length === 0 ? [] : [columnMetadata(below, aggregate)];
  const isParent = below.length > 0;
  return { columnName, displayName: columnName, aggregate: aggregate && !isParent, joinColumns };
}

function openCursor(org: Org, soql: string, asked: { includeDeleted: boolean; version: string }): Cursor {
  const source = soqlSource(org.store);
  return answering(() => {
    const plan = planSoql(parseSoql(soql), source);
    if (plan.kind === 'count') {
      const { rows } = runSoql(plan, source, { includeDeleted: asked.includeDeleted, nowMs: org.now() });
      return { id: '', totalSize: Number([...rows][0]?.[0] ?? 0), records: [], at: 0 };
    }
    const records = jsonRecords(org, { plan, source }, asked);
    lastCursor += 1;
    return { id: `01g${String(lastCursor).padStart(15, '0')}`, totalSize: records.length, records, at: 0 };
  });
}

function answerPage(
  exchange: Exchange,
  cursor: Cursor,
  { cursors, path }: { cursors: Map<string, Cursor>; path: string }
): void {
  const records = cursor.records.slice(cursor.at, cursor.at + PAGE_ROWS);
  cursor.at += records.length;
  const done = cursor.at >= cursor.records.length;
  if (done) cursors.delete(cursor.id);
  else cursors.set(cursor.id, cursor);
  exchange.answer(200, {
    totalSize: cursor.totalSize,
    done,
    ...(!done && { nextRecordsUrl: `${path}/${cursor.id}` }),
    records
  });
}
