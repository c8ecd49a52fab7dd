import { count, duration } from '../format.js';
import { type ExportTimeline, type QuerySpan } from '../exportTimeline.js';
import { type Bar, type Chart } from './gantt.js';
import { type TimeAxis } from './timeAxis.js';

export const EXPORT_CHART: Chart = {
  label: 'The queries of the export over time',
  what: 'queries',
  legend: [
    ['work', 'the org at work on the query'],
    ['settle', 'fetching and proving its pages'],
    ['upload', 'writing the output'],
    ['refused', 'failed or aborted'],
    ['lost', 'given up and replaced, or halved']
  ]
};

/** The queries of an export, a bar each, and the writing of its output. */
export function exportBars({ queries, writing }: ExportTimeline, axis: TimeAxis): Bar[] {
  const lastMs = axis.spans.at(-1)?.endMs;
  const bars = queries.map((query) => barOf(query, query.provenMs ?? query.dropped?.atMs ?? lastMs ?? query.startMs));
  if (!writing) return bars;
  const { startMs, endMs } = writing;
  const stretches = [{ kind: 'upload', fromMs: startMs, toMs: endMs }] as const;
  return [
    ...bars,
    { line: 'writing', startMs, endMs, stretches, told: `output written in ${duration(endMs - startMs)}` }
  ];
}

function barOf(query: QuerySpan, endMs: number): Bar {
  const { range, startMs, endedMs, dropped, state } = query;
  const stretches: Array<Bar['stretches'][number]> = [];
  if (dropped) stretches.push({ kind: 'lost', fromMs: startMs, toMs: dropped.atMs });
  else {
    const isRefused = state === 'Failed' || state === 'Aborted';
    stretches.push({ kind: isRefused ? 'refused' : 'work', fromMs: startMs, toMs: endedMs ?? endMs });
    if (endedMs !== undefined && !isRefused) stretches.push({ kind: 'settle', fromMs: endedMs, toMs: endMs });
  }
  return { line: `query ${range}`, startMs, endMs, stretches, told: told(query, endMs) };
}

function told({ range, covers, jobId, dropped, state, startMs, endedMs, rows }: QuerySpan, endMs: number): string {
  const texts = [`query ${range}${covers === undefined ? '' : ` (${covers})`}`, jobId ?? 'no job id'];
  if (dropped) return [...texts, `given up: ${dropped.reason}`].join(', ');
  if (endedMs !== undefined) {
    texts.push(`${state ?? 'no state seen'} after ${duration(endedMs - startMs)}`);
    texts.push(`${count(rows)} rows fetched in ${duration(endMs - endedMs)}`);
  }
  return texts.join(', ');
}
