import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { IsolatedSf } from '../demo/sf.ts';
import { writeShipments } from '../demo/shipments.ts';
import { readUsage } from './floor.ts';
import { type Measured, printTable } from './table.ts';

/**
 * What checking each value against the describe costs: the same upsert with `--validate none`, `header` and `full`, each on an emulator of its own.
 * The one to look at is the processor time. `npm run bench -- validation --rows 250000`
 */
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '250000' },
    'rows-per-second': { type: 'string', default: '100000' }
  }
});
const rows = Number(values.rows);
const USAGE = fileURLToPath(new URL('usage.cjs', import.meta.url));

const sf = await IsolatedSf.create();
const usagePath = join(sf.home, 'usage.json');
const measured = await IsolatedSf.create({ NODE_OPTIONS: `--require ${USAGE}`, BENCH_USAGE: usagePath }, sf.home);
try {
  const file = join(sf.home, 'shipments.csv');
  await writeShipments(file, rows, { isClean: true });
  await printTable(compare(file), 'API calls', ['× CPU of none']);
} finally {
  await sf.close();
}

async function* compare(file: string): AsyncGenerator<Measured> {
  let none: number | undefined;
  for (const validate of ['none', 'header', 'full']) {
    const found = await timed(file, validate);
    none ??= found.cpuSeconds;
    yield { ...found, more: [none && found.cpuSeconds ? (found.cpuSeconds / none).toFixed(2) : '–'] };
  }
}

async function timed(file: string, validate: string): Promise<Measured> {
  const emulator = await sf.startEmulator('--rows-per-second', values['rows-per-second']);
  try {
    const startedMs = performance.now();
    const text = await measured.text(
      ...['bulkops', 'upsert', '--target-org', emulator.alias, '--sobject', 'Shipment__c'],
      ...['--external-id', 'External_Id__c', '--file', file, '--validate', validate, '--json']
    );
    const seconds = (performance.now() - startedMs) / 1000;
    const { apiCalls, rows: counts } = (
      JSON.parse(text) as { result: { apiCalls: number; rows: { succeeded: number } } }
    ).result;
    if (counts.succeeded !== rows) throw new Error(`${counts.succeeded} of ${rows} rows succeeded`);
    return { who: `--validate ${validate}`, rows, seconds, ...(await readUsage(usagePath)), calls: apiCalls };
  } finally {
    await emulator.close();
  }
}
