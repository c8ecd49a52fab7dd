import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { readSchema } from '../../src/emulator/schemaFile.js';
import { rejection } from '../rejection.js';
import { tempDir } from '../tempDir.js';
import { orgClient } from './orgClient.js';

type Described = { name: string; keyPrefix: string; fields: unknown[] };

describe('emulator', () => {
  const dir = tempDir();

  it('keeps its records in a folder over a restart, and goes on counting', async () => {
    const first = await orgClient({ dataDir: dir.path });
    const id = await first.create('Account', { Name: 'kept', Account_No__c: '7' });
    const job = first.emulator.org.ingest.create({ object: 'Account', operation: 'insert' }, 66);
    await first.emulator.close();
    const second = await orgClient({ dataDir: dir.path, now: () => Date.now() + 60_000 });
    try {
      expect(await second.query("SELECT Id, Name FROM Account WHERE Account_No__c = '7'")).to.deep.equal([
        { Id: id, Name: 'kept' }
      ]);
      expect(await second.create('Account', { Name: 'new' })).to.not.equal(id);
      const twice = await second.call('POST', '/sobjects/Account', { Name: 'twice', Account_No__c: '7' });
      expect(twice.text).to.contain('DUPLICATE_VALUE');
      // Whoever waited for a job of before hears that it is gone, not of somebody else's.
      expect((await second.call('GET', `/jobs/ingest/${job.id}`)).status).to.equal(404);
      expect(second.emulator.org.ingest.create({ object: 'Account', operation: 'insert' }, 66).id).to.not.equal(job.id);
      expect(await second.query('SELECT Username FROM User')).to.have.length(1);
    } finally {
      await second.emulator.close();
    }
  });

  it('is the org that a schema file describes, with a user to log in', async () => {
    const origin = await orgClient();
    const describe = async (client: typeof origin, name: string): Promise<Described> =>
      (await client.call('GET', `/sobjects/${name}/describe`)).body as Described;
    const contact = await describe(origin, 'Contact');
    await origin.emulator.close();
    const path = join(dir.path, 'schema.json');
    await writeFile(path, JSON.stringify({ objects: [contact] }));
    const copy = await orgClient({ schema: await readSchema(path) });
    try {
      expect(copy.emulator.org.store.schema.objects.map(({ name }) => name)).to.have.members([
        'Contact',
        'User',
        'Organization'
      ]);
      const again = await describe(copy, 'Contact');
      expect([again.keyPrefix, again.fields]).to.deep.equal([contact.keyPrefix, contact.fields]);
      // An account can't be looked up where there are none, so any Id will do.
      await copy.create('Contact', { LastName: 'Doe', FirstName: 'Jo', AccountId: '001000000000001AAA' });
      expect(await copy.query('SELECT Name, AccountId FROM Contact')).to.deep.equal([
        { Name: 'Jo Doe', AccountId: '001000000000001AAA' }
      ]);
    } finally {
      await copy.emulator.close();
    }
  });

  const unusable: ReadonlyArray<[what: string, text: string, says: string]> = [
    ['no JSON', '{', 'JSON'],
    ['an object without fields', '{"objects":[{"name":"A"}]}', 'object 1 of the schema has no name or no fields'],
    ['a field without a type', '{"name":"A","fields":[{"name":"F"}]}', 'a field of A has no name or no type']
  ];
  for (const [what, text, says] of unusable)
    it(`says what is wrong with a schema that has ${what}`, async () => {
      const path = join(dir.path, 'schema.json');
      await writeFile(path, text);
      expect((await rejection(readSchema(path))).message).to.contain(says);
    });
});
