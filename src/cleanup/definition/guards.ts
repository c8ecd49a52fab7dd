import { type WrittenDefinition } from './schema.js';
import { isTold, suggestion } from './suggest.js';

export type WrittenGuard = Extract<WrittenDefinition['never-match'][number], object>;

/**
 * What keeps two records apart that somebody matches by one field alone, such as the e-mail address of a family: another number of a student or
 * the like (nobody is asked, but for a typing error), another first name or birth date (a person is asked).
 */
export function guardsOf(columns: readonly string[]): WrittenGuard[] {
  return columns.flatMap((name): WrittenGuard[] => {
    const is = suggestion(name)?.is;
    if (is === 'id') return [guardOfId(name)];
    if (is === 'first') return [{ different: name, compare: 'nickname', 'at-least': LEAST_ALIKE, review: 0 }];
    if (is === 'birth') return [guardOfBirth(name)];
    return [];
  });
}

/** Two numbers that an office gave out are two people; a person is asked about a typing error, and about any that people tell of themselves. */
export function guardOfId(name: string): WrittenGuard {
  const [atLeast, review] = isTold(name) ? [ONE_TYPING_ERROR, 0] : [1, ONE_TYPING_ERROR];
  return { different: name, compare: 'digits', 'at-least': atLeast, review };
}

export function guardOfBirth(name: string): WrittenGuard {
  return { different: name, compare: 'date', 'at-least': LEAST_DATE, review: 0 };
}

/** Short forms, initials and typing errors are the same first name. */
const LEAST_ALIKE = 0.8;
/** A typing error in a date is none in the person; a generation is. */
const LEAST_DATE = 0.7;
const ONE_TYPING_ERROR = 0.9;
