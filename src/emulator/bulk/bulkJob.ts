export const DELIMITERS = { BACKQUOTE: '`', CARET: '^', COMMA: ',', PIPE: '|', SEMICOLON: ';', TAB: '\t' } as const;

/** What ingest and query jobs of Bulk API 2.0 have in common. */
export type BulkJob<Operation extends string, State extends string> = {
  readonly id: string;
  readonly object: string;
  readonly operation: Operation;
  readonly columnDelimiter: keyof typeof DELIMITERS;
  readonly lineEnding: 'LF' | 'CRLF';
  readonly apiVersion: number;
  readonly createdById: string;
  readonly createdMs: number;
  state: State;
  modifiedMs: number;
  /** Of a query, rows of the result; exact once the job is complete: clients count up to it. */
  processed: number;
  retries: number;
  processingMs: number;
  errorMessage?: string;
};

type AnyJob = BulkJob<string, string>;

export function isTerminal(state: string): boolean {
  return state === 'JobComplete' || state === 'Failed' || state === 'Aborted';
}

/** What every answer says of a job (BULK_API §1, §2). */
export function jobInfo(job: AnyJob): Record<string, unknown> {
  return {
    id: job.id,
    operation: job.operation,
    object: job.object,
    createdById: job.createdById,
    createdDate: serviceTime(job.createdMs),
    systemModstamp: serviceTime(job.modifiedMs),
    state: job.state,
    concurrencyMode: 'Parallel',
    contentType: 'CSV',
    apiVersion: job.apiVersion
  };
}

export function formatInfo({ lineEnding, columnDelimiter }: AnyJob): Record<string, unknown> {
  return { lineEnding, columnDelimiter };
}

/** How far it has come. */
export function progressInfo(job: AnyJob): Record<string, unknown> {
  return {
    numberRecordsProcessed: job.processed,
    retries: job.retries,
    totalProcessingTime: job.processingMs,
    ...(job.errorMessage && { errorMessage: job.errorMessage })
  };
}

/** `2022-01-02T21:33:43.000+0000`: no colon in the offset. */
export function serviceTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}.000+0000`;
}
