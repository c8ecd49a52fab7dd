import { join } from 'node:path';
import { expect } from 'chai';
import { COLUMNS, shipment, writeShipments } from '../../demo/shipments.ts';
import { type LoadResult } from '../../src/load/loadResult.js';
import { ALIAS, checksum, EmulatedOrg } from '../nut/emulatedOrg.js';

const ROWS = Number(process.env.TORTURE_ROWS ?? 2_500_000);
const NUMBERS = new Set(['Weight_Kg__c', 'Value__c', 'Pieces__c']);

describe(`an upsert of ${ROWS.toLocaleString('en-US')} rows`, () => {
  let org: EmulatedOrg;

  before(async () => {
    org = await EmulatedOrg.create();
  });
  after(async () => org.close());

  it('leaves the org with exactly what the file has', async () => {
    const file = join(org.sf.home, 'shipments.csv');
    await writeShipments(file, ROWS, { isClean: true });
    const what = ['--sobject', 'Shipment__c', '--external-id', 'External_Id__c', '--file', file];
    const { result } = JSON.parse(await org.sf.text('bulkops', 'upsert', '--target-org', ALIAS, ...what, '--json')) as {
      result: LoadResult;
    };
    expect(result.rows).to.include({ read: ROWS, succeeded: ROWS, created: ROWS, failed: 0, unaccounted: 0 });
    expect(checksum(stored(org))).to.equal(checksum(sent()));
  });
});

function* stored({ emulator }: EmulatedOrg): Generator<unknown[]> {
  const { store } = emulator.org;
  const object = store.schema.object('Shipment__c');
  if (!object) throw new Error('the emulated org has no shipments');
  for (const record of store.table(object).records({ includeDeleted: false }))
    yield COLUMNS.map((column) => record[column] ?? '');
}

function* sent(): Generator<unknown[]> {
  for (let number = 1; number <= ROWS; number += 1)
    yield shipment(number).map((value, at) => (NUMBERS.has(COLUMNS[at] ?? '') ? Number(value) : value));
}
