import { type InputFile } from '../../input/input.js';
import { type LoadAsked } from '../../load/asked.js';
import { type LoadJob, type LoadResult, type LoadStatus } from '../../load/loadResult.js';
import { type RunRecord } from '../../run/run.js';
import { type ExampleRow } from '../exampleRows.js';
import { count, duration } from '../format.js';
import { LOAD_HEADLINES } from '../loadSummary.js';
import { type LoadTimeline, type RetryWave } from '../loadTimeline.js';
import { errorsSection } from './errorsSection.js';
import { fateBar } from './fateBar.js';
import { gantt } from './gantt.js';
import { LOAD_CHART, loadBars } from './loadBars.js';
import { datum, markup, type Markup } from './markup.js';
import { facts, page, section, type Tile, tiles, type Tone } from './page.js';
import { rateChart } from './rateChart.js';
import {
  type ApiUsage,
  callsSection,
  clockTime,
  continueWith,
  droppedSection,
  type FileRow,
  filesSection,
  IN_JOURNAL,
  processesNote,
  runFacts,
  warningsSection
} from './runSections.js';
import { type PageColumn, table } from './table.js';
import { timeAxis } from './timeAxis.js';

export type LoadStory = {
  readonly record: RunRecord;
  readonly asked: LoadAsked;
  readonly result: LoadResult;
  readonly timeline: LoadTimeline;
  readonly files: readonly FileRow[];
  readonly examples: ReadonlyMap<string, readonly ExampleRow[]>;
  readonly apiUsage?: ApiUsage;
};

/** The report of a load: outcome first, then what went wrong and what to do about it, then how it went. */
export function loadPage(story: LoadStory): string {
  const { result, record } = story;
  return page({
    title: `${result.operation} of ${result.sobject}: ${LOAD_HEADLINES[result.status]}`,
    outcome: `The ${result.operation} of ${result.sobject} is ${LOAD_HEADLINES[result.status]}.`,
    tone: TONES[result.status],
    facts: runFacts(record, result),
    body: [rows(result), ...wrong(story), filesSection(story.files), ...course(story), particulars(story)]
  });
}

const TONES: Readonly<Record<LoadStatus, Tone>> = {
  Success: 'good',
  Checked: 'good',
  PartialSuccess: 'warning',
  InProgress: 'neutral',
  Interrupted: 'warning',
  Stopped: 'bad',
  Failed: 'bad'
};

function rows({ rows: all, next }: LoadResult): Markup {
  const shown: Array<Tile | undefined> = [
    { name: 'rows read', value: count(all.read) },
    {
      name: 'succeeded',
      value: count(all.succeeded),
      note: `${count(all.created)} created, ${count(all.updated)} updated`,
      tone: 'good'
    },
    { name: 'failed', value: count(all.failed), note: 'refused by the org', tone: all.failed > 0 ? 'bad' : 'neutral' },
    { name: 'rejected', value: count(all.rejected), note: 'not sent', tone: all.rejected > 0 ? 'warning' : 'neutral' },
    all.skipped > 0 ? { name: 'skipped', value: count(all.skipped), note: 'not sent on purpose' } : undefined,
    all.unaccounted > 0
      ? { name: 'unaccounted', value: count(all.unaccounted), note: 'in no result', tone: 'bad' }
      : undefined,
    all.retried > 0 ? { name: 'sent again', value: count(all.retried) } : undefined
  ];
  return section(
    'Rows',
    tiles(shown.filter((tile) => tile !== undefined)),
    fateBar([
      { name: 'succeeded', rows: all.succeeded, tone: 'good' },
      { name: 'failed', rows: all.failed, tone: 'bad' },
      { name: 'unaccounted', rows: all.unaccounted, tone: 'bad' },
      { name: 'rejected', rows: all.rejected, tone: 'warning' },
      { name: 'skipped', rows: all.skipped, tone: 'neutral' }
    ]),
    continueWith(next)
  );
}

function wrong({ result, examples }: LoadStory): Markup[] {
  const groups = result.errors.map((error) => ({
    ...error,
    where: `row ${count(error.exampleRow)}`,
    examples: examples.get(error.code) ?? []
  }));
  return [warningsSection(result.warnings), errorsSection(groups, 'failed.csv')];
}

