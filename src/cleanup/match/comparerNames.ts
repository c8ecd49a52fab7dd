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
