import { type SoqlValue } from './source.js';

/** Whether a text fits a LIKE pattern: `%` any characters, `_` one, a backslash makes the next plain; case doesn't matter. */
export function likeTest(pattern: string): (value: SoqlValue) => boolean {
  const isLike = textTest(pattern.toLowerCase());
  return (value) => typeof value === 'string' && value !== '' && isLike(value.toLowerCase());
}

type Part = { readonly kind: 'any' | 'one' } | { readonly kind: 'plain'; readonly text: string };

// The usual shapes need no expression, which a pattern of many % would make slow.
function textTest(pattern: string): (text: string) => boolean {
  const parts = partsOf(pattern);
  const [first, second, third] = parts;
  const shape = parts.map(({ kind }) => kind).join(' ');
  if (first?.kind === 'plain' && shape === 'plain') return (text) => text === first.text;
  if (first?.kind === 'plain' && shape === 'plain any') return (text) => text.startsWith(first.text);
  if (second?.kind === 'plain' && shape === 'any plain') return (text) => text.endsWith(second.text);
  if (second?.kind === 'plain' && third?.kind === 'any' && shape === 'any plain any') {
    return (text) => text.includes(second.text);
  }
  const expression = new RegExp(`^${parts.map(expressionOf).join('')}$`, 'su');
  return (text) => expression.test(text);
}

function partsOf(pattern: string): Part[] {
  const parts: Part[] = [];
  for (const [piece] of pattern.matchAll(/%+|_|(?:\\[\s\S]|[^%_\\])+/g)) {
    if (piece.startsWith('%')) parts.push({ kind: 'any' });
    else if (piece === '_') parts.push({ kind: 'one' });
    else parts.push({ kind: 'plain', text: piece.replace(/\\([\s\S])/g, '$1') });
  }
  return parts;
}

function expressionOf(part: Part): string {
  switch (part.kind) {
    case 'any':
      return '.*';
    case 'one':
      return '.';
    case 'plain':
      return part.text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  }
}
