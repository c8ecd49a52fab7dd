import { createWriteStream, createReadStream, existsSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Operation } from '../dml.js';
import { type Faults } from '../faults/faults.js';
import { ApiError } from '../rest/apiError.js';
import { recordId } from '../ids.js';
import { fieldOf } from '../schema.js';
import { type Store } from '../store.js';
import { oneOf, textAsked } from './jobRequest.js';
import { DELIMITERS, isTerminal } from './bulkJob.js';
import { type IngestJob } from './ingestJob.js';
import { type JobFaults, type JobPaths, processJob } from './processJob.js';

export type ResultName = 'success' | 'failed' | 'unprocessed';

export type IngestSettings = {
  readonly store: Store;
  /** Where uploads and results lie. */
  readonly directory: string;
  readonly userId: string;
  readonly now: () => number;
  readonly random: () => number;
  readonly rowsPerSecond?: number;
  readonly faults: Pick<Faults, keyof JobFaults | 'dailyBatches'>;
};

const OPERATIONS: readonly Operation[] = ['insert', 'update', 'upsert', 'delete', 'hardDelete'];
const ID_PREFIX = '750';
/** 150 MB after base64, which adds a third (BULK_API §1). */
const MOST_UPLOAD_BYTES = 112_500_000;

/** All ingest jobs of the org. */
export class IngestJobs {
  private readonly jobs = new Map<string, IngestJob>();
  private readonly running = new Map<string, Promise<void>>();
  private readonly asked = new Set<string>();
  /** The number of the next job: a deleted job's Id never comes again, nor one of before a restart. */
  private next: number;

  public constructor(private readonly settings: IngestSettings) {
    this.next = Math.floor(settings.now() / 1000);
  }

  /** @throws ApiError for what the service refuses */
  public create(body: Readonly<Record<string, unknown>>, apiVersion: number): IngestJob {
    const { store, now, userId } = this.settings;
    const operation = OPERATIONS.find((known) => known === body.operation);
    if (!operation)
      throw new ApiError(400, 'INVALIDJOB', `InvalidJob : ${textAsked(body.operation) ?? 'null'} is no operation`);
    const object = store.schema.object(textAsked(body.object) ?? '');
    if (!object)
      throw new ApiError(
        400,
        'INVALIDENTITY',
        `InvalidEntity : Entity '${textAsked(body.object) ?? ''}' is not supported by the Bulk API.`
      );
    const externalIdFieldName = textAsked(body.externalIdFieldName);
    if (operation === 'upsert') checkExternalId(externalIdFieldName, object);
    const id = recordId(ID_PREFIX, this.next);
    this.next += 1;
    const job: IngestJob = {
      id,
      object: object.name,
      operation,
      externalIdFieldName,
      columnDelimiter: oneOf(body.columnDelimiter, Object.keys(DELIMITERS) as Array<keyof typeof DELIMITERS>, 'COMMA'),
      lineEnding: oneOf(body.lineEnding, ['LF', 'CRLF'], 'LF'),
      assignmentRuleId: textAsked(body.assignmentRuleId),
      apiVersion,
      createdById: userId,
      createdMs: now(),
      state: 'Open',
      isUploaded: false,
      modifiedMs: now(),
      processed: 0,
      failed: 0,
      retries: 0,
      processingMs: 0
    };
    this.jobs.set(id, job);
    return job;
  }

  /** @throws ApiError when there is none, also after it was deleted */
  public get(id: string): IngestJob {
    const job =
      this.jobs.get(id) ?? [...this.jobs.values()].find((known) => known.id.startsWith(id) && id.length === 15);
    if (!job) throw new ApiError(404, 'NOT_FOUND', 'The requested resource does not exist');
    return job;
  }

  public list(): IngestJob[] {
    return [...this.jobs.values()].reverse();
  }

