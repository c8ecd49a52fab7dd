import { expect } from 'chai';
import { givenNames } from '../../src/cleanup/match/nicknames.js';
import { STUDENT_COLUMNS, type Student, students } from '../../demo/students.ts';

type Pair = readonly [Student, Student];

const COUNT = 20_000;

/** Pairs that agree in what `of` gives, where it gives something. */
function pairs(all: readonly Student[], of: (student: Student) => string): Pair[] {
  const groups = new Map<string, Student[]>();
  for (const student of all) {
    const key = of(student);
    if (key !== '') groups.set(key, [...(groups.get(key) ?? []), student]);
  }
  return [...groups.values()].flatMap((group) =>
    group.flatMap((one, i) => group.slice(i + 1).map((other): Pair => [one, other]))
  );
}

const sorted = (text: string): string => [...text].sort().join('');
const lower = (text: string): string => text.trim().toLowerCase();
/** Every digit as 9, so that what is left is the notation. */
const notation = (phone: string): string => phone.replace(/\d/g, '9');

describe('the students of demo, bench and tests', () => {
  const all = [...students(COUNT, 1)];
  const same = pairs(all, ({ Person }) => Person);
  const home = ({ MailingStreet, MailingPostalCode }: Student): string => `${MailingStreet} ${MailingPostalCode}`;
  const neighbours = pairs(all, home).filter(([one, other]) => one.Person !== other.Person);

  it('are the same for the same seed, and others for another', () => {
    const text = (seed: number) => JSON.stringify([...students(300, seed)]);
    expect(text(7)).to.equal(text(7)).and.not.to.equal(text(8));
  });

  it('have an Id each, and one in eight or so has a duplicate', () => {
    expect(new Set(all.map(({ Id }) => Id)).size).to.equal(COUNT);
    expect(new Set(all.map(({ Person }) => Person)).size).to.be.within(COUNT * 0.85, COUNT * 0.97);
    expect(all.every((student) => STUDENT_COLUMNS.every((column) => typeof student[column] === 'string'))).to.equal(
      true
    );
  });

  // [the trap, how often it is there at least, the pairs to look among, what they are]
  const TRAPS: Array<
    [what: string, least: number, among: readonly Pair[], is: (one: Student, other: Student) => boolean]
  > = [
    [
      'twins',
      50,
      neighbours,
      (one, other) =>
        one.Birthdate === other.Birthdate && one.LastName === other.LastName && one.FirstName !== other.FirstName
    ],
    [
      'twins whose IDs follow each other',
      10,
      neighbours,
      (one, other) =>
        one.Birthdate === other.Birthdate && Math.abs(Number(one.Student_ID__c) - Number(other.Student_ID__c)) === 1
    ],
    [
      'twins of names that are much alike',
      10,
      neighbours,
      (one, other) => one.Birthdate === other.Birthdate && one.FirstName.slice(0, 2) === other.FirstName.slice(0, 2)
    ],
    [
      'fathers and sons of one name at one address',
      30,
      neighbours,
      (one, other) =>
        one.FirstName === other.FirstName &&
        one.LastName === other.LastName &&
        Math.abs(Number(one.Birthdate.slice(0, 4)) - Number(other.Birthdate.slice(0, 4))) >= 18
    ],
    ['e-mails that a family shares', 100, neighbours, (one, other) => one.Email !== '' && one.Email === other.Email],
    ['phones that a family shares', 100, neighbours, (one, other) => one.Phone !== '' && one.Phone === other.Phone],
    [
      'nicknames',
      30,
      same,
      (one, other) =>
        one.FirstName !== other.FirstName &&
        givenNames(lower(one.FirstName)).some((name) => givenNames(lower(other.FirstName)).includes(name))
    ],
    [
      'first and last names swapped',
      20,
      same,
      (one, other) => one.FirstName === other.LastName && one.LastName === other.FirstName
    ],
    [
      'typing errors in last names',
      30,
      same,
      (one, other) =>
        lower(one.LastName) !== lower(other.LastName) && lower(one.LastName)[0] === lower(other.LastName)[0]
    ],
    [
      'day and month of birth swapped',
      5,
      same,
      (one, other) => one.Birthdate !== other.Birthdate && sorted(one.Birthdate) === sorted(other.Birthdate)
    ],
    [
      'digits transposed in student IDs',
      5,
      same,
      (one, other) =>
        one.Student_ID__c !== other.Student_ID__c &&
        one.Student_ID__c !== '' &&
        sorted(one.Student_ID__c) === sorted(other.Student_ID__c)
    ],
    ['moved away', 50, same, (one, other) => lower(one.MailingCity) !== lower(other.MailingCity)],
    ['no birth date', 20, same, (one, other) => (one.Birthdate === '') !== (other.Birthdate === '')],
    ['no e-mail', 50, same, (one, other) => (one.Email === '') !== (other.Email === '')]
  ];
  for (const [what, least, among, is] of TRAPS)
    it(`have ${what}`, () => {
      expect(among.filter(([one, other]) => is(one, other)).length).to.be.at.least(least);
    });

  it('write phones in nine notations', () => {
    const counts = new Map<string, number>();
    for (const { Phone } of all) counts.set(notation(Phone), (counts.get(notation(Phone)) ?? 0) + 1);
    counts.delete('');
    expect([...counts.values()].filter((count) => count >= 20)).to.have.length(9);
  });
});
