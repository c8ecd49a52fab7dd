import { distance } from 'fastest-levenshtein';

/** Names that someone may have meant, the nearest first; some of all names where none is near. */
export function nearestNames(wanted: string, names: readonly string[]): string[] {
  return nearest(
    wanted,
    names.map((name) => ({ name, alike: [name] }))
  );
}

/** A name, and what it goes by, as fields go by their labels. */
type Named = { readonly name: string; readonly alike: readonly string[] };

/** As `nearestNames`, for names that go by others too. */
export function nearest(wanted: string, known: readonly Named[]): string[] {
  const near = nearOnes(wanted, known);
  return near.length > 0 ? near : unique(known);
}

/** Those alone that are near. */
export function nearOnes(wanted: string, known: readonly Named[]): string[] {
  const plain = letters(wanted);
  const near = known
    .map(({ name, alike }) => ({ name, steps: Math.min(...alike.map((one) => steps(plain, letters(one)))) }))
    .filter(({ steps: taken }) => taken <= Math.max(2, plain.length / 3))
    .sort((a, b) => a.steps - b.steps);
  return unique(near);
}

function unique(named: ReadonlyArray<{ readonly name: string }>): string[] {
  return [...new Set(named.slice(0, MOST_SUGGESTIONS).map(({ name }) => name))];
}

const MOST_SUGGESTIONS = 8;

/** Letters to change; a name that holds the other is as near as one step, however much longer it is. */
function steps(wanted: string, name: string): number {
  const holds = wanted.length >= 3 && name.length >= 3 && (name.includes(wanted) || wanted.includes(name));
  const taken = distance(wanted, name);
  return holds ? Math.min(taken, 1) : taken;
}

/** What is left of a name without case, signs and the ending of custom fields. */
function letters(name: string): string {
  return name
    .toLowerCase()
    .replace(/__[cr]$/, '')
    .replace(/[^\p{L}\p{N}]/gu, '');
}
