import { distance } from 'fastest-levenshtein';

const MOST_SUGGESTIONS = 3;

/**
 * Those of the names that somebody who wrote `wrong` may have meant, the likeliest first: letters changed or swapped, `__c` left off, or
 * a part of a longer name.
 */
export function nearMisses(wrong: string, names: readonly string[]): string[] {
  const wanted = core(wrong);
  const scored = names.flatMap((name) => {
    const own = core(name);
    const steps = distance(wanted, own);
    const isNear = steps <= mostSteps(wanted) || (wanted.length > 2 && own.includes(wanted));
    return isNear ? [{ name, steps }] : [];
  });
  return scored
    .sort((one, other) => one.steps - other.steps)
    .slice(0, MOST_SUGGESTIONS)
    .map(({ name }) => name);
}

/** Two letters swapped are two steps; in a name of three letters that would be any other. */
function mostSteps(name: string): number {
  return name.length < 4 ? 1 : Math.max(2, Math.floor(name.length / 3));
}

function core(name: string): string {
  return name
    .toLowerCase()
    .replace(/__[cr]$/, '')
    .replace(/[^a-z0-9]/g, '');
}
