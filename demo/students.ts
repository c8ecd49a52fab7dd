import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

/** A number from 0 up to 1, the same ones for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const words = (text: string): readonly string[] => text.split(' ');
const GIRLS = words(
  'Mary Patricia Jennifer Linda Elizabeth Barbara Susan Jessica Sarah Karen Lisa Nancy Sandra Ashley Emily Kimberly Margaret Donna Michelle Carol Amanda Melissa Deborah Stephanie Rebecca Sharon Laura Cynthia Dorothy Amy Kathleen Angela Shirley Emma Brenda Pamela Nicole Anna Samantha Katherine Christine Helen Debra Rachel Carolyn Janet Maria Catherine Heather Diane Olivia Julie Joyce Victoria Ruth Virginia Lauren Kelly Christina Joan Evelyn Judith Andrea Hannah Megan Cheryl Jacqueline Martha Madison Teresa Gloria Sara Janice Ann Kathryn Abigail Sophia Frances Jean Alice Judy Isabella Julia Grace Amber Denise Danielle Marilyn Beverly Charlotte Natalie Theresa Diana Brittany Doris Kayla Alexis Lori Marie Zoë Chloé Renée Anaïs Sofía Ngozi Priya Aiko Fatima Mei Yara Ingrid'
);
const BOYS = words(
  'James Robert John Michael David William Richard Joseph Thomas Christopher Charles Daniel Matthew Anthony Mark Donald Steven Andrew Paul Joshua Kenneth Kevin Brian George Timothy Ronald Jason Edward Jeffrey Ryan Jacob Gary Nicholas Eric Jonathan Stephen Larry Justin Scott Brandon Benjamin Samuel Gregory Alexander Patrick Frank Raymond Jack Dennis Jerry Tyler Aaron Jose Adam Nathan Henry Zachary Douglas Peter Kyle Noah Ethan Jeremy Walter Christian Keith Austin Roger Terry Sean Gerald Carl Dylan Harold Jordan Jesse Bryan Lawrence Arthur Gabriel Bruce Logan Albert Willie Alan Juan Elijah Wayne Randy Vincent Mason Roy Ralph Bobby Russell Bradley Philip Eugene José Björn Søren Luís Émile Kwame Arjun Hiroshi Omar Wei Mateo Lars'
);
const SHORT: Readonly<Record<string, string>> = {
  Elizabeth: 'Liz',
  Jennifer: 'Jenny',
  Patricia: 'Pat',
  Margaret: 'Maggie',
  Katherine: 'Kate',
  Rebecca: 'Becky',
  Susan: 'Sue',
  Deborah: 'Debbie',
  Samantha: 'Sam',
  Victoria: 'Vicky',
  Christina: 'Tina',
  Abigail: 'Abby',
  William: 'Bill',
  Robert: 'Bob',
  Richard: 'Rick',
  Michael: 'Mike',
  James: 'Jim',
  Joseph: 'Joe',
  Thomas: 'Tom',
  Christopher: 'Chris',
  Charles: 'Chuck',
  Daniel: 'Dan',
  Matthew: 'Matt',
  Anthony: 'Tony',
  Steven: 'Steve',
  Andrew: 'Drew',
  Edward: 'Ted',
  Nicholas: 'Nick',
  Benjamin: 'Ben',
  Samuel: 'Sam',
  Alexander: 'Alex',
  Timothy: 'Tim',
  Kenneth: 'Ken',
  Joshua: 'Josh',
  Jonathan: 'Jon'
};
/** Parents like names that begin alike: nothing but the name tells such twins apart. */
const ALIKE_TWINS: ReadonlyArray<readonly [string, string]> = [
  ['Michael', 'Mitchell'],
  ['Jayden', 'Jordan'],
  ['Emma', 'Emily'],
  ['Anna', 'Hannah'],
  ['Daniel', 'David'],
  ['Christina', 'Christopher'],
  ['Ella', 'Emma'],
  ['Olivia', 'Sophia']
];
const FAMILIES = words(
  "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts O'Brien O'Connor MacDonald McCarthy Müller Núñez Østergaard Łukasz D'Angelo Smith-Jones"
);
const STARTS = words(
  'Ber Car Dal El Fen Gar Hol Ing Jar Kel Lam Mor Nor Ol Pel Quin Ros Sal Tor Ul Var Wen Yar Zel Bran Chal Dren Fal Grim Hart Thorn Stan'
);
const MIDDLES = words('a e i o u an en in on ar er ing ell ost ick amb and ing');
const ENDS = words(
  'ton son berg man ley ford well worth field stein wick ham sky ski ez ova ini ard mond bury lund quist'
);
const STREETS = words(
  'Main Oak Pine Maple Cedar Elm Washington Lake Hill Walnut Spring North Ridge Church Willow Mill Sunset Railroad Jackson River Highland Forest Park Lincoln Franklin'
);
const KINDS: ReadonlyArray<readonly [string, string]> = [
  ['Street', 'St'],
  ['Avenue', 'Ave.'],
  ['Road', 'Rd'],
  ['Drive', 'Dr.'],
  ['Lane', 'Ln'],
  ['Court', 'Ct']
];
const CITIES = words(
  'Springfield Franklin Clinton Greenville Bristol Fairview Salem Madison Georgetown Arlington Ashland Dover Oxford Jackson Burlington Manchester Milton Newport Auburn Dayton'
);
const STATES: ReadonlyArray<readonly [string, string]> = [
  ['CA', 'California'],
  ['NY', 'New York'],
  ['TX', 'Texas'],
  ['MA', 'Massachusetts'],
  ['WA', 'Washington'],
  ['IL', 'Illinois'],
  ['OH', 'Ohio'],
  ['GA', 'Georgia']
];
const DOMAINS = words('gmail.com yahoo.com outlook.com hotmail.com icloud.com aol.com');
const AREAS = words('212 415 617 206 312 614 404 713 512 818');
const STATUSES = words('Prospect Applicant Enrolled Graduated Withdrawn');

