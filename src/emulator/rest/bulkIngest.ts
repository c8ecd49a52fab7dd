import { type IngestJobs, type ResultName } from '../bulk/ingestJobs.js';
import { createdInfo, longInfo, shortInfo } from '../bulk/ingestJob.js';
import { type Org } from '../org.js';
import { ApiError } from './apiError.js';
import { type Exchange } from './exchange.js';
import { multipartJob } from './multipart.js';
import { type Router } from './router.js';
import { isRecord } from '../isRecord.js';

const ROOT = '/services/data/v:version/jobs/ingest';
const PAGE_JOBS = 1000;

/** Bulk API 2.0 ingest (BULK_API §1). */
export function serveBulkIngest(router: Router, org: Org): void {
  const { ingest } = org;
  router.on('POST', ROOT, async (exchange, { version = '' }) => create(exchange, ingest, Number(version)));
  router.on('GET', ROOT, (exchange, { version = '' }) => list(exchange, ingest, version));
  router.on('GET', `${ROOT}/:id`, (exchange, { id = '' }) => exchange.answer(200, longInfo(ingest.get(id))));
  router.on('PATCH', `${ROOT}/:id`, async (exchange, { id = '' }) => {
    const job = ingest.get(id);
    const body = await exchange.json();
    ingest.setState(job, isRecord(body) ? body.state : undefined);
    exchange.answer(200, shortInfo(job));
  });
  router.on('DELETE', `${ROOT}/:id`, (exchange, { id = '' }) => {
    ingest.delete(ingest.get(id));
    exchange.answer(204);
  });
  router.on('PUT', `${ROOT}/:id/batches`, async (exchange, { id = '' }) => {
    const job = ingest.get(id);
    const type = exchange.request.headers['content-type'] ?? '';
    if (!type.startsWith('text/csv'))
      throw new ApiError(415, 'UNSUPPORTED_MEDIA_TYPE', `InvalidContentType : ${type} is not text/csv`);
    await ingest.upload(job, exchange.request);
    exchange.answer(201);
  });
  const results: ReadonlyArray<readonly [string, ResultName]> = [
    ['successfulResults', 'success'],
    ['failedResults', 'failed'],
    ['unprocessedrecords', 'unprocessed']
  ];
  for (const [path, name] of results)
    router.on('GET', `${ROOT}/:id/${path}`, async (exchange, { id = '' }) => {
      const rows = await ingest.results(ingest.get(id), name);
      if (rows) await exchange.sendCsv(rows, org.packsResults);
      else exchange.answer(204);
    });
}

async function create(exchange: Exchange, ingest: IngestJobs, version: number): Promise<void> {
  const type = exchange.request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) {
    const body = await exchange.json();
    if (!isRecord(body)) throw new ApiError(400, 'JSON_PARSER_ERROR', 'an object was expected');
    exchange.answer(200, createdInfo(ingest.create(body, version)));
    return;
  }
  const { job: asked, content } = multipartJob(await exchange.text(), type);
  const job = ingest.create(asked, version);
  await ingest.upload(job, content);
  ingest.setState(job, 'UploadComplete');
  exchange.answer(200, createdInfo(job));
}

function list(exchange: Exchange, ingest: IngestJobs, version: string): void {
  const jobType = exchange.query.get('jobType');
  const all = jobType && jobType !== 'V2Ingest' ? [] : ingest.list();
  const from = Number(exchange.query.get('queryLocator') ?? 0) || 0;
  const rest = all.slice(from + PAGE_JOBS);
  exchange.answer(200, {
    done: rest.length === 0,
    records: all.slice(from, from + PAGE_JOBS).map((job) => ({ ...shortInfo(job), jobType: 'V2Ingest' })),
    nextRecordsUrl: rest.length === 0 ? null : `/services/data/v${version}/jobs/ingest?queryLocator=${from + PAGE_JOBS}`
  });
}