  /** Takes the one upload of a job. It is stored and not looked at. */
  public async upload(job: IngestJob, body: Readable): Promise<void> {
    if (job.state !== 'Open')
      throw new ApiError(400, 'INVALIDJOBSTATE', `InvalidJobState : Job state should be Open but is ${job.state}`);
    if (job.isUploaded || this.asked.has(job.id))
      throw new ApiError(400, 'INVALIDJOB', 'InvalidJob : Found multiple contents for job, only one is allowed');
    this.asked.add(job.id);
    const path = this.paths(job).upload;
    try {
      await pipeline(body, createWriteStream(path, { mode: 0o600, highWaterMark: 1024 * 1024 }));
    } catch (error) {
      this.asked.delete(job.id);
      throw error;
    }
    if ((await stat(path)).size > MOST_UPLOAD_BYTES) {
      rmSync(path, { force: true });
      this.asked.delete(job.id);
      throw new ApiError(
        413,
        'CLIENTINPUTERROR',
        'ClientInputError : Maximum size of request reached. Maximum size of request is 150000000 bytes'
      );
    }
    job.isUploaded = true;
    job.modifiedMs = this.settings.now();
  }

  /** @throws ApiError for a move that is not allowed */
  public setState(job: IngestJob, state: unknown): void {
    if (state === 'UploadComplete') this.complete(job);
    else if (state === 'Aborted') this.abort(job);
    else
      throw new ApiError(
        400,
        'INVALIDJOBSTATE',
        `InvalidJobState : ${textAsked(state) ?? 'null'} is no state that a job can be set to`
      );
  }

  /** @throws ApiError unless the job is over, or waiting */
  public delete(job: IngestJob): void {
    if (!isTerminal(job.state) && job.state !== 'UploadComplete')
      throw new ApiError(400, 'API_ERROR', 'Error encountered when deleting the job because the job is not terminated');
    this.jobs.delete(job.id);
    for (const path of Object.values(this.paths(job))) rmSync(path, { force: true });
  }

  /** A result's rows; undefined when there is nothing to be had yet. */
  public async results(job: IngestJob, name: ResultName): Promise<Readable | undefined> {
    if (!isTerminal(job.state)) return undefined;
    await this.running.get(job.id);
    const path = this.paths(job)[name];
    return existsSync(path) ? createReadStream(path, { highWaterMark: 256 * 1024 }) : undefined;
  }

  /** Of the day: one per 10,000 records begun, and one per job (BULK_API §3). */
  public batchesUsed(): number {
    let used = 0;
    for (const { processed } of this.jobs.values()) used += 1 + Math.ceil(processed / 10_000);
    return used;
  }

  /** Ends what is being processed, and waits until it has ended. */
  public async close(): Promise<void> {
    for (const job of this.jobs.values()) if (!isTerminal(job.state)) job.state = 'Aborted';
    await Promise.all(this.running.values());
  }

  private complete(job: IngestJob): void {
    if (job.state !== 'Open')
      throw new ApiError(400, 'INVALIDJOBSTATE', `InvalidJobState : Job is not in Open state but ${job.state}`);
    job.state = 'UploadComplete';
    job.modifiedMs = this.settings.now();
    this.running.set(
      job.id,
      this.process(job).finally(() => this.running.delete(job.id))
    );
  }

  private async process(job: IngestJob): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (!job.isUploaded) {
      job.state = 'JobComplete';
      return;
    }
    const paths = this.paths(job);
    const { dailyBatches } = this.settings.faults;
    const beyondBatches = (): 'unprocessed' | 'missing' | undefined =>
      dailyBatches && this.batchesUsed() >= dailyBatches.max ? dailyBatches.rows : undefined;
    await processJob(job, { ...this.settings, paths, beyondBatches });
    rmSync(paths.upload, { force: true });
  }

  private abort(job: IngestJob): void {
    if (isTerminal(job.state))
      throw new ApiError(400, 'INVALIDJOBSTATE', 'InvalidJobState : Aborting already Completed Job not allowed');
    job.state = 'Aborted';
    job.modifiedMs = this.settings.now();
  }

  private paths({ id }: IngestJob): JobPaths {
    const path = (name: string): string => join(this.settings.directory, `${id}.${name}.csv`);
    return {
      upload: path('upload'),
      success: path('success'),
      failed: path('failed'),
      unprocessed: path('unprocessed')
    };
  }
}

function checkExternalId(name: string | undefined, object: Parameters<typeof fieldOf>[0]): void {
  if (!name)
    throw new ApiError(
      400,
      'INVALIDJOB',
      `InvalidJob : External ID was blank for ${object.name}. An External ID must be specified for upsert.`
    );
  const found = fieldOf(object, name);
  if (!found || !(found.externalId || found.idLookup))
    throw new ApiError(
      400,
      'INVALIDJOB',
      `InvalidJob : Field name provided, ${name} does not match an External ID, Salesforce Id, or indexed field for ${object.name}`
    );
}
