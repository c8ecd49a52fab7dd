import { expect } from 'chai';
import { type OrgClient, orgClient } from '../orgClient.js';

type Answer = { totalSize: number; done: boolean; records: unknown[]; nextRecordsUrl?: string };

describe('emulator: query', () => {
  let org: OrgClient;
  let parent: string;
  let child: string;
  before(async () => {
    org = await orgClient();
    parent = await org.create('Account', { Name: 'Parent' });
    child = await org.create('Account', { Name: 'Child', ParentId: parent });
  });
  after(async () => org.emulator.close());

  const query = async (soql: string) => (await org.call('GET', `/query?q=${encodeURIComponent(soql)}`)).body as Answer;
  const account = (id: string) => ({ type: 'Account', url: `/services/data/v66.0/sobjects/Account/${id}` });

  it('gives records and parents their attributes, though no Id is asked for, and null for no parent', async () => {
    const { userId } = org.emulator.org;
    const user = {
      attributes: { type: 'User', url: `/services/data/v66.0/sobjects/User/${userId}` },
      Name: 'Emulated User'
    };
    expect(
      await query('SELECT Name, Parent.Name, Parent.Owner.Name, Parent.Parent.Name FROM Account ORDER BY Name')
    ).to.deep.equal({
      totalSize: 2,
      done: true,
      records: [
        {
          attributes: account(child),
          Name: 'Child',
          Parent: { attributes: account(parent), Name: 'Parent', Owner: user, Parent: null }
        },
        { attributes: account(parent), Name: 'Parent', Parent: null }
      ]
    });
  });

  it('gives aggregates as AggregateResult, and count() as totalSize alone', async () => {
    expect(
      await query('SELECT Parent.Name, COUNT(Id) n, MAX(Name) FROM Account GROUP BY Parent.Name ORDER BY Parent.Name')
    ).to.deep.equal({
      totalSize: 2,
      done: true,
      records: [
        { attributes: { type: 'AggregateResult' }, Name: null, n: 1, expr0: 'Parent' },
        { attributes: { type: 'AggregateResult' }, Name: 'Parent', n: 1, expr0: 'Child' }
      ]
    });
    expect(await query('SELECT count() FROM Account')).to.deep.equal({ totalSize: 2, done: true, records: [] });
  });

  it('gives 2,000 records at a time', async () => {
    const table = org.emulator.org.store.table(org.emulator.org.store.schema.object('Lead') ?? expect.fail());
    for (let number = 0; number < 2001; number++)
      table.insert(
        new Map([
          ['LastName', 'L'],
          ['Company', 'C']
        ]),
        0
      );
    const first = await query('SELECT Id FROM Lead');
    expect(first).to.include({ totalSize: 2001, done: false });
    const { body } = await org.call('GET', first.nextRecordsUrl ?? '');
    expect(body).to.deep.include({ totalSize: 2001, done: true }).and.have.nested.property('records.length', 1);
  });
});