export const STUDENT_COLUMNS = [
  'Id',
  'FirstName',
  'LastName',
  'Birthdate',
  'Email',
  'Phone',
  'MailingStreet',
  'MailingCity',
  'MailingState',
  'MailingPostalCode',
  'Student_ID__c',
  'Student_Status__c',
  'CreatedDate',
  'SystemModstamp',
  'Person'
] as const;

/** What the org sets itself, and who it is in truth. */
const NOT_INSERTED: ReadonlySet<string> = new Set(['Id', 'CreatedDate', 'SystemModstamp', 'Person']);
/** A contact is inserted with these. */
export const INSERTED_COLUMNS = STUDENT_COLUMNS.filter((column) => !NOT_INSERTED.has(column));

export type Student = Record<(typeof STUDENT_COLUMNS)[number], string>;

/**
 * Student contacts with known truth: rows with the same `Person` are one human being. About one in seven has a duplicate, with the errors that
 * people make: nicknames, first and last name swapped, typing errors in names, digits transposed in birth dates and student IDs, phones in nine
 * notations, old addresses and e-mails, missing values. The traps are families that share phone, e-mail and address, twins (some of names that
 * are much alike), and fathers and sons of one name. `test/demo/students.test.ts` proves that each is there.
 */
export function* students(count: number, seed: number): Generator<Student> {
  const random = seeded(seed);
  const world = new World(random);
  let made = 0;
  // Duplicates come long after their originals, as in life; up to so many wait.
  const most = Math.min(2000, count / 20);
  const waiting: Student[] = [];
  while (made < count) {
    for (const person of world.household()) {
      waiting.push(...world.duplicates(person));
      if (made < count) yield numbered(person, ++made);
    }
    while (waiting.length > most && made < count) {
      const at = Math.floor(random() * waiting.length);
      const [one] = waiting.splice(at, 1);
      if (one) yield numbered(one, ++made);
    }
  }
}

/** Writes such a file, in UTF-8 with LF. */
export async function writeStudents(path: string, count: number, seed: number): Promise<void> {
  const file = createWriteStream(path);
  let text = `${STUDENT_COLUMNS.join(',')}\n`;
  for (const student of students(count, seed)) {
    // No value has a comma or a quote in it; a space at its end is a value's own.
    text += `${STUDENT_COLUMNS.map((column) => student[column]).join(',')}\n`;
    if (text.length < PIECE_CHARACTERS) continue;
    if (!file.write(text)) await once(file, 'drain');
    text = '';
  }
  file.end(text);
  await once(file, 'close');
}

const PIECE_CHARACTERS = 256 * 1024;

function numbered(student: Student, n: number): Student {
  return { ...student, Id: `003${n.toString(36).toUpperCase().padStart(12, '0')}AAA` };
}

