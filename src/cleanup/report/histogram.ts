import { markup, type Markup } from '../../report/html/markup.js';
import { type Distribution } from './clusterLines.js';

const WIDTH = 900;
const HEIGHT = 140;
const FOOT = 18;

/** Bars as SVG: how many clusters have which score. Heights are of the root, so that a few doubtful ones show beside many sure ones. */
export function histogram({ merge, review }: Distribution): Markup {
  const bars = merge.length;
  const all = merge.map((planned, i) => planned + (review[i] ?? 0));
  const lowest = all.findIndex((clusters) => clusters > 0);
  const first = Math.max(0, (lowest < 0 ? bars : lowest) - 2);
  const most = Math.max(1, ...all);
  const wide = WIDTH / (bars - first);
  const height = (clusters: number): number => Math.sqrt(clusters / most) * (HEIGHT - FOOT);
  const drawn = all.slice(first).map((clusters, at): Markup => {
    const i = first + at;
    const open = review[i] ?? 0;
    const reviewHeight = clusters === 0 ? 0 : (height(clusters) * open) / clusters;
    const [x, from, to] = [at * wide, (i / bars).toFixed(2), ((i + 1) / bars).toFixed(2)];
    const bar = (kind: string, above: number, tall: number): Markup =>
      markup`<rect class="${kind}" x="${round(x + 1)}" y="${round(HEIGHT - FOOT - above - tall)}" width="${round(wide - 2)}" height="${round(tall)}"/>`;
    const mergeHeight = height(clusters) - reviewHeight;
    const label = i % 5 === 0 ? markup`<text x="${round(x)}" y="${HEIGHT - 4}">${from}</text>` : undefined;
    return markup`<g data-below="${to}"><title>${from} to ${to}: ${merge[i] ?? 0} to be merged, ${open} for review</title><rect x="${round(x)}" y="0" width="${round(wide)}" height="${HEIGHT - FOOT}" fill="transparent"/>${bar('merge', 0, mergeHeight)}${bar('review', mergeHeight, reviewHeight)}${label}</g>`;
  });
  return markup`<svg class="scores" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Clusters by score">${drawn}</svg>`;
}

function round(pixels: number): string {
  return pixels.toFixed(1);
}
