import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { IsolatedSf } from '../demo/sf.ts';
import { writeShipments } from '../demo/shipments.ts';

/**
 * The same upsert without locks and with them, each on an emulator of its own: a twentieth of the rows is locked at the first attempt, and a
 * tenth of those at the second and the third one too. All succeed in the end. Some pairs, as one run on a busy machine says little.
 * `npm run bench -- locks --rows 100000 --rows-per-second 20000 --pairs 5`
 */
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    'rows-per-second': { type: 'string', default: '20000' },
    pairs: { type: 'string', default: '3' }
  }
});
const rows = Number(values.rows);
const ONCE = Math.round(rows * 0.05);
const THREE_TIMES = Math.round(rows * 0.005);

const sf = await IsolatedSf.create();
try {
  const file = join(sf.home, 'shipments.csv');
  await writeShipments(file, rows, { isClean: true });
  const faults = join(sf.home, 'faults.json');
  await writeFile(faults, JSON.stringify({ faults: lockFaults() }));
  const ratios: number[] = [];
  for (let pair = 1; pair <= Number(values.pairs); pair += 1) {
    const without = await timed(file);
    const withLocks = await timed(file, '--faults', faults);
    console.log(`without locks: ${without.seconds.toFixed(1)} s, ${without.succeeded} of ${rows} rows succeeded`);
    console.log(
      `with locks: ${withLocks.seconds.toFixed(1)} s, ${withLocks.succeeded} of ${rows} rows succeeded, ${withLocks.retried} retried`
    );
    ratios.push(withLocks.seconds / without.seconds);
  }
  console.log(`ratios: ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}`);
} finally {
  await sf.close();
}

/**
 * A fault sees the rows that those before it have left, so it is told by their number which attempt it is in. Its rate is above its share of the
 * rows: chance spreads the locks, and `times` makes them so many.
 */
function lockFaults(): object[] {
  return [
    { fault: 'fail-rows', rate: 0.055, times: ONCE },
    { fault: 'fail-rows', rate: 0.14, skip: rows - ONCE, times: THREE_TIMES },
    { fault: 'fail-rows', skip: rows - THREE_TIMES, times: THREE_TIMES }
  ];
}

async function timed(
  file: string,
  ...options: string[]
): Promise<{ seconds: number; succeeded: number; retried: number }> {
  const emulator = await sf.startEmulator('--rows-per-second', values['rows-per-second'], ...options);
  try {
    const what = ['--sobject', 'Shipment__c', '--external-id', 'External_Id__c', '--file', file];
    const startedMs = performance.now();
    const text = await sf.text('bulkops', 'upsert', '--target-org', emulator.alias, ...what, '--json');
    const seconds = (performance.now() - startedMs) / 1000;
    const { result } = JSON.parse(text) as { result: { rows: { succeeded: number; retried: number } } };
    return { seconds, succeeded: result.rows.succeeded, retried: result.rows.retried };
  } finally {
    await emulator.close();
  }
}
