const ASCII = /^[\x00-\x7f]*$/;

/** Letters that Unicode does not take apart into a plain one and a mark. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  þ: 'th',
  ı: 'i',
  ħ: 'h',
  ŋ: 'n',
  ŧ: 't'
};

/**
 * A value as two are compared that shall be equal: its case, its compatibility forms and the number of its spaces make no difference, marks
 * and punctuation do. Nothing for what is all spaces.
 */
export function equalForm(value: string): string {
  const plain = ASCII.test(value)
    ? value.toLowerCase()
    : value.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
  return /[\s\u200b\ufeff]/u.test(plain) ? plain.replace(/[\s\u200b\ufeff]+/gu, ' ').trim() : plain;
}

/** A name as it is compared by likeness: letters and digits alone, without marks (José, jose), words parted by one space. */
export function nameForm(value: string): string {
  let plain = value.toLowerCase();
  if (!ASCII.test(plain))
    plain = plain
      .normalize('NFKD')
      // Only the marks of Latin, Greek and Cyrillic: those of other scripts are vowels.
      .replace(/[\u0300-\u036f]/g, '')
      .replace(/[ßæœøđðłþıħŋŧ]/g, (letter) => LETTERS[letter] ?? letter)
      .normalize('NFC');
  if (/^[a-z]+$/.test(plain)) return plain;
  return plain
    .replace(/['’`´.]/g, '')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
}

/** A number or code as it is compared: letters and digits alone; zeros before a number make no difference, since spreadsheets lose them. */
export function codeForm(value: string): string {
  const plain = value
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
  return /^\d+$/.test(plain) ? plain.replace(/^0+(?=\d)/, '') : plain;
}

/**
 * `YYYYMMDD` of the usual ways to write a date (month before day where it is open), otherwise the letters and digits that are there: one digit
 * too many must not make all of it another.
 */
export function dateForm(value: string): string {
  const plain = value.trim();
  const [, y, m, d] = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?$/.exec(plain) ?? [];
  if (y !== undefined && m !== undefined && d !== undefined) return compactDate(y, m, d);
  const [, first, second, year] = /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$/.exec(plain) ?? [];
  if (first !== undefined && second !== undefined && year !== undefined)
    return plain.includes('.') || Number(first) > 12
      ? compactDate(year, second, first)
      : compactDate(year, first, second);
  return equalForm(plain).replace(/[^\p{L}\p{N}]+/gu, '');
}

function compactDate(year: string, month: string, day: string): string {
  return year + month.padStart(2, '0') + day.padStart(2, '0');
}

/** Words of addresses and the one short form in which they are compared. */
const SHORT: Readonly<Record<string, string>> = {
  street: 'st',
  str: 'st',
  strasse: 'st',
  avenue: 'ave',
  av: 'ave',
  road: 'rd',
  boulevard: 'blvd',
  drive: 'dr',
  lane: 'ln',
  court: 'ct',
  place: 'pl',
  square: 'sq',
  terrace: 'tce',
  ter: 'tce',
  highway: 'hwy',
  parkway: 'pkwy',
  circle: 'cir',
  circuit: 'cct',
  crescent: 'cres',
  close: 'cl',
  north: 'n',
  south: 's',
  east: 'e',
  west: 'w',
  apartment: 'apt',
  unit: 'apt',
  suite: 'ste',
  number: 'no',
  saint: 'st',
  mount: 'mt',
  building: 'bldg',
  floor: 'fl',
  post: 'po'
};

/** The words of an address or a company in their order, shortened; a number is a word of its own, however it is attached. */
export function shortWords(value: string): string[] {
  return nameForm(value)
    .replace(/(\d)(\p{L})/gu, '$1 $2')
    .replace(/(\p{L})(\d)/gu, '$1 $2')
    .replace(/stra(?:ss|ß)e\b/g, 'st')
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => SHORT[word] ?? word);
}