class World {
  private people = 0;
  private readonly random: () => number;

  public constructor(random: () => number) {
    this.random = random;
  }

  public household(): Student[] {
    const last = this.familyName();
    const address = this.address();
    const phone = this.phone();
    const email = this.chance(0.1) ? `${ascii(last)}.family${this.below(10_000)}@${this.of(DOMAINS)}` : undefined;
    const size = 1 + (this.chance(0.25) ? 1 : 0) + (this.chance(0.08) ? 1 : 0);
    const family = Array.from({ length: size }, () => this.person(last, { address, phone, email }));
    const [one, other] = family;
    if (one && other) {
      if (this.chance(0.08)) this.makeTwins(one, other);
      else if (this.chance(0.05)) {
        other.FirstName = one.FirstName;
        other.Birthdate = `${Number(one.Birthdate.slice(0, 4)) - 20 - this.below(15)}${one.Birthdate.slice(4)}`;
      }
    }
    return family;
  }

  /** What other people wrote down of the same person. */
  public duplicates(person: Student): Student[] {
    const count = this.chance(0.14) ? (this.chance(0.15) ? 2 : 1) : 0;
    return Array.from({ length: count }, () => this.duplicate(person));
  }

  private makeTwins(one: Student, other: Student): void {
    other.Birthdate = one.Birthdate;
    if (this.chance(0.3)) [one.FirstName, other.FirstName] = this.of(ALIKE_TWINS);
    while (other.FirstName === one.FirstName) other.FirstName = this.of(BOYS);
    if (one.Student_ID__c !== '') other.Student_ID__c = String(Number(one.Student_ID__c) + 1);
  }

  private person(last: string, home: { address: Address; phone: string; email?: string }): Student {
    this.people += 1;
    const first = this.of(this.chance(0.5) ? GIRLS : BOYS);
    const own = `${ascii(first)}${this.of(['.', '_', ''])}${ascii(last)}${this.chance(0.7) ? this.below(10_000) : ''}@${this.of(DOMAINS)}`;
    return {
      Id: '',
      FirstName: first,
      LastName: last,
      Birthdate: this.date(1985, 22),
      Email: this.chance(0.08) ? '' : (home.email ?? own),
      Phone: this.chance(0.1) ? '' : this.chance(0.5) ? home.phone : this.phone(),
      ...home.address,
      Student_ID__c: this.chance(0.1) ? '' : String(10_000_000 + this.people * 3 + this.below(2)),
      Student_Status__c: this.of(STATUSES),
      CreatedDate: `${this.date(2015, 10)}T08:00:00.000Z`,
      SystemModstamp: `${this.date(2024, 2)}T08:00:00.000Z`,
      Person: String(this.people)
    };
  }

  private duplicate(person: Student): Student {
    const copy = { ...person, CreatedDate: `${this.date(2015, 10)}T08:00:00.000Z` };
    copy.Phone = this.otherNotation(copy.Phone);
    if (this.chance(0.55)) copy.Student_ID__c = '';
    else if (this.chance(0.03)) copy.Student_ID__c = this.transposed(copy.Student_ID__c);
    const name = this.random();
    if (name < 0.15) copy.FirstName = SHORT[copy.FirstName] ?? copy.FirstName;
    else if (name < 0.25) copy.FirstName = this.typo(copy.FirstName);
    else if (name < 0.35) copy.LastName = this.typo(copy.LastName);
    else if (name < 0.4) [copy.FirstName, copy.LastName] = [copy.LastName, copy.FirstName];
    else if (name < 0.5) [copy.FirstName, copy.LastName] = [copy.FirstName.toUpperCase(), copy.LastName.toUpperCase()];
    else if (name < 0.55) copy.FirstName = plainLetters(copy.FirstName);
    if (this.chance(0.08)) copy.Birthdate = '';
    else if (this.chance(0.04)) copy.Birthdate = this.mistyped(copy.Birthdate);
    if (this.chance(0.25)) copy.Email = '';
    else if (this.chance(0.15)) copy.Email = `${ascii(copy.FirstName)}${this.below(100_000)}@${this.of(DOMAINS)}`;
    else if (this.chance(0.3)) copy.Email = ` ${copy.Email.toUpperCase()}`;
    if (this.chance(0.2)) copy.Phone = this.chance(0.5) ? '' : this.otherNotation(this.phone());
    if (this.chance(0.2)) Object.assign(copy, this.address());
    else if (this.chance(0.5)) Object.assign(copy, this.otherAddress(copy));
    return copy;
  }

