import { doubleMetaphone } from 'double-metaphone';
import { type ComparerName } from './comparerNames.js';
import { codeForm, dateForm, equalForm, nameForm, shortWords } from './fold.js';
import { givenNames, isGivenName } from './nicknames.js';

/** The columns of one of two records that are compared, in SQL. */
export type Side = readonly string[];

export type Comparer = {
  /** One line for help and documentation. */
  readonly summary: string;
  /** How many texts `derive` gives. */
  readonly parts: number;
  /**
   * What is kept of a value for comparing, computed once for each record. The first text is the value's form: where it is empty there is
   * nothing to compare.
   */
  readonly derive: (value: string) => readonly string[];
  /** SQL for the likeness from 0 to 1 of two values that are both there; it may be NULL where one is not. */
  readonly likeness: (a: Side, b: Side, within: number) => string;
  /** Which text agrees for most of those that are alike: records are put into blocks by it. */
  readonly blockPart: number;
  /** Whether it costs several times what the others do; it is then computed last, and only where it can still decide. */
  readonly isDear?: true;
};

/** Every way to compare two values. Likenesses of typing errors are those of one wrong, missing, additional or transposed character. */
export const COMPARERS: Readonly<Record<ComparerName, Comparer>> = {
  exact: {
    summary: 'Equal, whatever the case and the spaces',
    parts: 1,
    derive: (value) => [equalForm(value)],
    likeness: ([a], [b]) => `CASE WHEN ${a} = ${b} THEN 1 ELSE 0 END`,
    blockPart: 0
  },
  'jaro-winkler': {
    summary: 'Likeness of names, where the first letters count most',
    parts: 2,
    derive: withSound,
    likeness: ([a], [b]) => `CASE WHEN ${a} = ${b} THEN 1 ELSE jaro_winkler_similarity(${a}, ${b}) END`,
    blockPart: 1
  },
  levenshtein: {
    summary: 'Share of the characters that need no change',
    parts: 2,
    derive: withSound,
    likeness: ([a], [b]) =>
      `CASE WHEN ${a} = ${b} THEN 1 ELSE 1 - damerau_levenshtein(${a}, ${b}) / greatest(length(${a}), length(${b}))::DOUBLE END`,
    blockPart: 1
  },
  phonetic: {
    summary: 'Sounds the same (double metaphone)',
    parts: 3,
    derive: (value) => {
      const form = nameForm(value);
      const [first, second] = form === '' ? ['', ''] : doubleMetaphone(form);
      return [form, first === '' ? form : first, second === first ? '' : second];
    },
    likeness: ([a, a1, a2], [b, b1, b2]) =>
      `CASE WHEN ${a} = ${b} THEN 1 WHEN ${a1} = ${b1} OR ${a1} = ${b2} OR ${a2} = ${b1} THEN 0.95 ELSE 0 END`,
    blockPart: 1
  },
  nickname: {
    summary:
      'First names: equal, a short form of each other (Bill, William), an initial, or alike (two well-known names are two, however alike)',
    parts: 6,
    derive: givenName,
    likeness: ([a, a0, a1, a2, , known], [b, b0, b1, b2, , bKnown]) =>
      `CASE WHEN ${a} = ${b} THEN 1 WHEN ${a0} = ${b0} THEN 0.95
       WHEN ${a1} = ${b1} OR ${a1} = ${b2} OR ${a2} = ${b1} OR ${a2} = ${b2} THEN 0.95
       WHEN (length(${a0}) = 1 OR length(${b0}) = 1) AND ${a0}[1] = ${b0}[1] THEN 0.85
       WHEN ${known} = ${bKnown} THEN 0.9
       ELSE least(greatest(jaro_winkler_similarity(${a}, ${b}), jaro_winkler_similarity(${a0}, ${b0}) * 0.98),
         CASE WHEN ${known} IS NOT NULL AND ${bKnown} IS NOT NULL THEN ${OTHER_NAME} ELSE 1 END) END`,
    blockPart: 4
  },
  tokens: {
    summary: 'Words in any order, with the usual short forms of addresses; numbers must agree',
    parts: 4,
    derive: (value) => {
      const words = shortWords(value);
      const sorted = [...new Set(words)].sort();
      const numbers = sorted.filter((word) => /^\d/.test(word)).join(' ');
      const longest = words.reduce((one, other) => (/^\d/.test(other) || other.length <= one.length ? one : other), '');
      return [sorted.join(' '), numbers, longest, words.join('')];
    },
    likeness: ([a, an, , ac], [b, bn, , bc]) =>
      `CASE WHEN ${a} = ${b} THEN 1 ELSE greatest(${lettersInCommon(`${a}`, `${b}`)}, ${lettersInCommon(`${ac}`, `${bc}`)},
         2 * len(list_intersect(string_split(${a}, ' '), string_split(${b}, ' ')))
           / (len(string_split(${a}, ' ')) + len(string_split(${b}, ' ')))::DOUBLE)
       * CASE WHEN ${an} IS NULL OR ${bn} IS NULL OR ${an} = ${bn} THEN 1 WHEN contains(' ' || ${an} || ' ', ' ' || ${bn} || ' ') OR contains(' ' || ${bn} || ' ', ' ' || ${an} || ' ') THEN 0.95
         WHEN damerau_levenshtein(${an}, ${bn}) = 1 THEN 0.8 ELSE 0.5 END END`,
    blockPart: 2,
    isDear: true
  },
  date: {
    summary:
      'Dates: equal, day and month changed places (0.95), one typing error (0.9; in the year 0.8, where it makes a generation 0.6: father and son), the day or the month of the same year another (0.7), or within some days',
    parts: 1,
    derive: (value) => [dateForm(value)],
    likeness: ([a], [b], within) =>
      `CASE WHEN ${a} = ${b} THEN 1
       WHEN ${a}[1:4] = ${b}[1:4] AND ${a}[5:6] = ${b}[7:8] AND ${a}[7:8] = ${b}[5:6] THEN 0.95
       WHEN ${typingError(`${a}`, `${b}`)} THEN CASE WHEN ${a}[1:4] = ${b}[1:4] THEN 0.9
         WHEN length(${a}) = length(${b}) AND abs(TRY_CAST(${a}[1:4] AS INTEGER) - TRY_CAST(${b}[1:4] AS INTEGER)) >= ${GENERATION} THEN 0.6
         ELSE 0.8 END
       ${within > 0 ? `WHEN abs(date_diff('day', ${dayOf(`${a}`)}, ${dayOf(`${b}`)})) <= ${within} THEN 0.9` : ''}
       WHEN length(${a}) = 8 AND length(${b}) = 8 AND ${a}[1:4] = ${b}[1:4] AND (${a}[5:6] = ${b}[5:6] OR ${a}[7:8] = ${b}[7:8]) THEN 0.7
       WHEN ${a} IS NOT NULL AND ${b} IS NOT NULL THEN 0 END`,
    blockPart: 0
  },
  number: {
    summary: 'Numbers: equal, or no further apart than told',
    parts: 1,
    derive: (value) => {
      const plain = value.replace(/[\s,$€£]/g, '');
      return [plain === '' || Number.isNaN(Number(plain)) ? '' : String(Number(plain))];
    },
    likeness: ([a], [b], within) =>
      `CASE WHEN ${a} = ${b} THEN 1 WHEN abs(${a}::DOUBLE - ${b}::DOUBLE) <= ${within} THEN 0.95
       WHEN ${a} IS NOT NULL AND ${b} IS NOT NULL THEN 0 END`,
    blockPart: 0
  },
  digits: {
    summary:
      'Codes, IDs and phone numbers: equal, two digits in each other’s place (0.95), or another typing error apart (0.9)',
    parts: 1,
    derive: (value) => [codeForm(value)],
    likeness: ([a], [b]) =>
      `CASE WHEN ${a} = ${b} THEN 1
       WHEN ${typingError(`${a}`, `${b}`)} THEN CASE WHEN levenshtein(${a}, ${b}) = 2 THEN 0.95 ELSE 0.9 END
       WHEN ${a} IS NOT NULL AND ${b} IS NOT NULL THEN 0 END`,
    blockPart: 0
  },
  email: {
    summary: 'E-mail addresses: equal, one typing error apart, or of the same name elsewhere',
    parts: 2,
    derive: (value) => {
      const form = equalForm(value);
      const local = form.slice(0, Math.max(form.lastIndexOf('@'), 0));
      // A short or a common name says nothing of who it is.
      return [form, local.length < 6 || COMMON_LOCAL.test(local) ? '' : local];
    },
    likeness: ([a, al], [b, bl]) =>
      `CASE WHEN ${a} = ${b} THEN 1 WHEN ${typingError(`${a}`, `${b}`)} THEN 0.95 WHEN ${al} = ${bl} THEN 0.8
       WHEN ${a} IS NOT NULL AND ${b} IS NOT NULL THEN 0 END`,
    blockPart: 0
  }
};

