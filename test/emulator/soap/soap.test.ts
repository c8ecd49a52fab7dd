import { Connection } from '@jsforce/jsforce-node';
import { type MergeRequest, type MergeResult } from '@jsforce/jsforce-node/lib/api/soap/schema.js';
import { expect } from 'chai';
import { type OrgClient, orgClient } from '../orgClient.js';

/** jsforce's own SOAP client is the judge. */
describe('emulator: merge, undelete, emptyRecycleBin', () => {
  let org: OrgClient;
  let connection: Connection;
  let master: string;
  let loser: string;

  beforeEach(async () => {
    org = await orgClient();
    connection = new Connection({
      instanceUrl: org.emulator.org.url,
      accessToken: org.emulator.accessToken,
      version: '66.0'
    });
    master = await org.create('Account', { Name: 'Master', Phone: '1' });
    loser = await org.create('Account', { Name: 'Loser', Website: 'x.example' });
  });
  afterEach(async () => org.emulator.close());

  // jsforce's type of a request has the Id and no other field of the master.
  const request = (fields: object, loserIds: readonly string[], masterId = master) =>
    ({
      masterRecord: { type: 'Account', Id: masterId, ...fields },
      recordToMergeIds: loserIds
    }) as unknown as MergeRequest;
  const merge = async (fields: object, loserIds = [loser]): Promise<MergeResult> =>
    connection.soap.merge(request(fields, loserIds));

  it('merge gives the master its values and the losers’ children, and marks the losers', async () => {
    const contact = await org.create('Contact', { LastName: 'Child', AccountId: loser });
    const result = await merge({ fieldsToNull: 'Phone', Website: 'a & b <c>' });
    expect(result).to.deep.include({
      id: master,
      success: true,
      mergedRecordIds: [loser],
      updatedRelatedIds: [contact]
    });
    expect(await org.query('SELECT Name, Phone, Website FROM Account')).to.deep.equal([
      { Name: 'Master', Phone: null, Website: 'a & b <c>' }
    ]);
    expect(await org.query('SELECT AccountId FROM Contact')).to.deep.equal([{ AccountId: master }]);
    const { body } = await org.call(
      'GET',
      `/queryAll?q=${encodeURIComponent('SELECT MasterRecordId FROM Account WHERE IsDeleted = true')}`
    );
    expect(body).to.have.nested.property('records[0].MasterRecordId', master);
  });

  const REFUSED: Array<[sentence: string, ask: () => ReturnType<typeof merge>, code: string]> = [
    ['a loser that is the master', () => merge({}, [master]), 'MERGE_FAILED'],
    ['a loser that is gone', () => merge({}, ['001000000000999AAA']), 'INVALID_CROSS_REFERENCE_KEY'],
    ['more than two losers', () => merge({}, [loser, loser, loser]), 'INVALID_ARGUMENT_TYPE'],
    ['a field that is not there', () => merge({ Nope: '1' }), 'INVALID_FIELD']
  ];
  for (const [sentence, ask, code] of REFUSED) {
    it(`merge refuses ${sentence} and changes nothing`, async () => {
      const before = await org.query('SELECT Id, Name, SystemModstamp FROM Account');
      const result = await ask();
      expect(result.success).to.equal(false);
      expect(JSON.stringify(result.errors)).to.contain(code);
      expect(await org.query('SELECT Id, Name, SystemModstamp FROM Account')).to.deep.equal(before);
    });
  }

  it('merge refuses a cycle', async () => {
    await org.call('PATCH', `/sobjects/Account/${master}`, { ParentId: loser });
    expect(JSON.stringify(await merge({}))).to.contain('MERGE_FAILED');
  });

  it('each of several merges stands alone', async () => {
    const other = await org.create('Account', { Name: 'Other' });
    const results = await connection.soap.merge([request({}, ['001000000000999AAA']), request({}, [other])]);
    expect(results.map(({ success }) => success)).to.deep.equal([false, true]);
  });

  it('undelete brings a merged record back; its children stay with the master', async () => {
    await org.create('Contact', { LastName: 'Child', AccountId: loser });
    await merge({});
    expect(await connection.soap.undelete([loser])).to.have.nested.property('[0].success', true);
    expect(await org.query('SELECT Name, MasterRecordId FROM Account ORDER BY Name')).to.deep.equal([
      { Name: 'Loser', MasterRecordId: null },
      { Name: 'Master', MasterRecordId: null }
    ]);
    expect(await org.query('SELECT AccountId FROM Contact')).to.deep.equal([{ AccountId: master }]);
  });

  it('undelete restores children that went with their parent, and references that were emptied', async () => {
    const contact = await org.create('Contact', { LastName: 'Child', AccountId: loser });
    const shipment = await org.create('Shipment__c', { Name: 'S', Account__c: loser });
    await org.call('DELETE', `/sobjects/Account/${loser}`);
    expect(await org.query('SELECT Id FROM Contact')).to.deep.equal([]);
    expect(await org.query('SELECT Account__c FROM Shipment__c')).to.deep.equal([{ Account__c: null }]);
    expect(await connection.soap.undelete([contact])).to.have.nested.property('[0].success', false);
    expect(await connection.soap.undelete([loser])).to.have.nested.property('[0].success', true);
    expect(await org.query('SELECT Id, AccountId FROM Contact')).to.deep.equal([{ Id: contact, AccountId: loser }]);
    expect(await org.query('SELECT Id, Account__c FROM Shipment__c')).to.deep.equal([
      { Id: shipment, Account__c: loser }
    ]);
  });

  it('undelete fails for what is not deleted', async () => {
    const results = await connection.soap.undelete([master]);
    expect(JSON.stringify(results)).to.contain('UNDELETE_FAILED');
  });

  it('a child may forbid the deletion of its parent', async () => {
    await org.create('Case', { Subject: 'S', AccountId: loser });
    const { status, text } = await org.call('DELETE', `/sobjects/Account/${loser}`);
    expect(status).to.equal(400);
    expect(text).to.contain('DELETE_FAILED').and.to.contain('Loser');
    expect(await org.query('SELECT Id FROM Account')).to.have.length(2);
  });

  it('emptyRecycleBin ends a deleted record for good', async () => {
    await org.call('DELETE', `/sobjects/Account/${loser}`);
    const results = await connection.soap.emptyRecycleBin([loser, master]);
    expect(results).to.have.nested.property('[0].success', true);
    expect(results).to.have.nested.property('[1].success', false);
    expect(await connection.soap.undelete([loser])).to.have.nested.property('[0].success', false);
  });

  it('a foreign session is a fault', async () => {
    const stranger = new Connection({ instanceUrl: org.emulator.org.url, accessToken: 'nonsense', version: '66.0' });
    let code = '';
    await stranger.soap.undelete([loser]).catch((error: { errorCode: string }) => (code = error.errorCode));
    expect(code).to.equal('sf:INVALID_SESSION_ID');
  });
});
