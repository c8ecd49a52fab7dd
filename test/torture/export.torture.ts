import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { faultPlan } from '../../src/emulator/faults/faultFile.js';
import { faultsOf, PAGE_FAULTS } from '../../src/emulator/faults/faults.js';
import { type OutputAsked } from '../../src/export/asked.js';
import { verifyExport } from '../../src/export/verify/verify.js';
import { tempDir } from '../tempDir.js';
import { ExportOrg } from '../export/exportOrg.js';

/** Ends the process's part of an export: nothing of it happens any more. */
class Killed extends Error {}

const FORMATS: Array<[name: string, output: Partial<OutputAsked>]> = [
  ['out.csv', { format: 'csv' }],
  ['out.csv.gz', { format: 'csv', isPacked: true }],
  ['out.ndjson', { format: 'ndjson', chunkRows: 30 }],
  ['out.json', { format: 'json' }],
  ['out.parquet', { format: 'parquet' }]
];

const RESULTS = '/jobs/query/*/results';
const FAULTS: Array<[says: string, faults: Array<Record<string, unknown>>]> = [
  ['no fault', []],
  ...PAGE_FAULTS.map((fault): (typeof FAULTS)[number] => [fault, [{ fault, on: RESULTS, skip: 2, times: 3 }]]),
  ['cut bodies', [{ fault: 'cut-body', on: RESULTS, skip: 1, times: 3, bytes: 300 }]],
  [
    '401, 429 and HTML',
    [
      { fault: 'unauthorized', on: RESULTS, skip: 1, times: 1 },
      { fault: 'too-many-requests', on: RESULTS, skip: 3, times: 2 },
      { fault: 'unavailable', on: '/jobs/query/*', times: 2 }
    ]
  ],
  ['a lost answer to the job', [{ fault: 'cut-after', on: 'POST /jobs/query', times: 1 }]]
];

describe('torture: exports', () => {
  const dir = tempDir();
  const ROWS = 95;

  async function files(): Promise<Map<string, string>> {
    const names = (await readdir(dir.path)).filter((name) => name.startsWith('out') && !name.includes('manifest'));
    const found = new Map<string, string>();
    for (const name of names.sort()) found.set(name, (await readFile(join(dir.path, name))).toString('base64'));
    return found;
  }

  async function clear(): Promise<void> {
    for (const name of await readdir(dir.path)) await rm(join(dir.path, name), { recursive: true });
  }

  for (const version of ['66.0', '57.0'])
    for (const [name, output] of FORMATS)
      for (const [says, faults] of FAULTS)
        it(`${name} over v${version} with ${says}: the same files, killed after each event or not`, async () => {
          const quiet = await ExportOrg.create(ROWS);
          const undisturbed = quiet.asked(dir.path, {}, { ...output, path: join(dir.path, name) });
          await quiet.export(undisturbed, join(dir.path, 'run'));
          const expected = await files();
          await quiet.close();
          let killAt = 0;
          for (let isKilled = true; isKilled; killAt += 3) {
            await clear();
            const org = await ExportOrg.create(ROWS, { faults: faultsOf(faultPlan({ faults })) }, version);
            // Another job, of which a page may come; where none may, it would only use up faults.
            if (says === 'foreign-page') await org.whole();
            const asked = org.asked(dir.path, {}, { ...output, path: join(dir.path, name) });
            let seen = 0;
            org.onEvent = () => {
              if ((seen += 1) === killAt) throw new Killed();
            };
            isKilled = await org.export(asked, join(dir.path, 'run')).then(
              () => false,
              (error: unknown) => {
                if (!(error instanceof Killed)) throw error;
                return true;
              }
            );
            if (killAt === 0) isKilled = true;
            org.onEvent = () => undefined;
            const result = await org.resume(join(dir.path, 'run'));
            expect(result, `killed after event ${killAt}`).to.include({ status: 'Success' });
            expect(await files(), `killed after event ${killAt}`).to.deep.equal(expected);
            expect((await verifyExport(join(dir.path, 'out.csv.manifest.json'))).status).to.equal('Success');
            await org.close();
          }
        });
});