/** Longer texts are compared by their words alone: the distance of two costs the product of their lengths. */
const LONG = 100;

/**
 * The share of the letters that need no change; 0 for two texts that are not nearly the same, which their Jaro likeness tells many times cheaper
 * than the distance.
 */
function lettersInCommon(a: string, b: string): string {
  return `CASE WHEN greatest(length(${a}), length(${b})) <= ${LONG} AND jaro_similarity(${a}, ${b}) >= ${NEARLY_THE_SAME}
    THEN 1 - damerau_levenshtein(${a}, ${b}) / greatest(length(${a}), length(${b}))::DOUBLE ELSE 0 END`;
}

/** Of two titles or addresses at random one pair in a thousand is as alike. Texts that share seven letters in ten are. */
const NEARLY_THE_SAME = 0.75;

function dayOf(date: string): string {
  return `try_strptime(${date}, '%Y%m%d')::DATE`;
}

/** Of two different names: not alike, however little parts them. */
const OTHER_NAME = 0.75;

/** Years between a parent and a child, who may have all else in common. */
const GENERATION = 13;

const COMMON_LOCAL = /^(?:info|contact|office|admin|family|support|student|parent|noreply|no-reply|unknown)/;

/**
 * Two texts that one typing error parts have much the same length, and their first half is the same or their last (less a character where the
 * middle ones changed places). To ask that first is many times cheaper than the distance, and settles most.
 */
