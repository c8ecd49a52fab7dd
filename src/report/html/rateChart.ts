import { count } from '../format.js';
import { type Progress } from '../loadTimeline.js';
import { markup, type Markup } from './markup.js';
import { grid, round, type TimeAxis, WIDTH } from './timeAxis.js';

const HEIGHT = 130;
/** Pixels of the axis for one value: fine enough for a curve, few enough for a small page. */
const BUCKET = 10;

/** Rows per second over time, on the axis of the jobs. @param told what the curve is of, a sentence or two */
export function rateChart(progress: readonly Progress[], axis: TimeAxis, told: string): Markup | undefined {
  const rates = ratesOf(progress, axis);
  const peak = Math.max(...rates);
  if (!(peak > 0)) return undefined;
  const top = niceTop(peak);
  const points = rates.map((rate, at) => {
    const x = xOfWorked((at + 0.5) * BUCKET * axis.msPerPixel, axis);
    return `${round(x)},${round(HEIGHT - (rate / top) * (HEIGHT - 8))}`;
  });
  const first = round(axis.left);
  const last = points.at(-1)?.split(',')[0] ?? first;
  return markup`<div class="wide"><svg viewBox="0 0 ${WIDTH} ${HEIGHT + 22}" role="img" aria-label="Rows per second over time, at most ${count(peak)}">
${grid(axis, HEIGHT)}${[top, top / 2].map(
    (rate) =>
      markup`<text x="${axis.left - 8}" y="${round(HEIGHT - (rate / top) * (HEIGHT - 8) + 4)}" text-anchor="end">${short(rate)}</text>`
  )}
<polygon class="area" points="${first},${HEIGHT} ${points.join(' ')} ${last},${HEIGHT}"/><polyline class="line" points="${points.join(' ')}"/></svg></div>
<p class="note">${told} Most: ${count(peak)} rows/s.</p>`;
}

/** Rows per second of each stretch of the axis. */
export function ratesOf(progress: readonly Progress[], axis: TimeAxis): number[] {
  const bucketMs = BUCKET * axis.msPerPixel;
  const rows = new Array<number>(Math.max(Math.ceil(axis.workedMs / bucketMs), 1)).fill(0);
  for (const piece of progress) {
    const from = axis.worked(piece.fromMs);
    const to = Math.max(axis.worked(piece.toMs), from + 1);
    const last = Math.min(Math.floor(to / bucketMs), rows.length - 1);
    for (let at = Math.min(Math.floor(from / bucketMs), last); at <= last; at += 1) {
      const overlap = Math.min(to, (at + 1) * bucketMs) - Math.max(from, at * bucketMs);
      rows[at] = (rows[at] ?? 0) + (piece.rows * Math.max(overlap, 0)) / (to - from);
    }
  }
  return rows.map((sum) => (sum / bucketMs) * 1000);
}

function xOfWorked(workedMs: number, axis: TimeAxis): number {
  let left = workedMs;
  for (const { startMs, endMs } of axis.spans) {
    if (left <= endMs - startMs) return axis.x(startMs + left);
    left -= endMs - startMs;
  }
  return axis.right;
}

/** The next of 1, 2, 5, 10, 20, … */
function niceTop(peak: number): number {
  const power = 10 ** Math.floor(Math.log10(peak));
  return ([1, 2, 5, 10].find((step) => step * power >= peak) ?? 10) * power;
}

function short(rate: number): string {
  return rate >= 10_000 ? `${count(rate / 1000)}k/s` : `${rate < 10 ? rate : count(rate)}/s`;
}
