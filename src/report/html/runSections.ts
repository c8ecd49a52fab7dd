import { type FileFacts } from '../fileFacts.js';
import { type JobId } from '../../bulk/job.js';
import { type RunRecord } from '../../run/run.js';
import { count, counted, duration, size } from '../format.js';
import { type ProcessSpan } from '../loadTimeline.js';
import { datum, markup, type Markup } from './markup.js';
import { facts, section } from './page.js';
import { type PageColumn, table } from './table.js';

/** A file on a page; `name` is a path within the run directory with `/` between its parts, or the path of one that lies elsewhere. */
export type FileRow = FileFacts & {
  readonly what: string;
  readonly rows?: number;
  readonly isElsewhere?: boolean;
};

/** The org's daily API calls as it last told them. */
export type ApiUsage = { readonly used: number; readonly max: number };

/** One line below the outcome: which org, when, how long, which run. */
export function runFacts(record: RunRecord, { durationMs }: { readonly durationMs: number }): Array<Markup | string> {
  const { org, startedAt, runId } = record;
  return [
    datum(org.username),
    `${startedAt.slice(0, 19).replace('T', ' ')} UTC`,
    `took ${duration(durationMs)}`,
    runId
  ];
}

/** What a table leaves out of what is told from the journal. */
export const IN_JOURNAL = { elsewhere: 'journal.ndjson' } as const;

/** @param atMs of the epoch */
export function clockTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(11, 19)} UTC`;
}

/** A job that came to nothing: it gave way to another one. */
export type Dropped = { readonly number: number; readonly jobId?: JobId; readonly reason: string };

/** @param numbered what the number of a job is of */
export function droppedSection(heading: string, numbered: string, dropped: readonly Dropped[]): Markup {
  if (dropped.length === 0) return markup``;
  return section(
    heading,
    table(
      [
        { name: numbered, cell: ({ number }) => count(number), isNumber: true },
        { name: 'Job', cell: ({ jobId }) => (jobId === undefined ? 'gave no answer' : markup`<code>${jobId}</code>`) },
        { name: 'Why', cell: ({ reason }) => datum(reason) }
      ],
      dropped,
      IN_JOURNAL
    )
  );
}

/** The command that continues, where there is something to continue. */
export function continueWith(next: string | undefined, what = 'Continue'): Markup | undefined {
  return next === undefined ? undefined : markup`<p>${what} with:</p><code class="command">${next}</code>`;
}

export function warningsSection(warnings: readonly string[]): Markup {
  return warnings.length === 0
    ? markup``
    : section('Warnings', markup`<ul>${warnings.map((text) => markup`<li>${datum(text, 1000)}</li>`)}</ul>`);
}

/** The files of a run, so that each can be found, and told from another one later. */
export function filesSection(files: readonly FileRow[], elsewhere = 'the run directory'): Markup {
  return files.length === 0 ? markup`` : section('Files', table(FILES, files, { elsewhere }));
}

const FILES: ReadonlyArray<PageColumn<FileRow>> = [
  {
    name: 'File',
    // A page leads nowhere but into its own directory.
    cell: ({ name, isElsewhere }) =>
      isElsewhere
        ? datum(name, 1000)
        : markup`<a href="${name.split('/').map(encodeURIComponent).join('/')}">${name}</a>`
  },
  { name: 'What it holds', cell: ({ what }) => what },
  { name: 'Rows', cell: ({ rows }) => (rows === undefined ? '' : count(rows)), isNumber: true },
  { name: 'Size', cell: ({ bytes }) => size(bytes), isNumber: true },
  { name: 'SHA-256', cell: ({ sha256 }) => markup`<span class="hash">${sha256}</span>` }
];

/** @param by whose calls they are */
export function callsSection(apiCalls: number, usage?: ApiUsage, by = 'by this run'): Markup {
  return section(
    'API calls',
    facts([
      [by, counted(apiCalls, 'call')],
      ['by all of the org today', usage && usageText(usage)]
    ])
  );
}

function usageText({ used, max }: ApiUsage): string {
  return `${count(used)} of ${count(max)}; ${count(Math.max(max - used, 0))} remain`;
}

/** Said below charts that leave something out. */
export function processesNote({ length }: readonly ProcessSpan[]): Markup | undefined {
  return length > 1
    ? markup`<p class="note">${count(length)} processes worked on this run; the time between them is left out of the charts.</p>`
    : undefined;
}
