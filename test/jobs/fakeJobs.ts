import { Readable } from 'node:stream';
import { BulkError } from '../../src/bulk/bulkError.js';
import { type JobId, type JobState } from '../../src/bulk/job.js';
import { type AnyJob, type JobKind } from '../../src/bulk/jobs.js';
import { id18 } from '../../src/bulk/recordId.js';
import { type Call, type Transport } from '../../src/bulk/transport.js';

/** The nth job, made n minutes after midnight. */
export function job(n: number, more: Partial<AnyJob> = {}): AnyJob {
  const createdDate = new Date(Date.UTC(2026, 2, 1) + n * 60_000).toISOString().replace('Z', '+0000');
  return {
    id: id18(`7505f${String(n).padStart(10, '0')}`) as JobId,
    kind: 'ingest',
    state: 'JobComplete',
    operation: more.kind === 'query' ? 'query' : 'upsert',
    object: 'Contact',
    createdById: '005000000000001AAA',
    createdDate,
    systemModstamp: createdDate,
    numberRecordsProcessed: 0,
    numberRecordsFailed: 0,
    jobType: more.kind === 'query' ? 'V2Query' : 'V2Ingest',
    apiVersion: 66,
    ...more
  };
}

/** A job as the service writes it. */
export function asSent({ totalProcessingTimeMs, ...fields }: AnyJob): Record<string, unknown> {
  return { ...fields, kind: undefined, totalProcessingTime: totalProcessingTimeMs };
}

export const notFound = (): BulkError => new BulkError({ name: 'NotFound', kind: 'gone', message: 'not found' });

export const refused = (errorCode: string): BulkError =>
  new BulkError({ name: 'RefusedByOrg', kind: 'refused', message: `The org refused: ${errorCode}.`, errorCode });

type Answer = unknown;
export type Served = { readonly body?: string; readonly headers?: Record<string, string>; readonly cutAfter?: number };

/** A transport whose answers a test gives; it keeps the calls. */
export class FakeTransport implements Transport {
  public readonly calls: string[] = [];

  public constructor(
    private readonly answer: (call: Call) => Answer,
    private readonly serve: (call: Call) => Served = () => ({})
  ) {}

  public get apiCalls(): number {
    return this.calls.length;
  }

  public json(call: Call): Promise<unknown> {
    this.calls.push(`${call.method} ${call.path}`);
    return Promise.resolve().then(() => this.answer(call));
  }

  public upload(): Promise<void> {
    return Promise.reject(new Error('nothing is uploaded here'));
  }

  public stream(call: Call) {
    this.calls.push(`${call.method} ${call.path}`);
    return Promise.resolve().then(() => {
      const { body = '', headers = {}, cutAfter } = this.serve(call);
      return { status: 200, headers, body: bodyOf(Buffer.from(body), cutAfter) };
    });
  }

  public close(): Promise<void> {
    return Promise.resolve();
  }
}

/** In small pieces, so that nothing depends on where they end; broken off after so many bytes. */
async function* bodyOf(bytes: Buffer, cutAfter = Infinity): AsyncGenerator<Buffer> {
  const kept = bytes.subarray(0, cutAfter);
  for (let at = 0; at < kept.length; at += 7)
    for await (const chunk of Readable.from([kept.subarray(at, at + 7)])) yield chunk as Buffer;
  if (cutAfter < bytes.length) throw new BulkError({ name: 'BodyBroken', kind: 'network', message: 'it broke off' });
}

/** An org that knows these jobs, and lets them be asked for, aborted and deleted as the service does (BULK_API §1, §2). */
export class JobsOrg extends FakeTransport {
  public constructor(public readonly jobs: AnyJob[]) {
    super((call) => this.respond(call));
  }

  public state(id: string): JobState | undefined {
    return this.jobs.find((one) => one.id === id)?.state;
  }

  private respond({ method, path }: Call): unknown {
    const [, kind = '', id = ''] = /^\/jobs\/(\w+)\/(\w+)$/.exec(path) ?? [];
    const at = this.jobs.findIndex((one) => one.id === id && one.kind === (kind as JobKind));
    const found = this.jobs[at];
    if (!found) throw notFound();
    const isOver = ['JobComplete', 'Failed', 'Aborted'].includes(found.state);
    if (method === 'PATCH') {
      if (isOver) throw refused('INVALIDJOBSTATE');
      this.jobs[at] = { ...found, state: 'Aborted' };
    }
    if (method === 'DELETE') {
      if (!isOver) throw refused('API_ERROR');
      this.jobs.splice(at, 1);
      return undefined;
    }
    return asSent(this.jobs[at] ?? found);
  }
}
