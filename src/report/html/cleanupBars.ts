import { type CleanupTimeline, type Stage } from '../cleanupTimeline.js';
import { duration } from '../format.js';
import { type Bar, type Chart, lanesOf } from './gantt.js';
import { JOB_LEGEND, loadBars } from './loadBars.js';
import { type TimeAxis } from './timeAxis.js';

export const CLEANUP_CHART: Chart = {
  label: 'The steps of the cleanup and their jobs over time',
  what: 'steps and jobs',
  legend: [['step', 'a step'], ...JOB_LEGEND],
  isAsTheyCome: true
};

/** Room for names such as `reparent-1-Case.ContactId`. */
export const CLEANUP_NAMES = 195;

/** Lanes of a step's jobs: as many as it has under way together, or one where they would not fit a screen. */
const MOST_LANES = 4;
/** With more steps than these their jobs have one lane. */
const MANY_STEPS = 8;
/** With more than these they are drawn without their jobs. */
const MOST_STEPS = 20;

/** The stages of a cleanup, a bar each, with the jobs of a step below it. */
export function cleanupBars({ stages }: CleanupTimeline, axis: TimeAxis): Bar[] {
  const steps = new Set(stages.map(({ name }) => name)).size;
  const lanes = steps > MOST_STEPS ? 0 : steps > MANY_STEPS ? 1 : MOST_LANES;
  const lastMs = axis.spans.at(-1)?.endMs;
  return stages.flatMap((stage) => [
    barOf(stage, stage.endMs ?? lastMs ?? stage.startMs),
    ...jobBars(stage, axis, lanes)
  ]);
}

function barOf({ name, startMs, told }: Stage, endMs: number): Bar {
  const stretches = [{ kind: 'step', fromMs: startMs, toMs: endMs }] as const;
  return { line: name, startMs, endMs, stretches, told: `${told}, ${duration(endMs - startMs)}` };
}

function jobBars({ name, jobs }: Stage, axis: TimeAxis, lanes: number): Bar[] {
  if (lanes === 0) return [];
  const bars = loadBars(jobs, axis);
  const lane = lanesOf(bars, lanes);
  return bars.map((bar, at) => ({ ...bar, line: `${name} · ${(lane[at] ?? 0) + 1}`, told: `${name}, ${bar.told}` }));
}
