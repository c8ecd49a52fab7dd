import { rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReadStream } from 'node:fs';
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeShipments } from '../demo/shipments.ts';
import { startEmulator } from '../src/emulator/emulator.js';
import { readyParts } from './floor.ts';

/**
 * Rows a second of upsert that the emulator takes on one core, twice: all new, then all there already. It must not be what others are
 * measured by: 60,000 a second at least. `npm run bench -- emulator --rows 500000`
 */
const { values } = parseArgs({ options: { rows: { type: 'string', default: '200000' } } });
const rows = Number(values.rows);
const JOB = { object: 'Shipment__c', operation: 'upsert', externalIdFieldName: 'External_Id__c' };

const directory = await mkdtemp(join(tmpdir(), 'bulkops-bench-'));
const emulator = await startEmulator();
try {
  const file = join(directory, 'shipments.csv');
  await writeShipments(file, rows, { isClean: true });
  const parts = await readyParts(file, directory);
  console.log('| upsert | rows/s of processor time | rows/s |');
  console.log('| --- | --- | --- |');
  for (const what of ['creates', 'updates']) {
    const before = process.cpuUsage();
    const startedMs = performance.now();
    for (const part of parts) await load(part);
    const wallMs = performance.now() - startedMs;
    const { user, system } = process.cpuUsage(before);
    console.log(`| ${what} | ${perSecond((user + system) / 1000)} | ${perSecond(wallMs)} |`);
  }
} finally {
  await emulator.close();
  await rm(directory, { recursive: true });
}

async function load(part: string): Promise<void> {
  const { ingest } = emulator.org;
  const job = ingest.create(JOB, 66);
  await ingest.upload(job, createReadStream(part));
  ingest.setState(job, 'UploadComplete');
  while (job.state === 'UploadComplete' || job.state === 'InProgress') await sleep(20);
  if (job.state !== 'JobComplete' || job.failed > 0) throw new Error(`${job.state}: ${job.errorMessage ?? job.failed}`);
}

function perSecond(ms: number): string {
  return Math.round(rows / (ms / 1000)).toLocaleString('en-US');
}
