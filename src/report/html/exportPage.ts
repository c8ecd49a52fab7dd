import { type ExportAsked } from '../../export/asked.js';
import { type ExportJob, type ExportResult, type ExportStatus } from '../../export/exportResult.js';
import { type RunRecord } from '../../run/run.js';
import { EXPORT_HEADLINES } from '../exportSummary.js';
import { type Again, type ExportTimeline } from '../exportTimeline.js';
import { count, size } from '../format.js';
import { EXPORT_CHART, exportBars } from './exportBars.js';
import { gantt } from './gantt.js';
import { datum, markup, type Markup } from './markup.js';
import { facts, page, section, type Tile, tiles, type Tone } from './page.js';
import { rateChart } from './rateChart.js';
import {
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

export type ExportStory = {
  readonly record: RunRecord;
  readonly asked: ExportAsked;
  readonly result: ExportResult;
  readonly timeline: ExportTimeline;
  readonly files: readonly FileRow[];
};

/** The report of an export: whether all of it is there, what proves it, then how it went. */
export function exportPage(story: ExportStory): string {
  const { result, record } = story;
  return page({
    title: `Export of ${result.sobject}: ${EXPORT_HEADLINES[result.status]}`,
    outcome: `The export of ${result.sobject} is ${EXPORT_HEADLINES[result.status]}.`,
    tone: TONES[result.status],
    facts: runFacts(record, result),
    body: [
      rows(result),
      warningsSection(result.warnings),
      filesSection(story.files, 'manifest.json'),
      ...course(story),
      // No process of an export knows what those before it have cost.
      callsSection(
        result.apiCalls,
        undefined,
        story.timeline.processes.length > 1 ? 'by the last process of this run' : undefined
      ),
      particulars(story)
    ]
  });
}

const TONES: Readonly<Record<ExportStatus, Tone>> = {
  Success: 'good',
  InProgress: 'neutral',
  Interrupted: 'warning',
  Closed: 'neutral',
  Failed: 'bad'
};

function rows({ rows: all, pages, bytes, next }: ExportResult): Markup {
  const shown: Array<Tile | undefined> = [
    { name: 'rows proven', value: count(all.read), note: 'counted on their bytes', tone: 'good' },
    { name: 'rows written', value: count(all.written), note: size(bytes) },
    all.dropped > 0
      ? { name: 'left out', value: count(all.dropped), note: 'the last run wrote them just so' }
      : undefined,
    { name: 'pages', value: count(pages.landed), note: `of ${count(pages.listed)} listed` },
    pages.refused > 0
      ? { name: 'answers refused', value: count(pages.refused), note: 'and asked for again', tone: 'warning' }
      : undefined
  ];
  return section('Rows', tiles(shown.filter((tile) => tile !== undefined)), continueWith(next));
}

function course({ timeline, result }: ExportStory): Markup[] {
  const axis = timeAxis(timeline.processes);
  const given = timeline.queries.filter(({ dropped }) => dropped !== undefined);
  return [
    timeline.queries.length === 0
      ? markup``
      : section(
          'Queries over time',
          gantt(exportBars(timeline, axis), axis, EXPORT_CHART),
          rateChart(timeline.progress, axis, 'Rows per second that landed and were proven, page by page.'),
          processesNote(timeline.processes)
        ),
    result.jobs.length === 0 ? markup`` : section('Jobs', table(JOBS, result.jobs, { elsewhere: 'summary.json' })),
    droppedSection(
      'Queries that were given up',
      'Query',
      given.map(({ range, jobId, dropped: { reason = '' } = {} }) => ({ number: range, jobId, reason }))
    ),
    timeline.again.length === 0
      ? markup``
      : section('What was asked for again', table(AGAIN, timeline.again, IN_JOURNAL))
  ];
}

const JOBS: ReadonlyArray<PageColumn<ExportJob>> = [
  { name: 'Query', cell: ({ range }) => count(range), isNumber: true },
  { name: 'Covers', cell: ({ covers }) => (covers === undefined ? '' : datum(covers)) },
  { name: 'Job', cell: ({ id }) => markup`<code>${id}</code>` },
  { name: 'State', cell: ({ state }) => state },
  { name: 'Rows', cell: ({ rows: found }) => count(found), isNumber: true },
  { name: 'Pages', cell: ({ pages }) => count(pages), isNumber: true },
  { name: 'The org said', cell: ({ errorMessage }) => (errorMessage === undefined ? '' : datum(errorMessage)) }
];

const AGAIN: ReadonlyArray<PageColumn<Again>> = [
  { name: 'Query', cell: ({ range }) => count(range), isNumber: true },
  { name: 'Page', cell: ({ page: number }) => (number === undefined ? 'all' : count(number)), isNumber: true },
  { name: 'Why', cell: ({ reason }) => datum(reason) },
  { name: 'At', cell: ({ atMs }) => clockTime(atMs) }
];

function particulars({ record, asked }: ExportStory): Markup {
  const { split, since, output } = asked;
  return section(
    'What was asked',
    facts([
      ['query', markup`<code>${datum(asked.soql, 5000)}</code>`],
      ['deleted and archived records', asked.operation === 'queryAll' ? 'included' : 'left out'],
      ['org', datum(`${record.org.username} (${record.org.id})`)],
      ['API version', record.org.apiVersion],
      ['split by', split && datum(split.unit === undefined ? split.field : `${split.field}, each ${split.unit}`)],
      ['changed since', since && datum(`${since.from ?? 'ever'}, by ${since.field}`)],
      ['format', `${output.format}${output.isPacked ? ', packed' : ''}`],
      ['pages at once', String(asked.concurrency)],
      ['tool', `sf-plugin-bulkops ${record.toolVersion}`]
    ])
  );
}
