import { count, duration } from '../format.js';
import { type JobSpan } from '../loadTimeline.js';
import { type Bar, type Chart } from './gantt.js';
import { type TimeAxis } from './timeAxis.js';

/** What the stretches of a job stand for. */
export const JOB_LEGEND: Chart['legend'] = [
  ['upload', 'sending'],
  ['work', 'the org at work'],
  ['settle', 'fetching and matching results'],
  ['refused', 'failed or aborted'],
  ['lost', 'given up before it acted, and replaced']
];

export const LOAD_CHART: Chart = { label: 'The jobs of the load over time', what: 'jobs', legend: JOB_LEGEND };

/** The jobs of a load: a bar each, in stretches for uploading, the org's work and settling. */
export function loadBars(jobs: readonly JobSpan[], axis: TimeAxis): Bar[] {
  const lastMs = axis.spans.at(-1)?.endMs;
  return jobs.map((job) => barOf(job, job.settledMs ?? job.replaced?.atMs ?? lastMs ?? job.startMs));
}

function barOf(job: JobSpan, endMs: number): Bar {
  const { part, startMs, uploadedMs, endedMs, settledMs, replaced } = job;
  const stretches: Array<Bar['stretches'][number]> = [];
  if (replaced) stretches.push({ kind: 'lost', fromMs: startMs, toMs: replaced.atMs });
  else {
    stretches.push({ kind: 'upload', fromMs: startMs, toMs: uploadedMs ?? endMs });
    if (uploadedMs !== undefined)
      stretches.push({ kind: isRefused(job) ? 'refused' : 'work', fromMs: uploadedMs, toMs: endedMs ?? endMs });
    if (endedMs !== undefined) stretches.push({ kind: 'settle', fromMs: endedMs, toMs: settledMs ?? endMs });
  }
  return { line: `part ${part}`, startMs, endMs, stretches, told: told(job, endMs) };
}

function told(job: JobSpan, endMs: number): string {
  const texts = [`part ${job.part}${job.attempt > 0 ? `, retry ${job.attempt}` : ''}`, job.jobId ?? 'no job id'];
  if (job.replaced) return [...texts, `replaced: ${job.replaced.reason}`].join(', ');
  if (job.uploadedMs !== undefined) {
    texts.push(`sent in ${duration(job.uploadedMs - job.startMs)}`);
    texts.push(`${job.state ?? 'no state seen'} after ${duration((job.endedMs ?? endMs) - job.uploadedMs)}`);
  }
  if (job.failed > 0) texts.push(`${count(job.failed)} rows failed or go again`);
  return texts.join(', ');
}

function isRefused({ state }: JobSpan): boolean {
  return state === 'Failed' || state === 'Aborted';
}
