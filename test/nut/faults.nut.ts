import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { faultPlan } from '../../src/emulator/faults/faultFile.js';
import { type Faults, faultsOf } from '../../src/emulator/faults/faults.js';
import { type LoadResult } from '../../src/load/loadResult.js';
import { ALIAS, EmulatedOrg } from './emulatedOrg.js';

const ROWS = 12_000;

/** Whatever the network and the org do: each row once in the org, and each with its fate. */
const FAULTS: ReadonlyArray<{ what: string; faults: readonly object[] }> = [
  { what: 'an answer to create that never comes', faults: [{ fault: 'cut-after', on: 'POST /jobs/ingest', times: 1 }] },
  { what: 'an upload that is cut', faults: [{ fault: 'cut-upload', on: 'PUT /jobs/ingest/*/batches', times: 2 }] },
  {
    what: 'an answer to an upload that never comes',
    faults: [{ fault: 'cut-after', on: 'PUT /jobs/ingest/*/batches', times: 1 }]
  },
  {
    what: 'requests and answers of UploadComplete that are lost',
    faults: [
      { fault: 'cut-before', on: 'PATCH /jobs/ingest/*', times: 1 },
      { fault: 'cut-after', on: 'PATCH /jobs/ingest/*', times: 1, skip: 1 }
    ]
  },
  {
    what: 'results that break off, an overloaded server and an expired session',
    faults: [
      { fault: 'cut-body', on: 'GET /jobs/ingest/*/successfulResults', times: 2 },
      { fault: 'unavailable', on: 'GET /jobs/ingest/*', times: 2 },
      { fault: 'too-many-requests', on: 'POST /jobs/ingest', times: 1 },
      { fault: 'unauthorized', on: 'GET /jobs/ingest/*/failedResults', times: 1 }
    ]
  },
  { what: 'rows that are locked', faults: [{ fault: 'fail-rows', rate: 0.05, jobs: 3 }] },
  { what: 'a job that fails half-way', faults: [{ fault: 'fail-job', afterRows: 4000, times: 1 }] }
];

describe('sf bulkops under faults', function () {
  this.timeout(120_000);
  /** What goes wrong now: the org is the same for all. */
  const now: Faults = {};
  let org: EmulatedOrg;
  let loads = 0;
  before(async () => {
    org = await EmulatedOrg.create({ faults: now });
  });
  after(async () => org.close());

  for (const { what, faults } of FAULTS)
    for (const operation of ['insert', 'upsert'] as const)
      it(`${operation}s each row once in spite of ${what}`, async () => {
        Object.assign(now, faultsOf(faultPlan({ seed: 7, faults })));
        loads += 1;
        const prefix = `LOAD${loads}-`;
        const file = join(org.sf.home, 'rows.csv');
        const rows = Array.from({ length: ROWS }, (_, at) => `${prefix}${at},name ${at % 100}\n`);
        await writeFile(file, `External_Id__c,Name\n${rows.join('')}`);
        const key = operation === 'upsert' ? ['--external-id', 'External_Id__c'] : [];
        const what = ['--sobject', 'Shipment__c', '--file', file, ...key];
        const { code, stdout } = await org.sf.output('bulkops', operation, '--target-org', ALIAS, ...what, '--json');
        const { result } = JSON.parse(stdout) as { result: LoadResult };
        expect(code, stdout).to.equal(0);
        expect(result.rows).to.include({ read: ROWS, succeeded: ROWS, failed: 0, unaccounted: 0 });
        const stored = org
          .records('Shipment__c')
          .map((record) => String(record.External_Id__c))
          .filter((key) => key.startsWith(prefix));
        expect(new Set(stored).size).to.equal(ROWS);
        expect(stored).to.have.length(ROWS);
      });
});
