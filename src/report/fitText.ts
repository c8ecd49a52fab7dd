import { textWidth } from './textWidth.js';

/**
 * The text with its long lines broken between words, so that a terminal does not break them within one; what goes on is indented. A line that ends
 * in a path or has a command in it stays: the terminal breaks it for the eye only, and it can still be copied whole.
 */
export function fitText(text: string, cells: number): string {
  return text
    .split('\n')
    .flatMap((line) => (textWidth(line) <= cells || TO_COPY.test(line) ? [line] : broken(line, cells)))
    .join('\n');
}

const TO_COPY = /\bsf [a-z]+ |: (\/|[A-Za-z]:[\\/]|\\\\)|\u001b/;
const HANGING = 4;

function broken(line: string, cells: number): string[] {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const hanging = indent + ' '.repeat(HANGING);
  const lines: string[] = [];
  let now = indent;
  let isEmpty = true;
  for (const word of line.slice(indent.length).split(' ')) {
    if (!isEmpty && textWidth(now) + 1 + textWidth(word) > cells) {
      lines.push(now);
      now = hanging + word;
    } else now += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, now];
}
