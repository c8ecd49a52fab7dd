/** The ways to compare two values, by the names that definitions use; `comparers.ts` has an entry for each. */
export const COMPARER_NAMES = [
  'exact',
  'jaro-winkler',
  'levenshtein',
  'phonetic',
  'nickname',
  'tokens',
  'date',
  'number',
  'digits',
  'email'
] as const;

export type ComparerName = (typeof COMPARER_NAMES)[number];

/**
 * The likeness below which two values have no more in common than any two have, so that it counts as none; a definition may say another.
 * Of two names that have nothing to do with each other Jaro–Winkler still makes 0.5.
 */
export const LEAST_LIKENESS: Readonly<Record<ComparerName, number>> = {
  exact: 0,
  'jaro-winkler': 0.8,
  levenshtein: 0.6,
  phonetic: 0,
  nickname: 0.8,
  tokens: 0.5,
  date: 0,
  number: 0,
  digits: 0,
  email: 0
};
