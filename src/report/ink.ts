import { type Screen } from './liveLines.js';

/** Signs and colours, as far as the terminal has them. */
export type Ink = {
  readonly done: string;
  readonly going: string;
  readonly bad: Paint;
  readonly soft: Paint;
};

type Paint = (text: string) => string;

export const PLAIN_INK: Ink = { done: 'ok', going: '>', bad: (text) => text, soft: (text) => text };

export function inkOf({ isTTY, hasColours = false, hasSigns = false }: Screen): Ink {
  const signs = hasSigns ? { done: '✓', going: '▸' } : {};
  if (!isTTY || !hasColours) return { ...PLAIN_INK, ...signs };
  const colour =
    (code: number): Paint =>
    (text) =>
      `\u001b[${code}m${text}\u001b[39m`;
  const [green, blue, red, grey] = [32, 34, 31, 90].map(colour) as [Paint, Paint, Paint, Paint];
  const { done, going } = { ...PLAIN_INK, ...signs };
  return { done: green(done), going: blue(going), bad: red, soft: grey };
}
