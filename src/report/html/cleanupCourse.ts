import { type LoadJob, type LoadResult } from '../../load/loadResult.js';
import { type CleanupStepName } from '../../run/cleanupEvents.js';
import { type CleanupTimeline } from '../cleanupTimeline.js';
import { type FieldWritten } from '../fieldsWritten.js';
import { count, duration } from '../format.js';
import { CLEANUP_CHART, CLEANUP_NAMES, cleanupBars } from './cleanupBars.js';
import { type CleanupStory } from './cleanupPage.js';
import { gantt } from './gantt.js';
import { datum, markup, type Markup } from './markup.js';
import { section } from './page.js';
import { rateChart } from './rateChart.js';
import { callsSection, processesNote } from './runSections.js';
import { type PageColumn, table } from './table.js';
import { timeAxis } from './timeAxis.js';

/** What was changed: the steps that did it and the fields that they wrote. */
export function stepSections({ timeline, steps, fields }: CleanupStory): Markup[] {
  const rows = [...steps].map(([step, result]) => ({ step, result, tookMs: tookMs(timeline, step) }));
  return [
    rows.length === 0 ? markup`` : section('Steps', table(STEPS, rows, IN_SUMMARY)),
    fields.length === 0 ? markup`` : section('Fields that were written', table(FIELDS, fields, IN_SUMMARY))
  ];
}

/** How a cleanup went in time, the jobs of its steps, and what it cost. */
export function cleanupCourse({ timeline, steps }: CleanupStory): Markup[] {
  const axis = timeAxis(timeline.processes, CLEANUP_NAMES);
  const jobs = [...steps].flatMap(([step, result]) => result.jobs.map((job) => ({ ...job, step })));
  const apiCalls = [...steps.values()].reduce((sum, result) => sum + result.apiCalls, 0);
  return [
    timeline.stages.length === 0
      ? markup``
      : section(
          'Steps over time',
          gantt(cleanupBars(timeline, axis), axis, CLEANUP_CHART),
          rateChart(timeline.progress, axis, 'Rows per second that the org was seen to process, of all steps.'),
          processesNote(timeline.processes)
        ),
    jobs.length === 0 ? markup`` : section('Jobs', table(JOBS, jobs, IN_SUMMARY)),
    callsSection(apiCalls, undefined, 'by the loads of the steps, reading not counted')
  ];
}

const IN_SUMMARY = { elsewhere: 'summary.json of each directory in steps' };

function tookMs({ stages }: CleanupTimeline, step: CleanupStepName): number | undefined {
  const { startMs, endMs } = stages.findLast(({ name }) => name === step) ?? {};
  return startMs === undefined || endMs === undefined ? undefined : endMs - startMs;
}

type StepRow = { readonly step: CleanupStepName; readonly result: LoadResult; readonly tookMs?: number };

const STEPS: ReadonlyArray<PageColumn<StepRow>> = [
  { name: 'Step', cell: ({ step }) => step },
  { name: 'What', cell: ({ result }) => `${result.operation} of ${result.sobject}` },
  { name: 'Rows', cell: ({ result }) => count(result.rows.read), isNumber: true },
  { name: 'Done', cell: ({ result }) => count(result.rows.succeeded), isNumber: true },
  { name: 'Refused', cell: ({ result: { rows } }) => count(rows.failed + rows.rejected), isNumber: true },
  { name: 'Sent again', cell: ({ result: { rows } }) => (rows.retried > 0 ? count(rows.retried) : ''), isNumber: true },
  { name: 'Jobs', cell: ({ result }) => count(result.jobs.length), isNumber: true },
  { name: 'Took', cell: ({ tookMs: ms }) => (ms === undefined ? 'not ended' : duration(ms)), isNumber: true }
];

const FIELDS: ReadonlyArray<PageColumn<FieldWritten>> = [
  { name: 'Step', cell: ({ step }) => step },
  { name: 'Field', cell: ({ sobject, field }) => `${sobject}.${field}` },
  { name: 'Records', cell: ({ records }) => count(records), isNumber: true }
];

const JOBS: ReadonlyArray<PageColumn<LoadJob & { readonly step: CleanupStepName }>> = [
  { name: 'Step', cell: ({ step }) => step },
  { name: 'Job', cell: ({ id }) => markup`<code>${id}</code>` },
  { name: 'State', cell: ({ state }) => state },
  { name: 'Rows', cell: ({ rows }) => count(rows), isNumber: true },
  { name: 'Succeeded', cell: ({ succeeded }) => count(succeeded), isNumber: true },
  { name: 'Failed', cell: ({ failed }) => count(failed), isNumber: true },
  { name: 'The org said', cell: ({ errorMessage }) => (errorMessage === undefined ? '' : datum(errorMessage)) }
];
