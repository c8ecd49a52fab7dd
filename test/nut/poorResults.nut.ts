import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { DEFAULT_SCHEMA } from '../../src/emulator/defaultSchema.js';
import { faultPlan } from '../../src/emulator/faults/faultFile.js';
import { type Faults, faultsOf } from '../../src/emulator/faults/faults.js';
import { field, object, Schema } from '../../src/emulator/schema.js';
import { type LoadResult } from '../../src/load/loadResult.js';
import { ALIAS, EmulatedOrg } from './emulatedOrg.js';

const externalId = { externalId: true, idLookup: true, unique: true } as const;
const SCHEMA = new Schema([
  object('Ledger__c', 'a05', [
    field('Name', 'string', { length: 80 }),
    field('No__c', 'double', { precision: 12, scale: 3, ...externalId }),
    field('Code__c', 'string', { length: 40, ...externalId })
  ]),
  ...['User', 'Organization'].flatMap((name) => DEFAULT_SCHEMA.object(name) ?? [])
]);

/** Keys as the files of other systems write them. */
const KEYS = ['00042', '.5', '7', '0912260031', '1e3', '+8'];

describe('sf bulkops where results say less than was sent', function () {
  this.timeout(120_000);
  const now: Faults = {};
  let org: EmulatedOrg;
  let runs = 0;
  before(async () => {
    org = await EmulatedOrg.create({ schema: SCHEMA, faults: now });
  });
  after(async () => org.close());

  async function load(operation: 'insert' | 'upsert', rows: readonly string[], ...more: string[]) {
    runs += 1;
    const file = join(org.sf.home, `${runs}.csv`);
    await writeFile(file, rows.map((row) => `${row}\n`).join(''));
    const what = ['--sobject', 'Ledger__c', '--file', file, '--run-dir', join(org.sf.home, `run-${runs}`), ...more];
    const { code, stdout } = await org.sf.output('bulkops', operation, '--target-org', ALIAS, ...what, '--json');
    return { code, result: (JSON.parse(stdout) as { result: LoadResult }).result };
  }

  /** What success.csv says: the Name of each record, by its Id, is the row's own. */
  async function expectOwnIds(result: LoadResult, nameAt: number): Promise<void> {
    const [, ...lines] = (await readFile(result.files.success ?? '', 'utf8')).trim().split('\n');
    const names = new Map(org.records('Ledger__c').map(({ Id: id, Name: name }) => [id, name]));
    for (const line of lines) {
      const [id = '', , ...values] = line.split(',');
      expect(names.get(id), line).to.equal(values[nameAt]);
    }
  }

  it('settles numbers of which the org was not asked, however they are written', async () => {
    const rows = ['No__c,Name', ...KEYS.map((key, at) => `${key},number ${at}`)];
    const { code, result } = await load('upsert', rows, '--external-id', 'No__c', '--validate', 'none');
    expect(result.rows).to.include({ read: KEYS.length, succeeded: KEYS.length, unaccounted: 0 });
    expect(result.warnings.join()).to.not.contain('match no row');
    expect(code).to.equal(0);
    await expectOwnIds(result, 1);
  });

  it('does not take codes for numbers', async () => {
    const rows = ['Code__c,Name', '42,short', '00042,long', '042.0,decimal', '.5,half', '0.5,also half'];
    const { code, result } = await load('upsert', rows, '--external-id', 'Code__c', '--validate', 'none');
    expect(result.rows).to.include({ succeeded: 5, unaccounted: 0 });
    expect(code).to.equal(0);
    await expectOwnIds(result, 1);
  });

  it('settles an insert whose results lack a column', async () => {
    Object.assign(now, faultsOf(faultPlan({ faults: [{ fault: 'missing-column', column: 'Code__c' }] })));
    const rows = ['Code__c,Name', 'c1,first', 'c2,second', ',third', 'c4,same', 'c5,same'];
    const { code, result } = await load('insert', rows);
    expect(result.rows).to.include({ succeeded: 3, unaccounted: 2 });
    expect(code).to.equal(1);
    await expectOwnIds(result, 1);
  });
});
