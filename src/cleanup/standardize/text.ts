import { settled } from './standardizer.js';

/** Spaces of all of Unicode and the marks without width that copying from web pages leaves. */
const SPACES = /[\s\u200b\u200c\u2060\ufeff]+/gu;
const OUTER_SPACES = /^[\s\u200b\u200c\u2060\ufeff]+|[\s\u200b\u200c\u2060\ufeff]+$/gu;

export function trimmed(value: string): string {
  return value.replace(OUTER_SPACES, '');
}

export function collapsed(value: string): string {
  return trimmed(value).replace(SPACES, ' ');
}

export type CaseName = 'lower' | 'upper' | 'title' | 'name';

export const CASES: Readonly<Record<CaseName, (value: string) => string>> = {
  lower: settled((value) => value.toLowerCase()),
  upper: settled((value) => value.toUpperCase()),
  title: settled((value) => value.toLowerCase().replace(WORD(), capitalized)),
  name: settled(nameCased)
};

/** A letter and what follows it up to something that parts words; an apostrophe within one does not. */
function WORD(): RegExp {
  return /\p{L}[\p{L}\p{M}\p{N}'’]*/gu;
}

function capitalized(word: string): string {
  const [first = ''] = word;
  return first.toUpperCase() + word.slice(first.length);
}

/** Small words within a family name, where another word follows. */
const PARTICLES: ReadonlySet<string> = new Set(
  'al bin da das de del della den der di do dos du el la le ter van von y zu zum zur'.split(' ')
);
const GENERATIONS: ReadonlySet<string> = new Set(['ii', 'iii', 'iv']);

/** A name that is all small or all capitals is written as names are; one of mixed case was written with care (DeShawn) and stays. */
function nameCased(value: string): string {
  const isMixed = value !== value.toLowerCase() && value !== value.toUpperCase();
  if (isMixed) return value;
  const words = value.toLowerCase().split(' ');
  return words.map((word, i) => wordOfName(word, i, words.length)).join(' ');
}

function wordOfName(word: string, i: number, count: number): string {
  if (PARTICLES.has(word) && i < count - 1) return word;
  if (GENERATIONS.has(word) && i > 0) return word.toUpperCase();
  return word.replace(WORD(), (part) => {
    const whole = capitalized(part);
    const [, prefix = '', rest = ''] = /^(Mc|[OD]['’])(\p{L}.*)$/u.exec(whole) ?? [];
    return prefix === '' ? whole : prefix + capitalized(rest);
  });
}