function typingError(a: string, b: string): string {
  const half = `(least(length(${a}), length(${b})) // 2 - 1)`;
  const hasHalf = (side: string): string => `${side}(${a}, ${half}) = ${side}(${b}, ${half})`;
  return `(abs(length(${a}) - length(${b})) <= 1 AND (least(length(${a}), length(${b})) < 4 OR ${hasHalf('left')} OR ${hasHalf('right')})
    AND damerau_levenshtein(${a}, ${b}) = 1)`;
}

function withSound(value: string): string[] {
  const form = nameForm(value);
  return [form, sound(form)];
}

/** Its form, its first word, up to two given names it stands for, what it is put into blocks by, and of a well-known name its sound. */
function givenName(value: string): string[] {
  const form = nameForm(value);
  const word = form.split(' ')[0] ?? '';
  const [first = '', second = ''] = givenNames(word);
  return [form, word, first, second, first === '' ? sound(word) : first, isGivenName(word) ? sound(word) : ''];
}

const sounds = new Map<string, string>();

/** How a name sounds; of one in letters that have no sound for us, the name itself. */
function sound(form: string): string {
  if (form === '') return '';
  let code = sounds.get(form);
  if (code === undefined) {
    code = doubleMetaphone(form)[0] || form;
    if (sounds.size < MOST_SOUNDS) sounds.set(form, code);
  }
  return code;
}

/** Names repeat; this many of them take about 10 MB. */
const MOST_SOUNDS = 100_000;
