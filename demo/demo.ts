import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { IsolatedSf, type RunningEmulator } from './sf.ts';
import { brokenRows, writeShipments } from './shipments.ts';

/** The main job from end to end, on the embedded emulator and through the real `sf`: `npm run demo`. */
const ROWS = 200_000;
const PARTIAL_SUCCESS = 68;

const sf = await IsolatedSf.create();
let emulator: RunningEmulator | undefined;
try {
  say('1. A local org, known to sf as bulkops-emulator');
  emulator = await sf.startEmulator();
  console.log(`   ${emulator.url}`);

  say(
    `2. A file of ${ROWS.toLocaleString('en-US')} shipments: quotes, commas and newlines in values, Unicode, a BOM, a few bad rows`
  );
  const file = join(sf.home, 'shipments.csv');
  await writeShipments(file, ROWS);
  console.log(`   ${file}, ${((await stat(file)).size / 1e6).toFixed(1)} MB`);

  say('3. sf bulkops upsert --sobject Shipment__c --external-id External_Id__c --file shipments.csv');
  const runDir = join(sf.home, 'run');
  const upsert = ['--sobject', 'Shipment__c', '--external-id', 'External_Id__c', '--file', file];
  const code = await sf.run('bulkops', 'upsert', '--target-org', emulator.alias, ...upsert, '--run-dir', runDir);
  expect(code === PARTIAL_SUCCESS, `exit code ${code}, which says: done, but some rows failed`);

  say('4. failed.csv: what is wrong with which row');
  for await (const line of createInterface({ input: createReadStream(join(runDir, 'failed.csv')) }))
    console.log(`   ${line}`);

  say('5. The org counts its records: sf data query');
  const query = ['--query', 'SELECT count() FROM Shipment__c', '--json'];
  const { result } = JSON.parse(await sf.text('data', 'query', '--target-org', emulator.alias, ...query)) as {
    result: { totalSize: number };
  };
  const { rows } = JSON.parse(await readFile(join(runDir, 'summary.json'), 'utf8')) as { rows: Record<string, number> };
  const broken = brokenRows(ROWS);
  expect(
    result.totalSize === ROWS - broken,
    `${result.totalSize} records in the org: ${ROWS} rows less ${broken} bad ones`
  );
  expect(
    rows.succeeded === result.totalSize && (rows.failed ?? 0) + (rows.rejected ?? 0) === broken,
    'the run counts the same'
  );
  console.log('\nThe demo went as it should.');
} finally {
  await emulator?.close();
  await sf.close();
}

function say(text: string): void {
  console.log(`\n${text}`);
}

function expect(isSo: boolean, text: string): void {
  console.log(`   ${isSo ? '✓' : '✗'} ${text}`);
  if (!isSo) throw new Error(`the demo expected otherwise: ${text}`);
}
