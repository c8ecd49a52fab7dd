import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { sfRejection } from '../../rejection.js';
import { tempDir } from '../../tempDir.js';
import { type Planned, planned } from './planned.js';

const PEOPLE = `Id,FirstName,LastName,Birthdate,Email,Phone,Student_ID__c,SystemModstamp
003A,Bill,Turner,1999-01-02,bill@x.org,(415) 555-2671,100,2025-01-01T00:00:00.000Z
003B,William,Turner,1999-01-02,,415.555.2671,,2025-02-01T00:00:00.000Z
003C,Ann,Lee,2001-05-06,ann@x.org,,101,2025-01-01T00:00:00.000Z
003D,Ann,Lee,2001-05-06,,,102,2025-01-01T00:00:00.000Z
003E,Zoë,Núñez,2000-03-04,zoe@x.org,212 555 0100,,2025-01-01T00:00:00.000Z
003F,ZOE,NUNEZ,2000-04-03,ZOE@X.ORG,,103,2025-01-01T00:00:00.000Z
003G,,,,,,,2025-01-01T00:00:00.000Z
003H,,,,,,,2025-01-01T00:00:00.000Z
`;

const PERSON = `
sobject: Contact
standardize: { Email: email, Phone: { phone: US } }
match:
  - Student_ID__c
  - name: person
    fields:
      FirstName: { compare: nickname, weight: 2, at-least: 0.8, required: true }
      LastName: { compare: jaro-winkler, weight: 3, at-least: 0.85 }
      Birthdate: { compare: date, weight: 3 }
      Email: email
never-match: [Student_ID__c]
survivor: [{ filled: Student_ID__c }, most-complete]
merge: { Email: first-non-empty, Phone: first-non-empty }
`;

/** Clusters as sets of the last letters of the Ids. */
async function clusters({ rows }: Planned, file = 'clusters.csv'): Promise<string[]> {
  const found = new Map<string, string>();
  for (const { cluster = '', Id = '' } of await rows(file))
    found.set(cluster, (found.get(cluster) ?? '') + Id.slice(-1));
  return [...found.values()].sort();
}

