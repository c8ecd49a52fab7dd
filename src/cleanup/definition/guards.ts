import { type WrittenDefinition } from './schema.js';
import { isTold, suggestion } from './suggest.js';

type WrittenGuard = Exclude<WrittenDefinition['never-match'][number], string>;

/**
 * What keeps two records apart that somebody matches by one field alone, such as the e-mail address of a family: another number of a student or
 * the like (nobody is asked, but for a typing error), another first name or birth date (a person is asked).
 */
export function guardsOf(columns: readonly string[]): WrittenGuard[] {
  return columns.flatMap((name): WrittenGuard[] => {
    const is = suggestion(name)?.is;
    if (is === 'id')
      return [
        { different: name, compare: 'digits', 'at-least': isTold(name) ? 0.9 : 1, review: isTold(name) ? 0 : 0.9 }
      ];
    if (is === 'first') return [{ different: name, compare: 'nickname', 'at-least': LEAST_ALIKE, review: 0 }];
    if (is === 'birth') return [{ different: name, compare: 'date', 'at-least': LEAST_DATE, review: 0 }];
    return [];
  });
}

/** Short forms, initials and typing errors are the same first name. */
const LEAST_ALIKE = 0.8;
/** A typing error in a date is none in the person; a generation is. */
const LEAST_DATE = 0.7;
