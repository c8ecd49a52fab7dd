import { isTerminal } from '../bulk/job.js';
import { type AnyJob } from '../bulk/jobs.js';
import { type JobEnd } from '../jobs/endJobs.js';
import { onOrg } from '../run/onOrg.js';
import { count, counted, duration } from './format.js';
import { type Column, plainText, tableLines } from './table.js';

export type NamedJob = AnyJob & { readonly createdBy?: string };

/** Jobs as a table. @param cells of the terminal, where there is one */
export function jobTable(jobs: readonly NamedJob[], cells?: number): string {
  return tableLines(COLUMNS, jobs, cells).join('\n');
}

const COLUMNS: ReadonlyArray<Column<NamedJob>> = [
  { name: 'JOB', text: ({ id }) => id },
  { name: 'STATE', text: ({ state }) => state },
  { name: 'OPERATION', text: ({ operation }) => operation },
  { name: 'OBJECT', text: ({ object }) => object },
  { name: 'CREATED', text: ({ createdDate }) => shortTime(createdDate) },
  { name: 'BY', text: ({ createdBy, createdById }) => createdBy ?? createdById }
];

/** All that the org says of a job, and what can be done next. @param username whose org it is, for the commands */
export function jobText(job: NamedJob, username?: string): string {
  const { id, kind, state, operation, object, numberRecordsProcessed: processed, numberRecordsFailed: failed } = job;
  const facts: ReadonlyArray<readonly [name: string, value: string | undefined]> = [
    ['State', state],
    ['Message', job.errorMessage],
    ['Rows', rowsText(job)],
    ['External ID', job.externalIdFieldName],
    ['Created', `${shortTime(job.createdDate)} by ${job.createdBy ?? job.createdById}`],
    ['Last change', shortTime(job.systemModstamp)],
    ['Processing', job.totalProcessingTimeMs === undefined ? undefined : duration(job.totalProcessingTimeMs)],
    ['Retries', job.retries ? count(job.retries) : undefined],
    ['API version', job.apiVersion?.toFixed(1)]
  ];
  const width = facts.reduce((most, [name]) => Math.max(most, name.length), 0);
  const lines = facts.flatMap(([name, value]) => (value ? [`  ${name.padEnd(width)}  ${plainText(value)}`] : []));
  const next = nextCommands(job).map((command) => `  ${onOrg(command, username)}`);
  return [
    `Job ${id}: ${plainText(`${operation} of ${object}`)} (${kind})`,
    ...lines,
    ...(next.length > 0 ? ['', 'What can be done:', ...next] : []),
    ...(kind === 'ingest' && processed > 0 && failed === processed ? ['', 'Every row failed.'] : [])
  ].join('\n');
}

/** One line for a change that is watched. */
export function watchedText(
  job: AnyJob,
  { sinceMs, total }: { readonly sinceMs: number; readonly total: number }
): string {
  const rate = sinceMs > 0 ? (job.numberRecordsProcessed / sinceMs) * 1000 : 0;
  const pieces: string[] = [job.state];
  if (job.numberRecordsProcessed > 0) pieces.push(rowsText(job) ?? '');
  if (rate >= 1) pieces.push(`${count(rate)} rows/s`);
  if (job.errorMessage) pieces.push(plainText(job.errorMessage));
  const name = total > 1 ? `${job.id} (${plainText(`${job.operation} of ${job.object}`)})` : job.id;
  return `${name}: ${pieces.join(' · ')}`;
}

/** What became of the jobs that were to be aborted or deleted. */
export function endsText(ends: readonly JobEnd[]): string {
  const lines = ends.map(({ id, object, outcome, reason }) => {
    const why = reason === undefined ? '' : `: ${plainText(reason)}`;
    return `  ${id} (${plainText(object)}) ${outcome}${why}`;
  });
  return [counted(ends.length, 'job'), ...lines].join('\n');
}

/** A query's rows are neither done nor failed, and the counters of a broken job do not say which were. */
function rowsText({
  kind,
  state,
  numberRecordsProcessed: processed,
  numberRecordsFailed: failed
}: AnyJob): string | undefined {
  if (kind === 'query') return isTerminal(state) ? counted(processed, 'row') : `${counted(processed, 'row')} so far`;
  if (state !== 'JobComplete') return `${count(processed)} processed, ${count(failed)} of them failed`;
  return `${count(processed - failed)} succeeded, ${count(failed)} failed`;
}

function nextCommands({ id, kind, state, numberRecordsFailed: failed }: AnyJob): string[] {
  const on = `--job-id ${id}`;
  if (!isTerminal(state)) return [`sf bulkops job watch ${on}`, `sf bulkops job abort ${on}`];
  if (kind === 'query') return state === 'JobComplete' ? [`sf bulkops job results ${on}`] : [];
  const kinds = [
    ...(failed > 0 ? ['failed'] : []),
    ...(state === 'JobComplete' ? ['success'] : ['success', 'unprocessed'])
  ];
  return kinds.map((result) => `sf bulkops job results ${on} --result ${result} --output-file ${result}.csv`);
}

function shortTime(text: string): string {
  return text === '' ? '' : `${text.slice(0, 19).replace('T', ' ')}Z`;
}
