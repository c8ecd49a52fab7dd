/** How many cells of a terminal the text takes: two for what is wide, none for what is laid over the character before it. */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segments(text)) width += cellsOf(segment);
  return width;
}

/** The text without what goes beyond so many cells; a cut shows as `…`. */
export function cutToWidth(text: string, cells: number): string {
  if (textWidth(text) <= cells) return text;
  let width = 0;
  let kept = '';
  for (const { segment } of segments(text)) {
    width += cellsOf(segment);
    if (width > cells - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** The text with spaces up to so many cells. */
export function padToWidth(text: string, cells: number, isRight = false): string {
  const space = ' '.repeat(Math.max(cells - textWidth(text), 0));
  return isRight ? space + text : text + space;
}

const PLAIN = /^[\u0020-\u007e]*$/;
/** East Asian wide and fullwidth characters, and what is drawn as a picture. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;
const NO_CELL = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

function cellsOf(segment: string): number {
  if (WIDE.test(segment)) return 2;
  return NO_CELL.test(segment) ? 0 : 1;
}

/** Characters as a reader sees them. */
function segments(text: string): Iterable<{ readonly segment: string }> {
  return new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text);
}
