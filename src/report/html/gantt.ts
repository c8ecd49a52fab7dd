import { count } from '../format.js';
import { markup, type Markup } from './markup.js';
import { grid, round, type TimeAxis, WIDTH } from './timeAxis.js';

/** What a stretch of a bar stands for; each has a colour. */
export type BarKind = 'step' | 'upload' | 'work' | 'settle' | 'refused' | 'lost';

/** One thing that took time, such as a job, in stretches. */
export type Bar = {
  /** Bars of the same name share a line, and the line has that name. */
  readonly line: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly stretches: ReadonlyArray<{ readonly kind: BarKind; readonly fromMs: number; readonly toMs: number }>;
  /** Shown of a bar that is pointed at. */
  readonly told: string;
};

/** What a chart is of. */
export type Chart = {
  /** For those who can't see it. */
  readonly label: string;
  /** Of the bars, in the plural. */
  readonly what: string;
  readonly legend: ReadonlyArray<readonly [kind: BarKind, name: string]>;
  /** Whether lines stand as their bars come, instead of by their names. */
  readonly isAsTheyCome?: boolean;
};

/** A line for each name as long as that many fit a screen; of more, bars share lines, as they shared the places for what is under way. */
const MOST_LINES = 40;
/** More under way together than an org takes are jobs that were left to it; their bars may lie over each other. */
const MOST_SHARED_LINES = 60;
/** Bars that are drawn one by one; of more, those that took longest: the others would be too small to be seen. */
const MOST_BARS = 600;
const LINE = { few: 18, many: 12 } as const;
/** What a character of a name takes of the room before the axis, on average. */
const CHARACTER = 6.2;

/** What took time, as bars over time: `part 2` stands above `part 10`. @param bars by the time at which they begin */
export function gantt(bars: readonly Bar[], axis: TimeAxis, { label, what, legend, isAsTheyCome }: Chart): Markup {
  const drawn = longest(bars, axis);
  const lines = linesOf(drawn, isAsTheyCome);
  const lineHeight = lines.count > 12 ? LINE.many : LINE.few;
  const height = lines.count * lineHeight + 6;
  const shapes = drawn.map((bar, at) =>
    shape(bar, axis, { y: (lines.of[at] ?? 0) * lineHeight + 4, height: lineHeight - 4 })
  );
  const names = lines.names.map(
    (name, at) =>
      markup`<text x="${axis.left - 8}" y="${(at + 0.5) * lineHeight + 6}" text-anchor="end">${fitting(name, axis)}</text>\n`
  );
  const left = bars.length - drawn.length;
  return markup`<div class="wide"><svg viewBox="0 0 ${WIDTH} ${height + 22}" role="img" aria-label="${label}">
${grid(axis, height)}${names}${shapes}</svg></div>${legendOf(legend)}${left > 0 ? markup`<p class="note">The ${count(left)} shortest of ${count(bars.length)} ${what} are not drawn.</p>` : undefined}`;
}

function legendOf(legend: Chart['legend']): Markup {
  return markup`<ul class="legend">${legend.map(
    ([kind, name]) =>
      markup`<li><svg viewBox="0 0 14 12"><rect class="${kind}" x="1" y="1" width="12" height="10"/></svg>${name}</li>`
  )}</ul>`;
}

function shape({ stretches, told }: Bar, axis: TimeAxis, { y, height }: { y: number; height: number }): Markup {
  const pieces = stretches.map(({ kind, fromMs, toMs }) => {
    const x = axis.x(fromMs);
    const width = Math.max(axis.x(toMs) - x, 0.7);
    return markup`<rect class="${kind}" x="${round(x)}" y="${y}" width="${round(width)}" height="${height}"/>`;
  });
  return markup`<g><title>${told}</title>${pieces}</g>\n`;
}

function longest(bars: readonly Bar[], axis: TimeAxis): readonly Bar[] {
  if (bars.length <= MOST_BARS) return bars;
  const took = ({ startMs, endMs }: Bar): number => axis.worked(endMs) - axis.worked(startMs);
  const chosen = new Set([...bars].sort((a, b) => took(b) - took(a)).slice(0, MOST_BARS));
  return bars.filter((bar) => chosen.has(bar));
}

type Lines = { readonly of: readonly number[]; readonly count: number; readonly names: readonly string[] };

function linesOf(bars: readonly Bar[], isAsTheyCome = false): Lines {
  const known = new Set(bars.map(({ line }) => line));
  if (known.size > MOST_LINES) return sharedLines(bars);
  const names = isAsTheyCome ? [...known] : [...known].sort(NATURAL.compare);
  const number = new Map(names.map((name, at) => [name, at]));
  return { of: bars.map(({ line }) => number.get(line) ?? 0), count: names.length, names };
}

const NATURAL = new Intl.Collator('en', { numeric: true });

function sharedLines(bars: readonly Bar[]): Lines {
  const of = lanesOf(bars, MOST_SHARED_LINES);
  return { of, count: of.reduce((most, line) => Math.max(most, line + 1), 0), names: [] };
}

/** For each bar the first of so many lanes that is free when it begins. @param bars by the time at which they begin */
export function lanesOf(bars: ReadonlyArray<Pick<Bar, 'startMs' | 'endMs'>>, most: number): number[] {
  const free: number[] = [];
  return bars.map(({ startMs, endMs }, at) => {
    const found = free.findIndex((ms) => ms <= startMs);
    const lane = found >= 0 ? found : free.length < most ? free.length : at % most;
    free[lane] = endMs;
    return lane;
  });
}

/** Longer names would reach into the chart. */
function fitting(name: string, { left }: TimeAxis): string {
  const most = Math.floor(left / CHARACTER) - 1;
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}
