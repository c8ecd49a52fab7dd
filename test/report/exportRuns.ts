import { type JobId } from '../../src/bulk/job.js';
import { exportAsked } from '../../src/export/asked.js';
import { type ExportResult } from '../../src/export/exportResult.js';
import { exportResult } from '../../src/export/result.js';
import { fold, NOTHING_YET } from '../../src/export/state.js';
import { writeExportReport } from '../../src/report/exportReport.js';
import { type ExportEvent } from '../../src/run/exportEvents.js';
import { createRun, type RunRecord } from '../../src/run/run.js';
import { loadRecord, STARTED_AT } from './runs.js';

export const JOB = '7501x00000000aEAAQ' as JobId;

export function exportRecord(soql: string): RunRecord {
  const asked = {
    sobject: 'Contact',
    soql,
    operation: 'query',
    delimiter: 'COMMA',
    lineEnding: 'LF',
    concurrency: 4,
    output: { format: 'csv', path: '/out/contacts.csv', isPacked: false, mayOverwrite: false }
  };
  return { ...loadRecord('20260301-210000-export-Contact-0001', 'export'), asked };
}

const LANDED = { bytes: 5000, headerBytes: 3, crc: 7, isTerminated: true, isCounted: true };

/** An export whose first page was refused once, with this text wherever the org or the user gives one. */
export function exportEvents(text: string): readonly ExportEvent[] {
  return [
    { type: 'ranges-planned', ranges: [{ range: 1, soql: text, label: text }] },
    { type: 'query-creating', range: 1 },
    { type: 'query-replaced', range: 1, reason: text },
    { type: 'query-creating', range: 1 },
    { type: 'query-created', range: 1, jobId: JOB },
    { type: 'query-state', range: 1, jobId: JOB, state: 'JobComplete', processed: 100, errorMessage: text },
    { type: 'pages-listed', range: 1, pages: [{ page: 1, path: '/1' }], isLast: true },
    { type: 'page-refused', range: 1, page: 1, reason: text, tries: 1 },
    { type: 'page-landed', range: 1, page: 1, rows: 100, ...LANDED },
    { type: 'range-complete', range: 1, rows: 100 },
    { type: 'warning', message: text },
    { type: 'output-whole', ...outputOf(text) },
    { type: 'output-written', ...outputOf(text) }
  ];
}

function outputOf(text: string) {
  return { files: [{ path: `/out/${text}.csv`, rows: 100, bytes: 5000, sha256: 'ab12' }], rows: 100 };
}

/** The path of the report of an export with these events. */
export async function exportReport(
  directory: string,
  events: readonly ExportEvent[],
  { soql = 'SELECT Id FROM Contact', ...changed }: Partial<ExportResult> & { soql?: string } = {}
): Promise<string> {
  const record = exportRecord(soql);
  const run = await createRun<ExportEvent>(record, directory);
  for (const event of events) await run.journal.append(event, { durable: false });
  await run.close();
  const result = exportResult({
    run,
    asked: exportAsked(record.asked),
    state: events.reduce(fold, NOTHING_YET),
    ended: 'by-itself',
    apiCalls: 9,
    nowMs: Date.parse(STARTED_AT) + 90_000
  });
  return writeExportReport(record, directory, { ...result, ...changed });
}
