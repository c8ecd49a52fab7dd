import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { tempDir } from '../../tempDir.js';
import { planned, type Row } from '../plan/planned.js';

/** 400 people who have nothing to do with each other: 40 first names, 80 last names, dates and phones of their own. */
const OTHERS = Array.from({ length: 400 }, (_, i) => {
  const [letters, more] = [String.fromCharCode(97 + (i % 20)), String.fromCharCode(97 + ((i * 7) % 26))];
  const born = `19${40 + (i % 50)}-${String(1 + (i % 12)).padStart(2, '0')}-${String(1 + ((i * 5) % 28)).padStart(2, '0')}`;
  return `00${i},${more}${letters}on${i % 40},${letters}${more}berg${i % 80},${born},${200_000 + i * 713},${letters}town`;
});

const FIELDS = `
      First: jaro-winkler
      Last: jaro-winkler
      Born: date
      Phone: digits
      City: jaro-winkler`;

function definition(more = '', thresholds = '{ merge: 0.98, review: 0.05 }'): string {
  return `sobject: Contact\nmatch:\n  - name: person\n    score: probability${more}\n    fields:${FIELDS}\nthresholds: ${thresholds}\n`;
}

const csvOf = (...rows: readonly string[]): string =>
  `Id,First,Last,Born,Phone,City\n${[...OTHERS, ...rows].join('\n')}\n`;

describe('scores that are probabilities', () => {
  const dir = tempDir();
  let made = 0;

  async function idsOf(text: string, csv: string): Promise<{ merge: string[]; review: string[]; rows: Row[] }> {
    const { rows } = await planned(dir.path, text, csv, { name: `plan-${(made += 1)}` });
    const [merge, review] = [await rows('clusters.csv'), await rows('review.csv')];
    const ids = (list: readonly Row[]): string[] =>
      list
        .map(({ Id = '' }) => Id)
        .filter((id) => /[A-Z]$/.test(id))
        .sort();
    return { merge: ids(merge), review: ids(review), rows: merge };
  }

  it('merge who agree in what is rare, whatever is missing or mistyped', async () => {
    const { merge, rows } = await idsOf(
      definition(),
      csvOf(
        '0A,Ximena,Zabriskie,1991-03-14,5550100,',
        '0B,Ximena,Zabriskei,1991-03-14,,Nowhere',
        '0C,Osgood,Quill,1988-07-01,,',
        '0D,Osgood,,1988-07-01,5550199,'
      )
    );
    expect(merge).to.include.members(['0A', '0B']);
    for (const { score } of rows) expect(Number(score)).to.be.within(0.98, 1);
  });

  it('tell two by what differs, and by how frequent it is what they share', async () => {
    const frequent = Array.from(
      { length: 60 },
      (_, i) => `1${i},Mary,Smith${i},19${10 + i}-02-03,${900_000 + i * 317},x`
    );
    const { merge, review } = await idsOf(
      definition(),
      csvOf(
        ...frequent,
        '0A,Ximena,Zabriskie,1991-03-14,5550100,',
        '0B,Ferdinand,Zabriskie,1951-11-30,5550100,',
        '0C,Mary,Quill,,,',
        '0D,Mary,Quill,,,',
        '0E,Osgood,Pumphrey,1971-01-09,,',
        '0F,Osgood,Pumphrey,1971-01-09,,'
      )
    );
    expect(merge).to.deep.equal(['0E', '0F']);
    expect(review).to.include.members(['0C', '0D']);
  });

  it('take what a family has in common for no more than that', async () => {
    const family = csvOf(
      '0A,Ximena,Zabriskie,1991-03-14,5550100,Springfield',
      '0B,Ferdinand,Zabriskie,,5550100,Springfield',
      '0C,Osgood,Quill,1988-07-01,5550177,',
      '0D,Osgood,Quill,1988-07-01,5550177,'
    );
    const shared = '\n    shared: [Last, Phone, City]';
    const alone = await idsOf(definition(shared), family);
    expect([alone.merge, alone.review]).to.deep.equal([['0C', '0D'], []]);
    const { merge, review } = await idsOf(definition(), family);
    expect([...merge, ...review]).to.include.members(['0A', '0B']);
  });

  it('say what was learnt of each field', async () => {
    const twice = Array.from({ length: 100 }, (_, i) =>
      (OTHERS[i] ?? '').replace(/^00(\d+)/, '2$1').replace(/,\w+$/, ',Elsewhere')
    );
    const { plan, directory } = await planned(dir.path, definition(), csvOf(...twice), { name: 'learnt' });
    const learnt = new Map(plan.rules[0]?.learnt?.map((one) => [one.field, one]));
    expect(learnt.get('Phone')?.different).to.be.below(0.05);
    // Here nobody's second record has the same city.
    expect(learnt.get('City')?.equal).to.be.below(0.2);
    expect(learnt.get('City')?.bitsAgainst).to.be.below(1);
    expect(learnt.get('Born')?.bitsAgainst).to.be.above(3);
    expect(await readFile(join(directory, 'report.html'), 'utf8')).to.include('What the data tell of each field');
  });

  it('let a weight make less of a field', async () => {
    const csv = csvOf('0A,Ximena,Zabriskie,1991-03-14,5550100,', '0B,Ximena,Zabriskie,1991-03-14,,');
    const text = definition();
    const light = text.replace('First: jaro-winkler', 'First: { compare: jaro-winkler, weight: 0.1 }');
    expect((await idsOf(text, csv)).merge).to.deep.equal(['0A', '0B']);
    expect((await idsOf(light, csv)).merge).to.deep.equal([]);
  });

  it('work for two records, and for none that can be compared', async () => {
    const header = 'Id,First,Last,Born,Phone,City\n';
    expect((await idsOf(definition(), `${header}0A,Ann,Lee,,,\n`)).merge).to.deep.equal([]);
    expect((await idsOf(definition(), `${header}0A,,,,,\n0B,,,,,\n`)).merge).to.deep.equal([]);
    const both = await idsOf(definition(), `${header}0A,Ann,Lee,1990-01-02,55501,\n0B,Ann,Lee,1990-01-02,55501,\n`);
    expect(both.merge).to.deep.equal(['0A', '0B']);
  });
});