function course({ timeline, result, apiUsage }: LoadStory): Markup[] {
  const axis = timeAxis(timeline.processes);
  const hasJobs = timeline.jobs.length > 0;
  return [
    hasJobs
      ? section(
          'Jobs over time',
          gantt(loadBars(timeline.jobs, axis), axis, LOAD_CHART),
          rateChart(
            timeline.progress,
            axis,
            'Rows per second that the org was seen to process; between two looks at a job its rows are spread evenly.'
          ),
          processesNote(timeline.processes)
        )
      : markup``,
    timeline.retries.length === 0 ? markup`` : section('Retries', table(WAVES, timeline.retries, IN_JOURNAL)),
    replaced(timeline),
    hasJobs ? section('Jobs', table(JOBS, result.jobs, { elsewhere: 'summary.json' })) : markup``,
    callsSection(result.apiCalls, apiUsage)
  ];
}

const WAVES: ReadonlyArray<PageColumn<RetryWave>> = [
  { name: 'Attempt', cell: ({ attempt }) => String(attempt), isNumber: true },
  { name: 'Rows', cell: ({ rows: sent }) => count(sent), isNumber: true },
  { name: 'Jobs', cell: ({ jobs }) => count(jobs), isNumber: true },
  { name: 'After a pause of', cell: ({ pauseMs }) => duration(pauseMs), isNumber: true },
  { name: 'At', cell: ({ atMs }) => clockTime(atMs) }
];

const JOBS: ReadonlyArray<PageColumn<LoadJob>> = [
  { name: 'Part', cell: ({ part }) => count(part), isNumber: true },
  { name: 'Job', cell: ({ id }) => markup`<code>${id}</code>` },
  { name: 'State', cell: ({ state }) => state },
  { name: 'Rows', cell: ({ rows: sent }) => count(sent), isNumber: true },
  { name: 'Succeeded', cell: ({ succeeded }) => count(succeeded), isNumber: true },
  { name: 'Failed', cell: ({ failed }) => count(failed), isNumber: true },
  { name: 'Retry of', cell: ({ retryOf }) => (retryOf === undefined ? '' : markup`<code>${retryOf}</code>`) },
  { name: 'The org said', cell: ({ errorMessage }) => (errorMessage === undefined ? '' : datum(errorMessage)) }
];

function replaced({ jobs }: LoadTimeline): Markup {
  const lost = jobs.filter((job) => job.replaced !== undefined);
  return droppedSection(
    'Jobs that were replaced before they acted',
    'Part',
    lost.map(({ part, jobId, replaced: { reason = '' } = {} }) => ({ number: part, jobId, reason }))
  );
}

/** Which rows of several files are those of one. */
function rowsOf(file: InputFile | undefined): string {
  if (!file) return '';
  return file.rows === 0 ? ': no rows' : `: rows ${count(file.firstRow)} to ${count(file.firstRow + file.rows - 1)}`;
}

function particulars({ record, asked, result }: LoadStory): Markup {
  const mapped = result.mapping.filter(({ column, field }) => column !== field);
  return section(
    'What was asked',
    facts([
      [
        'input',
        markup`${asked.files.slice(0, 20).map((file, at) => markup`<div>${datum(file === '-' ? 'standard input' : file)}${rowsOf(result.inputs?.[at])}</div>`)}`
      ],
      ['external ID', asked.externalId === undefined ? undefined : datum(asked.externalId)],
      ['org', datum(`${record.org.username} (${record.org.id})`)],
      ['API version', record.org.apiVersion],
      ['jobs at once', String(asked.concurrency)],
      ['retries', String(asked.retries)],
      ['duplicate keys', asked.onDuplicate],
      ['checked against the org', asked.validate],
      [
        'columns with another name than their field',
        mapped.length === 0
          ? undefined
          : markup`${mapped.slice(0, 50).map(({ column, field }) => markup`<div>${datum(column)} → ${field === null ? 'not sent' : datum(field)}</div>`)}`
      ],
      [
        'in every row',
        result.constants
          ? markup`${result.constants.map(({ field, value }) => markup`<div>${datum(value)} → ${datum(field)}</div>`)}`
          : undefined
      ],
      ['tool', `sf-plugin-bulkops ${record.toolVersion}`]
    ])
  );
}