describe('cleanup plan', () => {
  const dir = tempDir();

  it('puts the same people together and keeps others apart', async () => {
    const made = await planned(dir.path, PERSON, PEOPLE);
    expect(await clusters(made)).to.deep.equal(['AB', 'FE']);
    expect(made.plan.counts).to.include({ read: 8, clusters: 2, losers: 2, deletes: 2, review: 0 });
    expect(made.plan.rules[1]).to.include({ guarded: 1 });
  });

  it('writes only what changes, and why', async () => {
    const { rows } = await planned(dir.path, PERSON, PEOPLE);
    expect(await rows('updates.csv')).to.deep.equal([
      { Id: '003A', Email: '', Phone: '+14155552671' },
      { Id: '003F', Email: 'zoe@x.org', Phone: '+12125550100' }
    ]);
    expect(await rows('deletes.csv')).to.deep.equal([{ Id: '003B' }, { Id: '003E' }]);
    const changes = await rows('changes.csv');
    expect(changes.filter(({ Id, field }) => Id === '003F' && field === 'Phone')).to.deep.equal([
      {
        cluster: 'C2',
        Id: '003F',
        field: 'Phone',
        before: '',
        after: "'+12125550100",
        reason: 'first-non-empty',
        from: '003E'
      }
    ]);
  });

  it('refuses a directory in which something lies, and one that can not be made', async () => {
    await planned(dir.path, PERSON, PEOPLE, { name: 'taken' });
    const taken = await sfRejection(planned(dir.path, PERSON, PEOPLE, { name: 'taken' }));
    expect(taken.name).to.equal('PlanDirTakenError');
    await writeFile(join(dir.path, 'file'), '');
    const unwritable = await sfRejection(planned(dir.path, PERSON, PEOPLE, { name: join('file', 'plan') }));
    expect(unwritable.name).to.equal('PlanDirUnwritableError');
    expect(unwritable.message).to.match(/plan can't be made: E[A-Z]+: .*\.$/);
  });

  it('leaves nothing of a plan that can not be made, so that the next one may go there', async () => {
    const broken = await sfRejection(planned(dir.path, PERSON, `${PEOPLE}003Z,"Zoe\n`, { name: 'again' }));
    expect(broken.name).to.equal('UnclosedQuoteError');
    expect(await readdir(join(dir.path, 'again'))).to.deep.equal([]);
    await planned(dir.path, PERSON, PEOPLE, { name: 'again' });
  });

  it('counts no pairs of no records', async () => {
    const [header = ''] = PEOPLE.split('\n');
    const { plan } = await planned(dir.path, PERSON, `${header}\n`, { name: 'none' });
    expect(plan.rules.map(({ possible }) => Object.is(possible, 0))).to.not.include(false);
  });

  it('gives the same bytes for the same data', async () => {
    const first = await planned(dir.path, PERSON, PEOPLE, { name: 'first' });
    const second = await planned(dir.path, PERSON, PEOPLE, { name: 'second' });
    const names = await readdir(first.directory);
    expect(await readdir(second.directory)).to.deep.equal(names);
    for (const name of names.filter((one) => one !== 'made.json'))
      expect(await readFile(join(second.directory, name), 'utf8'), name).to.equal(
        await readFile(join(first.directory, name), 'utf8')
      );
  });

  it('asks a person about what lies between review and merge', async () => {
    const made = await planned(
      dir.path,
      `${PERSON}thresholds: { merge: 0.99, review: 0.5 }\n`.replace('never-match: [Student_ID__c]', ''),
      PEOPLE
    );
    expect(await clusters(made)).to.deep.equal(['CD']);
    expect(await clusters(made, 'review.csv')).to.deep.equal(['AB', 'FE']);
    expect((await made.rows('review.csv')).map(({ merge }) => merge)).to.deep.equal(['', '', '', '']);
    expect((await made.rows('deletes.csv')).length).to.equal(1);
  });

  describe('with a guard that lets a person decide', () => {
    const guarded = (more: string): string =>
      PERSON.replace('[Student_ID__c]\nsurvivor', `[{ different: Student_ID__c, compare: digits${more} }]\nsurvivor`);
    const people = (...ids: string[]): string =>
      `Id,FirstName,LastName,Birthdate,Email,Phone,Student_ID__c,SystemModstamp\n${ids
        .map((id, i) => `003${'ABCDEFG'[i]},Ann,Lee,2001-05-06,ann@x.org,,${id},2025-01-01T00:00:00.000Z\n`)
        .join('')}`;
    const CASES: ReadonlyArray<
      readonly [what: string, more: string, ids: string[], merge: string[], review: string[]]
    > = [
      ['never merges two IDs, however near', '', ['12345', '12354'], [], []],
      ['asks about two that are near', ', review: 0.95', ['12345', '12354'], [], ['AB']],
      ['does not even ask about two that are not', ', review: 0.95', ['12345', '98765'], [], []],
      ['merges equal ones', ', review: 0.95', ['12345', '12345'], ['AB'], []],
      ['keeps one without an ID from joining two', ', review: 0.95', ['12345', '12354', ''], ['AC'], ['ABC']],
      [
        'merges near ones where it is told that they are no difference',
        ', at-least: 0.95',
        ['12345', '12354'],
        ['AB'],
        []
      ]
    ];
    for (const [what, more, ids, merge, review] of CASES)
      it(what, async () => {
        const made = await planned(dir.path, guarded(more), people(...ids));
        expect(await clusters(made)).to.deep.equal(merge);
        expect((await clusters(made, 'review.csv')).map((letters) => [...letters].sort().join(''))).to.deep.equal(
          review
        );
      });

    it('is outvoted where all of the fields are the same that it names', async () => {
      const unless = (fields: string): string => guarded(`, at-least: 0.95, review: 0, unless: [${fields}]`);
      const ids = people('12345', '98765');
      expect(
        await clusters(await planned(dir.path, unless('Birthdate, FirstName'), ids, { name: 'same' }))
      ).to.deep.equal(['AB']);
      const other = await planned(dir.path, unless('Birthdate, Phone'), ids, { name: 'other' });
      expect([await clusters(other), await clusters(other, 'review.csv')]).to.deep.equal([[], ['AB']]);
    });

    it('is outvoted by first and last name in each other’s place, too', async () => {
      const csv = 'Id,First,Last,Code\n001A,Ximena,Zabriskie,12345\n001B,Zabriskie,Ximena,98765\n';
      const text = (swapped: string): string =>
        `sobject: X\nmatch:\n  - name: names\n    fields: { First: jaro-winkler, Last: jaro-winkler }\n    block: [Code, Last, First, [First, Last]]\n    swapped: [First, Last]\n    merge: 0.9\nnever-match: [{ different: Code, review: 0, unless: [${swapped}] }]`;
      expect(await clusters(await planned(dir.path, text('First'), csv, { name: 'swapped' }))).to.deep.equal(['AB']);
      expect(await clusters(await planned(dir.path, text('Code'), csv, { name: 'alone' }))).to.deep.equal([]);
    });

    it('holds for clusters that another engine computed', async () => {
      const given = 'cluster,Id,score\n1,003A,0.99\n1,003B,0.99\n2,003C,0.99\n2,003D,0.99\n';
      const made = await planned(dir.path, guarded(', review: 0.95'), people('12345', '12354', '7', '700'), {
        clusters: given
      });
      expect(await clusters(made)).to.deep.equal([]);
      expect(await clusters(made, 'review.csv')).to.deep.equal(['AB']);
    });
  });

  it('asks about two who agree in what many have, and leaves out those who agree in less', async () => {
    // Fifty of a hundred are Smith, ten of them in Springfield; one in a hundred is Zabriskie.
    const smiths = Array.from({ length: 100 }, (_, i) =>
      [
        `00${i}`,
        i < 50 ? 'Smith' : `Name${i}`,
        i % 5 === 0 ? 'Springfield' : `Town${i}`,
        i % 5 === 0 ? '12345' : `9${i}`
      ].join()
    );
    const rare = ['0A,Zabriskie,Springfield,12345', '0B,Zabriskie,Springfield,12345'];
    const csv = `Id,LastName,City,Zip\n${[...smiths, ...rare].join('\n')}\n`;
    const rule = (more: string): string =>
      `sobject: Contact\nmax-block: 200\nmatch:\n  - name: town\n    chance: 0.1\n    block: [LastName]\n    fields:
      LastName: exact\n      City: exact\n      Zip: { compare: digits${more} }\n`;
    const counts = async (more: string): Promise<unknown> => {
      const { plan, rows } = await planned(dir.path, rule(more), csv, { name: `plan-${more.length}` });
      return [(await rows('clusters.csv')).map(({ Id }) => Id), plan.rules[0]?.reviewed];
    };
    // 102 × 0.49 × 0.22 × 0.22 Smiths would live there by chance; a postal code that only repeats the city tells nothing.
    expect(await counts('')).to.deep.equal([['0A', '0B'], 45]);
    expect(await counts(', follows: City')).to.deep.equal([[], 1]);
  });

  it('splits a chain whose ends are unlike', async () => {
    const made = await planned(
      dir.path,
      'sobject: X\nmatch:\n  - name: likeness\n    fields: { Name: levenshtein }\n    block: [Kind]\nthresholds: { merge: 0.8, review: 0.79 }\nshow: [Kind]',
      'Id,Name,Kind\n001A,aaaaaaaaaa,k\n001B,aaaaaaaabb,k\n001C,aaaaaabbbb,k\n'
    );
    expect(await clusters(made)).to.deep.equal(['AB']);
    expect(made.plan.counts).to.include({ chainsSplit: 1 });
    expect((await clusters(made, 'review.csv')).map((letters) => [...letters].sort().join(''))).to.deep.equal(['ABC']);
  });

  it('reports a cluster that is too large, and leaves it alone', async () => {
    const rows = Array.from({ length: 12 }, (_, i) => `001${String.fromCharCode(65 + i)},same@x.org`).join('\n');
    const made = await planned(dir.path, 'sobject: X\nmatch: [Email]', `Id,Email\n${rows}\n`);
    expect(made.plan.counts).to.include({ clusters: 0, oversized: 1, deletes: 0 });
    expect(made.plan.oversized[0]?.keys).to.have.length(12);
  });

  it('reports a block that is too large instead of comparing it', async () => {
    const rows = Array.from({ length: 12 }, (_, i) => `001${String.fromCharCode(65 + i)},unknown`).join('\n');
    const made = await planned(dir.path, 'sobject: X\nmatch: [Email]\nmax-block: 10', `Id,Email\n${rows}\n`);
    expect(made.plan.counts).to.include({ clusters: 0, oversized: 0 });
    expect(made.plan.rules[0]?.keys[0]?.oversized).to.deep.equal([{ value: 'unknown', records: 12 }]);
    expect(made.plan.warnings.join()).to.include('"unknown"');
  });

  it('deduplicates a file without Ids into whole rows', async () => {
    const csv = PEOPLE.replace(/^(\w+),/gm, '').replace(/^003.,/gm, '');
    const made = await planned(dir.path, PERSON, csv, { externalId: 'Student_ID__c' });
    const rows = await made.rows('updates.csv');
    expect(rows).to.have.length(6);
    expect(Object.keys(rows[0] ?? {})).to.include.members(['Student_ID__c', 'FirstName', 'SystemModstamp']);
    expect(rows.find(({ Student_ID__c }) => Student_ID__c === '103')).to.include({ Phone: '+12125550100' });
    expect(made.plan).to.include({ of: 'rows', key: 'Student_ID__c' });
  });

  it('plans from clusters that another engine computed, its guards kept', async () => {
    const given = 'cluster,Id,score\n1,003C,0.95\n1,003D,0.95\n2,003A,0.97\n2,003E,0.97\n3,003G,0.85\n3,003H,0.85\n';
    const made = await planned(dir.path, PERSON, PEOPLE, { clusters: given });
    expect(await clusters(made)).to.deep.equal(['AE']);
    expect(await clusters(made, 'review.csv')).to.deep.equal(['GH']);
    expect((await made.rows('clusters.csv'))[0]).to.include({ rule: 'given', score: '0.97' });
  });

  it('plans from pairs that another engine computed, as Splink writes them', async () => {
    const given = `match_weight,match_probability,unique_id_l,unique_id_r
9,0.97,003A,003B\n9,0.95,003B,003A\n9,0.99,003C,003D\n1,0.75,003G,003H\n-3,0.1,003A,003G\n`;
    const made = await planned(dir.path, PERSON, PEOPLE, { clusters: given });
    expect(await clusters(made)).to.deep.equal(['AB']);
    expect(await clusters(made, 'review.csv')).to.deep.equal(['GH']);
    expect((await made.rows('clusters.csv'))[0]).to.include({ rule: 'given', score: '0.97' });
  });

  it('plans from clusters that another engine computed for rows with a key of their own', async () => {
    const rows = 'rec_id,Name\nrec-1-org,Ann\nrec-1-dup-0,Anne\nrec-2-org,Ben\n';
    const made = await planned(dir.path, 'sobject: X\nstandardize: { Name: trim }', rows, {
      externalId: 'rec_id',
      clusters: 'cluster_id,unique_id\n7,rec-1-org\n7,rec-1-dup-0\n8,rec-2-org\n'
    });
    expect((await made.rows('clusters.csv')).map((row) => row['rec_id'])).to.deep.equal(['rec-1-dup-0', 'rec-1-org']);
  });

  it('asks a person where a value differs that was to be alike if present', async () => {
    const twins = `Id,FirstName,LastName,Birthdate,Email,Street
003A,Mia,Lee,2001-01-02,lee@x.org,1 Oak St\n003B,Luke,Lee,2001-01-02,lee@x.org,1 Oak St\n003C,,Lee,2001-01-02,lee@x.org,1 Oak St\n`;
    const definition = (required: string): string =>
      `sobject: X\nmatch:\n  - name: person\n    fields: { FirstName: { compare: nickname, required: ${required} }, LastName: exact, Birthdate: date, Email: email, Street: tokens }\nthresholds: { merge: 0.8, review: 0.7 }`;
    const asked = await planned(dir.path, definition('if-present'), twins, { name: 'asked' });
    expect(await clusters(asked)).to.deep.equal(['AC']);
    expect((await clusters(asked, 'review.csv')).map((letters) => [...letters].sort().join(''))).to.deep.equal(['ABC']);
    const merged = await planned(dir.path, definition('false'), twins, { name: 'merged' });
    expect((await clusters(merged)).map((letters) => [...letters].sort().join(''))).to.deep.equal(['ABC']);
    const apart = await planned(dir.path, definition('true'), twins, { name: 'apart' });
    expect([await clusters(apart), await clusters(apart, 'review.csv')]).to.deep.equal([[], []]);
  });

  it('takes long keys for different that differ in their ends', async () => {
    const made = await planned(
      dir.path,
      'sobject: X\nmatch: [Name]',
      'Id,Name\nconf/sigmod/Abadi99,a\nconf/sigmod/Abadi98,a\n'
    );
    expect(made.plan.counts).to.include({ clusters: 1, losers: 1 });
  });

  it('flags losers where it is told to', async () => {
    const definition = 'sobject: X\nmatch: [Email]\non-loser: flag:Duplicate_Of__c={survivor}';
    const made = await planned(dir.path, definition, 'Id,Email\n001A,a@x.org\n001B,A@x.org\n');
    expect(await made.rows('updates.csv')).to.deep.equal([{ Id: '001B', Duplicate_Of__c: '001A' }]);
    expect(await made.rows('deletes.csv')).to.deep.equal([]);
  });

  const REFUSED: Array<[what: string, definition: string, csv: string, error: string, given?: string]> = [
    ['a field that is not there', 'sobject: X\nmatch: [Emial]', 'Id,Email\n1,a\n', 'FieldsMissingError'],
    [
      'an Id twice',
      'sobject: X\nmatch: [Email]',
      'Id,Email\n001000000000001AAA,a\n001000000000001,b\n',
      'IdsTwiceError'
    ],
    ['clusters of unknown records', PERSON, PEOPLE, 'ClustersUnknownError', 'cluster,Id\n1,003Z\n'],
    ['pairs of unknown records', PERSON, PEOPLE, 'ClustersUnknownError', 'Id_l,Id_r,score\n003A,003Z,1\n'],
    ['scores that are none', PERSON, PEOPLE, 'ClustersScoreError', 'cluster,Id,score\n1,003A,95%\n'],
    ['clusters without the columns', PERSON, PEOPLE, 'ClustersColumnsError', 'group,Id\n1,003A\n'],
    ['a record in two clusters', PERSON, PEOPLE, 'ClustersTwiceError', 'cluster,Id\n1,003A\n2,003A\n']
  ];
  for (const [what, definition, csv, error, given] of REFUSED)
    it(`refuses ${what}`, async () => {
      const name = await planned(dir.path, definition, csv, { clusters: given }).then(
        () => 'nothing',
        (thrown: Error) => thrown.name
      );
      expect(name).to.equal(error);
    });
});
