import { count } from '../format.js';
import { markup, type Markup } from './markup.js';
import { type Tone } from './page.js';
import { round, WIDTH } from './timeAxis.js';

const HEIGHT = 16;
/** What is there at all must be seen, however few rows of millions it is. */
const LEAST_WIDTH = 4;

export type Fate = { readonly name: string; readonly rows: number; readonly tone: Tone };

/** The fates of all rows as one bar. */
export function fateBar(fates: readonly Fate[]): Markup | undefined {
  const some = fates.filter(({ rows }) => rows > 0);
  const total = some.reduce((sum, { rows }) => sum + rows, 0);
  if (total === 0) return undefined;
  const room = WIDTH - LEAST_WIDTH * some.length;
  let x = 0;
  const pieces = some.map(({ name, rows, tone }) => {
    const width = LEAST_WIDTH + (rows / total) * room;
    const piece = markup`<rect class="fate ${tone}" x="${round(x)}" y="0" width="${round(width)}" height="${HEIGHT}"><title>${name}: ${count(rows)}</title></rect>`;
    x += width;
    return piece;
  });
  return markup`<div class="wide"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${some.map(({ name, rows }) => `${name} ${count(rows)}`).join(', ')}">${pieces}</svg></div>`;
}
