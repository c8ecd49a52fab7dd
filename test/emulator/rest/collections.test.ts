import { expect } from 'chai';
import { type OrgClient, orgClient } from '../orgClient.js';

type Result = {
  id?: string;
  success: boolean;
  created?: boolean;
  errors: Array<{ statusCode: string; message: string; fields: string[] }>;
};

describe('emulator: sObject collections', () => {
  let org: OrgClient;
  beforeEach(async () => {
    org = await orgClient();
  });
  afterEach(async () => org.emulator.close());

  const account = (fields: object) => ({ attributes: { type: 'Account' }, ...fields });
  const codes = (results: unknown) =>
    (results as Result[]).map(({ success, errors }) => (success ? 'ok' : errors[0]?.statusCode));

  it('creates, updates, reads and deletes records, results in the order of the request', async () => {
    const created = await org.call('POST', '/composite/sobjects', {
      records: [
        account({ Name: 'A' }),
        account({ Phone: '1' }),
        { attributes: { type: 'Lead' }, LastName: 'L', Company: 'C' },
        { Name: 'B' }
      ]
    });
    expect(created.status).to.equal(200);
    expect(codes(created.body)).to.deep.equal(['ok', 'REQUIRED_FIELD_MISSING', 'ok', 'INVALID_TYPE']);
    expect((created.body as Result[])[1]).to.deep.equal({
      success: false,
      errors: [
        { statusCode: 'REQUIRED_FIELD_MISSING', message: 'Required fields are missing: [Name]', fields: ['Name'] }
      ]
    });
    const [first = { id: '' }] = created.body as Result[];
    const updated = await org.call('PATCH', '/composite/sobjects', {
      records: [account({ id: first.id, Name: 'A2', Nope: 1 }), account({ id: first.id, Name: 'A3' })]
    });
    expect(codes(updated.body)).to.deep.equal(['INVALID_FIELD', 'ok']);
    const read = await org.call(
      'GET',
      `/composite/sobjects/Account?ids=${first.id ?? ''},001000000000999AAA&fields=Id,name`
    );
    expect(read.body).to.deep.equal([
      {
        attributes: { type: 'Account', url: `/services/data/v66.0/sobjects/Account/${first.id ?? ''}` },
        Id: first.id,
        Name: 'A3'
      },
      null
    ]);
    const deleted = await org.call('DELETE', `/composite/sobjects?ids=${first.id ?? ''},001000000000999AAA`);
    expect(codes(deleted.body)).to.deep.equal(['ok', 'INVALID_CROSS_REFERENCE_KEY']);
    expect(await org.query('SELECT Name FROM Account')).to.deep.equal([]);
  });

  it('upserts by an external ID and says what was created', async () => {
    const upsert = async (Name: string) =>
      (
        await org.call('PATCH', '/composite/sobjects/Account/Account_No__c', {
          records: [account({ Account_No__c: '7', Name })]
        })
      ).body as Result[];
    expect((await upsert('A'))[0]).to.include({ success: true, created: true });
    expect((await upsert('B'))[0]).to.include({ success: true, created: false });
    expect(await org.query('SELECT Name FROM Account')).to.deep.equal([{ Name: 'B' }]);
  });

  it('with allOrNone one bad record undoes the others', async () => {
    const { body } = await org.call('POST', '/composite/sobjects', {
      allOrNone: true,
      records: [account({ Name: 'A' }), account({})]
    });
    expect(codes(body)).to.deep.equal(['ALL_OR_NONE_OPERATION_ROLLED_BACK', 'REQUIRED_FIELD_MISSING']);
    expect(await org.query('SELECT Id FROM Account')).to.deep.equal([]);
  });

  it('takes 200 records and not one more', async () => {
    const records = Array.from({ length: 201 }, (_, number) => account({ Name: String(number) }));
    const { status, text } = await org.call('POST', '/composite/sobjects', { records });
    expect(status).to.equal(400);
    expect(text).to.contain('EXCEEDED_ID_LIMIT');
    expect((await org.call('POST', '/composite/sobjects', { records: records.slice(1) })).body).to.have.length(200);
  });
});
