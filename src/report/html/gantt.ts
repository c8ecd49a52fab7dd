import { count, duration } from '../format.js';
import { type JobSpan } from '../loadTimeline.js';
import { markup, type Markup } from './markup.js';
import { grid, round, type TimeAxis, WIDTH } from './timeAxis.js';

/** A line for each part as long as that many fit a screen; more share lines, as their jobs shared the places for jobs under way. */
const MOST_LINES = 40;
/** More jobs under way together than an org takes are those of a load that was left to it; their bars may lie over each other. */
const MOST_SHARED_LINES = 60;
/** Jobs that are drawn one by one; of more, those that took longest: the others would be too small to be seen. */
const MOST_BARS = 600;
const LINE = { few: 18, many: 12 } as const;

/** The jobs of a load over time: a bar each, in three colours for uploading, the org's work and settling. */
export function gantt(jobs: readonly JobSpan[], axis: TimeAxis): Markup {
  const drawn = longest(jobs, axis);
  const lines = linesOf(drawn, axis);
  const lineHeight = lines.count > 12 ? LINE.many : LINE.few;
  const height = lines.count * lineHeight + 6;
  const bars = drawn.map((job, at) =>
    bar(job, axis, { y: (lines.of[at] ?? 0) * lineHeight + 4, height: lineHeight - 4 })
  );
  const names = lines.names.map(
    (name, at) =>
      markup`<text x="${axis.left - 8}" y="${(at + 0.5) * lineHeight + 6}" text-anchor="end">${name}</text>\n`
  );
  const left = jobs.length - drawn.length;
  return markup`<div class="wide"><svg viewBox="0 0 ${WIDTH} ${height + 22}" role="img" aria-label="The jobs of the load over time">
${grid(axis, height)}${names}${bars}</svg></div>${LEGEND}${left > 0 ? markup`<p class="note">The ${count(left)} shortest of ${count(jobs.length)} jobs are not drawn.</p>` : undefined}`;
}

const LEGEND = markup`<ul class="legend">${[
  ['upload', 'sending'],
  ['work', 'the org at work'],
  ['settle', 'fetching and matching results'],
  ['refused', 'failed or aborted'],
  ['lost', 'given up before it acted, and replaced']
].map(
  ([kind = '', name = '']) =>
    markup`<li><svg viewBox="0 0 14 12"><rect class="${kind}" x="1" y="1" width="12" height="10"/></svg>${name}</li>`
)}</ul>`;

function bar(job: JobSpan, axis: TimeAxis, { y, height }: { y: number; height: number }): Markup {
  const end = endOf(job, axis);
  const pieces = job.replaced
    ? [piece('lost', job.startMs, job.replaced.atMs)]
    : [
        piece('upload', job.startMs, job.uploadedMs ?? end),
        piece(isRefused(job) ? 'refused' : 'work', job.uploadedMs, job.endedMs ?? end),
        piece('settle', job.endedMs, job.settledMs ?? end)
      ];
  return markup`<g><title>${told(job, end)}</title>${pieces}</g>\n`;

  function piece(kind: string, fromMs: number | undefined, toMs: number): Markup | undefined {
    if (fromMs === undefined) return undefined;
    const x = axis.x(fromMs);
    const width = Math.max(axis.x(toMs) - x, 0.7);
    return markup`<rect class="${kind}" x="${round(x)}" y="${y}" width="${round(width)}" height="${height}"/>`;
  }
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

function endOf(job: JobSpan, axis: TimeAxis): number {
  return job.settledMs ?? job.replaced?.atMs ?? axis.spans.at(-1)?.endMs ?? job.startMs;
}

function longest(jobs: readonly JobSpan[], axis: TimeAxis): readonly JobSpan[] {
  if (jobs.length <= MOST_BARS) return jobs;
  const took = (job: JobSpan): number => axis.worked(endOf(job, axis)) - axis.worked(job.startMs);
  const chosen = new Set([...jobs].sort((a, b) => took(b) - took(a)).slice(0, MOST_BARS));
  return jobs.filter((job) => chosen.has(job));
}

type Lines = { readonly of: readonly number[]; readonly count: number; readonly names: readonly string[] };

function linesOf(jobs: readonly JobSpan[], axis: TimeAxis): Lines {
  const parts = [...new Set(jobs.map(({ part }) => part))].sort((a, b) => a - b);
  if (parts.length > MOST_LINES) return sharedLines(jobs, axis);
  const line = new Map(parts.map((part, at) => [part, at]));
  return {
    of: jobs.map(({ part }) => line.get(part) ?? 0),
    count: parts.length,
    names: parts.map((part) => `part ${part}`)
  };
}

/** The first line that is free when a job begins. */
function sharedLines(jobs: readonly JobSpan[], axis: TimeAxis): Lines {
  const free: number[] = [];
  const of = jobs.map((job) => {
    const found = free.findIndex((ms) => ms <= job.startMs);
    const line = found >= 0 ? found : free.length < MOST_SHARED_LINES ? free.length : job.part % MOST_SHARED_LINES;
    free[line] = endOf(job, axis);
    return line;
  });
  return { of, count: free.length, names: [] };
}
