import { type Condition, type Literal } from './ast.js';

const CHECK_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/**
 * The 18-character Ids that a condition narrows its records to, sorted, or undefined when it doesn't:
 * `Id = '…'` or `Id IN ('…', …)`, alone or as a term of the outermost AND. They spare a scan of the whole table.
 */
export function idsAsked(where: Condition | undefined): readonly string[] | undefined {
  if (where === undefined) return undefined;
  if (where.kind === 'and') {
    for (const term of where.terms) {
      const ids = idsAsked(term);
      if (ids) return ids;
    }
    return undefined;
  }
  const literals = idLiterals(where);
  return (
    literals && [...new Set(literals.flatMap((each) => (each.kind === 'string' ? [longId(each.value)] : [])))].sort()
  );
}

function idLiterals(test: Condition): readonly Literal[] | undefined {
  const isId =
    'left' in test &&
    test.left.kind === 'field' &&
    test.left.path.length === 1 &&
    /^id$/i.test(test.left.path[0] ?? '');
  if (!isId) return undefined;
  if (test.kind === 'compare' && test.operator === '=') return [test.value];
  return test.kind === 'in' && !test.negated ? test.values : undefined;
}

/** The Id with its three check characters, which tell the case of each five before them. */
export function longId(id: string): string {
  const short = id.slice(0, 15);
  return short + [0, 5, 10].map((from) => checkCharacter(short.slice(from, from + 5))).join('');
}

function checkCharacter(five: string): string {
  const bits = [...five].reduce((sum, character, index) => sum + (/[A-Z]/.test(character) ? 1 << index : 0), 0);
  return CHECK_ALPHABET.charAt(bits);
}