  private familyName(): string {
    if (this.chance(0.35)) return this.of(FAMILIES);
    return this.of(STARTS) + (this.chance(0.7) ? this.of(MIDDLES) : '') + this.of(ENDS);
  }

  private address(): Address {
    const [kind] = KINDS[this.below(KINDS.length)] ?? ['Street'];
    const [state] = STATES[this.below(STATES.length)] ?? ['CA'];
    return {
      MailingStreet: `${1 + this.below(9800)} ${this.of(STREETS)} ${kind}`,
      MailingCity: this.of(CITIES),
      MailingState: state,
      MailingPostalCode: String(1000 + this.below(98_000)).padStart(5, '0')
    };
  }

  private otherAddress(one: Address): Partial<Address> {
    const street = KINDS.reduce(
      (before, [long, short]) => before.replace(new RegExp(`${long}$`), short),
      one.MailingStreet
    );
    const name = STATES.find(([code]) => code === one.MailingState)?.[1];
    return { MailingStreet: street.toUpperCase(), MailingState: name ?? one.MailingState };
  }

  private phone(): string {
    return `(${this.of(AREAS)}) ${2 + this.below(8)}${String(this.below(100)).padStart(2, '0')}-${String(this.below(10_000)).padStart(4, '0')}`;
  }

  private otherNotation(phone: string): string {
    const [, area, exchange, line] = /\((\d+)\) (\d+)-(\d+)/.exec(phone) ?? [];
    if (area === undefined) return phone;
    return this.of([
      phone,
      `${area}-${exchange}-${line}`,
      `${area}.${exchange}.${line}`,
      `${area}${exchange}${line}`,
      `+1${area}${exchange}${line}`,
      `+1 (${area}) ${exchange}-${line}`,
      `1-${area}-${exchange}-${line}`,
      `${area} ${exchange} ${line}`,
      ` ${phone} `
    ]);
  }

  private date(from: number, years: number): string {
    const at = new Date(Date.UTC(from, 0, 1) + this.below(years * 365) * 86_400_000);
    return at.toISOString().slice(0, 10);
  }

  private mistyped(date: string): string {
    const [year = '', month = '', day = ''] = date.split('-');
    if (Number(day) <= 12 && this.chance(0.5)) return `${year}-${day}-${month}`;
    const last = (Number(day.slice(1)) + 1 + this.below(8)) % 10;
    return `${year}-${month}-${day.startsWith('3') || (day.startsWith('0') && last === 0) ? '15' : day.slice(0, 1) + String(last)}`;
  }

  /** Two digits next to each other in each other's place. */
  private transposed(digits: string): string {
    if (digits.length < 3) return digits;
    const at = 1 + this.below(digits.length - 2);
    return digits.slice(0, at) + digits.slice(at + 1, at + 2) + digits.slice(at, at + 1) + digits.slice(at + 2);
  }

  /** One letter wrong, missing, doubled or changed places with the next. */
  private typo(text: string): string {
    if (text.length < 4) return text;
    const at = 1 + this.below(text.length - 2);
    const [before, letter, after] = [text.slice(0, at), text.slice(at, at + 1), text.slice(at + 1)];
    const kind = this.below(4);
    if (kind === 0) return before + after;
    if (kind === 1) return before + letter + letter + after;
    if (kind === 2) return before + after.slice(0, 1) + letter + after.slice(1);
    return (
      before +
      (/\d/.test(letter) ? String((Number(letter) + 1 + this.below(8)) % 10) : this.of(words('a e i o r t n s l'))) +
      after
    );
  }

  private of<T>(list: readonly T[]): T {
    const found = list[this.below(list.length)];
    if (found === undefined) throw new Error('an empty list');
    return found;
  }

  private below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  private chance(share: number): boolean {
    return this.random() < share;
  }
}

type Address = Pick<Student, 'MailingStreet' | 'MailingCity' | 'MailingState' | 'MailingPostalCode'>;

function plainLetters(text: string): string {
  return text.normalize('NFKD').replace(/[\u0300-\u036f]/g, '');
}

function ascii(text: string): string {
  return plainLetters(text)
    .toLowerCase()
    .replace(/[^a-z]/g, '');
}
