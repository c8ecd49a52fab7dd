import { duration } from '../format.js';
import { type ProcessSpan } from '../loadTimeline.js';
import { markup, type Markup } from './markup.js';

export const WIDTH = 960;
const LEFT = 64;
const RIGHT = 12;
/** What a pause between two processes takes of the axis, however long it was. */
const BREAK = 26;

/** Times of a run on a horizontal axis; the hours between two processes are cut out, since they would leave no room for the work. */
export type TimeAxis = {
  x(ms: number): number;
  /** Milliseconds of work that a pixel stands for. */
  readonly msPerPixel: number;
  /** Milliseconds from the first process to that point, pauses left out, and back. */
  worked(ms: number): number;
  readonly workedMs: number;
  readonly left: number;
  readonly right: number;
  readonly spans: readonly ProcessSpan[];
};

/**
 * @param processes in order, at least one; pauses shorter than a tenth of the work are no break
 * @param left the room for names before it
 */
export function timeAxis(processes: readonly ProcessSpan[], left = LEFT): TimeAxis {
  const spans = joined(processes);
  const workedMs = Math.max(total(spans), 1);
  const room = WIDTH - left - RIGHT - BREAK * (spans.length - 1);
  const msPerPixel = workedMs / room;
  const worked = (ms: number): number =>
    spans.reduce((sum, { startMs, endMs }) => sum + Math.min(Math.max(ms - startMs, 0), endMs - startMs), 0);
  const breaksBefore = (ms: number): number => spans.filter(({ startMs }, at) => at > 0 && ms >= startMs).length;
  return {
    x: (ms) => left + worked(ms) / msPerPixel + BREAK * breaksBefore(ms),
    msPerPixel,
    worked,
    workedMs,
    left,
    right: WIDTH - RIGHT,
    spans
  };
}

/** The lines of full seconds, minutes or hours, with their distance from the start of their process below, and the breaks. */
export function grid(axis: TimeAxis, height: number): Markup {
  const pieces: Markup[] = [];
  const stepMs = tickMs(axis.workedMs);
  axis.spans.forEach(({ startMs, endMs }, at) => {
    for (let ms = startMs; ms <= endMs; ms += stepMs) {
      const x = axis.x(ms);
      pieces.push(
        markup`<line class="grid" x1="${round(x)}" x2="${round(x)}" y1="0" y2="${height}"/><text x="${round(x)}" y="${height + 15}" text-anchor="middle">${duration(ms - startMs)}</text>\n`
      );
    }
    const next = axis.spans[at + 1];
    if (!next) return;
    const x = axis.x(endMs);
    pieces.push(
      markup`<rect class="break" x="${round(x)}" y="0" width="${BREAK}" height="${height}"><title>nobody worked on it for ${duration(next.startMs - endMs)}</title></rect><text x="${round(x + BREAK / 2)}" y="${Math.min(height / 2, 80)}" text-anchor="middle">⋯</text>\n`
    );
  });
  return markup`${pieces}`;
}

/** One place after the point: a tenth of a pixel is more than anybody sees. */
export function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

const STEPS_S = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 28_800, 86_400];
const MOST_TICKS = 10;

function tickMs(workedMs: number): number {
  const seconds = STEPS_S.find((step) => workedMs / (step * 1000) <= MOST_TICKS);
  return seconds === undefined ? workedMs / MOST_TICKS : seconds * 1000;
}

function joined(processes: readonly ProcessSpan[]): ProcessSpan[] {
  const most = total(processes) / 10;
  const spans: ProcessSpan[] = [];
  for (const span of processes) {
    const last = spans.at(-1);
    if (last && span.startMs - last.endMs <= most)
      spans[spans.length - 1] = { startMs: last.startMs, endMs: span.endMs };
    else spans.push(span);
  }
  return spans;
}

function total(spans: readonly ProcessSpan[]): number {
  return spans.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
}
