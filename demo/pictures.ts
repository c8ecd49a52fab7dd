import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pictureFile, section, withPage } from './browser.ts';
import { IsolatedSf, type RunningEmulator } from './sf.ts';
import { writeShipments } from './shipments.ts';

/**
 * Makes the pictures of reports that README and guides show, from a load and an export on a bad day: `node demo/pictures.ts`.
 * Those of a cleanup come from its own demo: `PICTURES=docs/images npm run demo:cleanup`.
 */
const DIRECTORY = process.env.PICTURES ?? 'docs/images';
const ROWS = 240_000;
const EXPORTED = 60_000;
const PARTIAL_SUCCESS = 68;

const UPLOAD = 'PUT /jobs/ingest/*/batches';

/** Rows that are locked or refused, a job that the org fails half-way, and an upload to whose end no answer comes. */
const BAD_DAY = {
  seed: 7,
  faults: [
    { fault: 'fail-rows', rate: 0.002, jobs: 24 },
    {
      fault: 'fail-rows',
      rate: 0.0005,
      code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      message: 'Value must be in EUR'
    },
    { fault: 'fail-job', afterRows: 5000, skip: 6, times: 1 },
    { fault: 'delay', on: UPLOAD, ms: 2500 },
    { fault: 'cut-after', on: UPLOAD, skip: 4, times: 1 }
  ]
};

/** A query whose making nobody hears of, and pages that end too soon. */
const CUT_OFF = {
  seed: 7,
  faults: [
    { fault: 'cut-after', on: 'POST /jobs/query', skip: 1, times: 1 },
    { fault: 'truncate-body', on: 'GET /jobs/query/*/results', bytes: 200_000, skip: 2, times: 3 }
  ]
};

/** Its name is in a picture. */
const extracts = await mkdtemp(join(tmpdir(), 'extract'));
const sf = await IsolatedSf.create();
let emulator: RunningEmulator | undefined;
try {
  const faults = join(sf.home, 'faults.json');
  const file = join(sf.home, 'shipments.csv');
  const key = ['--sobject', 'Shipment__c', '--external-id', 'External_Id__c'];

  await writeFile(faults, JSON.stringify(BAD_DAY));
  emulator = await sf.startEmulator(
    '--alias',
    'prod',
    '--rows-per-second',
    '500',
    '--latency',
    '500',
    '--faults',
    faults
  );
  await writeShipments(file, ROWS);
  const loaded = join(sf.home, 'loaded');
  const load = ['bulkops', 'upsert', '--target-org', 'prod', ...key, '--file', file, '--part-size', '2MB'];
  const code = await sf.run(...load, '--run-dir', loaded);
  if (code !== PARTIAL_SUCCESS) throw new Error(`the load ended with ${code}`);
  await emulator.close();
  await withPage(join(loaded, 'report.html'), { width: 980, height: 660 }, async (page) => {
    await page.screenshot({ path: pictureFile('report', DIRECTORY) });
  });
  await withPage(join(loaded, 'report.html'), { width: 980, height: 660, colorScheme: 'dark' }, async (page) => {
    await section(page, 'Jobs over time').screenshot({ path: pictureFile('report-jobs', DIRECTORY) });
  });

  const dataDir = ['--data-dir', join(sf.home, 'org')];
  emulator = await sf.startEmulator('--alias', 'prod', ...dataDir);
  await writeShipments(file, EXPORTED, { isClean: true });
  await sf.text('bulkops', 'upsert', '--target-org', 'prod', ...key, '--file', file);
  await emulator.close();
  await writeFile(faults, JSON.stringify(CUT_OFF));
  emulator = await sf.startEmulator(
    '--alias',
    'prod',
    ...dataDir,
    '--latency',
    '100',
    '--download-rate',
    '1',
    '--faults',
    faults
  );
  const exported = join(sf.home, 'exported');
  const query = [
    '--query',
    'SELECT Id, External_Id__c, Name, Value__c, Notes__c FROM Shipment__c',
    '--split-by',
    'Id',
    '--splits',
    '6'
  ];
  const output = ['--output-file', join(extracts, 'shipments.csv'), '--run-dir', exported];
  if ((await sf.run('bulkops', 'export', '--target-org', 'prod', ...query, ...output)) !== 0)
    throw new Error('the export failed');
  await withPage(join(exported, 'report.html'), { width: 1080, height: 920 }, async (page) => {
    await page.screenshot({ path: pictureFile('export-report', DIRECTORY) });
  });
} finally {
  await emulator?.close();
  await sf.close();
  await rm(extracts, { recursive: true });
}
