import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type JobId } from '../../src/bulk/job.js';
import { type LoadEvent } from '../../src/run/loadEvents.js';
import { createRun, type OpenRun, type RunRecord } from '../../src/run/run.js';
import { type RunId } from '../../src/run/runId.js';

export const STARTED_AT = '2026-03-01T21:00:00.000Z';
export const JOB_A = '7501x0000000001AAA' as JobId;
export const JOB_B = '7501x0000000002AAA' as JobId;

export function loadRecord(runId = '20260301-210000-upsert-Contact-0001', command = 'upsert'): RunRecord {
  return {
    version: 1,
    runId: runId as RunId,
    command,
    asked: {
      operation: 'upsert',
      sobject: 'Contact',
      externalId: 'Key__c',
      files: ['/in/contacts.csv'],
      map: [],
      skipColumns: [],
      emptyAsNull: false,
      validate: 'full',
      onDuplicate: 'reject',
      partBytes: 1000,
      concurrency: 4,
      retries: 3,
      results: 'all',
      resendUnknown: false
    },
    org: { id: '00D000000000001', username: 'me@example.com', instanceUrl: 'https://x.test', apiVersion: '66.0' },
    toolVersion: '0.1.0',
    startedAt: STARTED_AT
  };
}

/** A load of 30 rows in two parts: the first is settled, with two failed rows; the second is at work in the org. */
export const HALF_A_LOAD: readonly LoadEvent[] = [
  { type: 'part-cut', part: 1, rows: 20, bytes: 2000 },
  { type: 'part-cut', part: 2, rows: 9, bytes: 900 },
  {
    type: 'input-scanned',
    rows: 30,
    rejected: 1,
    skipped: 0,
    bytes: 2950,
    errors: [{ code: 'BULKOPS_STRAY_QUOTE', message: 'a quote', count: 1, exampleRow: 7 }]
  },
  { type: 'job-creating', part: 1 },
  { type: 'job-created', part: 1, jobId: JOB_A },
  { type: 'part-uploaded', part: 1 },
  { type: 'upload-completing', part: 1 },
  { type: 'upload-complete', part: 1 },
  { type: 'job-creating', part: 2 },
  { type: 'job-created', part: 2, jobId: JOB_B },
  { type: 'part-uploaded', part: 2 },
  { type: 'upload-completing', part: 2 },
  { type: 'upload-complete', part: 2 },
  { type: 'job-state', part: 1, jobId: JOB_A, state: 'InProgress', processed: 10, failed: 0 },
  { type: 'job-state', part: 1, jobId: JOB_A, state: 'JobComplete', processed: 20, failed: 2, processingMs: 900 },
  {
    type: 'part-settled',
    part: 1,
    jobId: JOB_A,
    succeeded: 18,
    failed: 2,
    unaccounted: 0,
    toRetry: 0,
    created: 5,
    errors: [{ code: 'STRING_TOO_LONG', message: 'Last Name: too long', count: 2, exampleRow: 3 }]
  },
  { type: 'job-state', part: 2, jobId: JOB_B, state: 'InProgress', processed: 4, failed: 0 }
];

export const OTHER_HALF: readonly LoadEvent[] = [
  { type: 'job-state', part: 2, jobId: JOB_B, state: 'JobComplete', processed: 9, failed: 0, processingMs: 400 },
  {
    type: 'part-settled',
    part: 2,
    jobId: JOB_B,
    succeeded: 9,
    failed: 0,
    unaccounted: 0,
    toRetry: 0,
    created: 0,
    errors: []
  },
  { type: 'results-written', files: { success: '/runs/success.csv', failed: '/runs/failed.csv' } }
];

/** Makes a run with these events in its journal; it is held until it is closed. */
export async function runWith(
  directory: string,
  events: readonly LoadEvent[],
  record = loadRecord()
): Promise<OpenRun<LoadEvent>> {
  const run = await createRun<LoadEvent>(record, directory);
  for (const event of events) await run.journal.append(event, { durable: false });
  await writeFile(
    join(directory, 'prepared.json'),
    JSON.stringify({
      version: 1,
      inputHeader: 'Key__c,LastName',
      delimiter: 'COMMA',
      lineEnding: 'LF',
      columns: [
        { name: 'Key__c', type: 'string' },
        { name: 'LastName', type: 'string' }
      ],
      externalId: 'Key__c',
      keyColumn: 0,
      isKeyCaseSensitive: false,
      mapping: [{ column: 'Key__c', field: 'Key__c' }]
    })
  );
  return run;
}
