import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { IsolatedSf, type RunningEmulator } from '../demo/sf.ts';
import { writeShipments } from '../demo/shipments.ts';
import { bytesOf, rawFloor, readUsage, readyParts, sessionOf } from './floor.ts';
import { MESSY_FLAGS, writeMessyShipments } from './messyShipments.ts';
import { type Measured, printTable } from './table.ts';

/**
 * Upserts the same rows with us, with `sf data upsert bulk` and with curl (the raw floor), each on an emulator of its own, and prints ratios. Ours also
 * has them as other systems write them: with columns to be mapped, every fiftieth row twice, and every fiftieth locked when it is sent first.
 * Wall times of a busy machine say little; processor time and calls say the same everywhere.
 * `npm run bench -- upsert --rows 250000 --rows 2500000 --rows-per-second 20000`
 */
const { values } = parseArgs({
  options: {
    rows: { type: 'string', multiple: true, default: ['250000'] },
    'rows-per-second': { type: 'string', default: '20000' },
    concurrency: { type: 'string', default: '4' },
    'no-peer': { type: 'boolean', default: false }
  }
});
const USAGE = fileURLToPath(new URL('usage.cjs', import.meta.url));
const KEY = ['--external-id', 'External_Id__c'];
const concurrency = Number(values.concurrency);

const usagePath = (sf: IsolatedSf): string => join(sf.home, 'usage.json');
const sf = await IsolatedSf.create();
const measured = await IsolatedSf.create({ NODE_OPTIONS: `--require ${USAGE}`, BENCH_USAGE: usagePath(sf) }, sf.home);
const all: Measured[] = [];
try {
  for (const rows of values.rows.map(Number)) await printTable(noted(compare(rows)), 'API calls a part');
  for (const who of new Set(all.map((one) => one.who))) printGrowth(who);
} finally {
  await sf.close();
}

async function* noted(results: AsyncIterable<Measured>): AsyncGenerator<Measured> {
  for await (const one of results) {
    all.push(one);
    yield one;
  }
}

/** What the start of `sf` costs, whatever the rows, and what they cost beyond it. */
function printGrowth(who: string): void {
  const runs = all.filter((one) => one.who === who).sort((a, b) => a.rows - b.rows);
  const [least, most] = [runs[0], runs.at(-1)];
  if (least?.cpuSeconds === undefined || most?.cpuSeconds === undefined || least.rows === most.rows) return;
  const aMillion = ((most.cpuSeconds - least.cpuSeconds) / (most.rows - least.rows)) * 1e6;
  const start = least.cpuSeconds - (aMillion * least.rows) / 1e6;
  console.log(
    `\n${who}: ${start.toFixed(1)} CPU s whatever the rows, ${aMillion.toFixed(1)} CPU s each million of them`
  );
}

async function* compare(rows: number): AsyncGenerator<Measured> {
  const file = join(sf.home, `shipments-${rows}.csv`);
  await writeShipments(file, rows, { isClean: true });
  console.log(
    `\n${rows.toLocaleString('en-US')} rows, ${((await bytesOf(file)) / 1e6).toFixed(0)} MB, ${values['rows-per-second']} rows/s a job, ${concurrency} jobs`
  );
  const parts = await readyParts(file, sf.home);
  const target = (emulator: RunningEmulator): string[] => ['--target-org', emulator.alias, '--sobject', 'Shipment__c'];
  const key = [...KEY, '--file', file];
  yield timed('curl (floor)', rows, async (emulator) => {
    const session = await sessionOf(sf, emulator);
    return () => rawFloor(session, parts, concurrency);
  });
  const ours = ['--concurrency', String(concurrency), '--json'];
  yield timed('sf bulkops upsert', rows, (emulator) =>
    Promise.resolve(() => ran('bulkops', 'upsert', ...target(emulator), ...key, ...ours))
  );
  yield messy(rows, (emulator, messyFile) =>
    ran('bulkops', 'upsert', ...target(emulator), ...KEY, '--file', messyFile, ...MESSY_FLAGS, ...ours)
  );
  if (values['no-peer']) return;
  // Without --json: it prints every row then, and is ended by its own time limit before some hundred thousand are out.
  yield timed('sf data upsert bulk', rows, (emulator) =>
    Promise.resolve(
      async () => void (await ran('data', 'upsert', 'bulk', ...target(emulator), ...key, '--wait', '120'))
    )
  );
}

async function messy(
  rows: number,
  load: (emulator: RunningEmulator, file: string) => Promise<string>
): Promise<Measured> {
  const file = join(sf.home, `messy-${rows}.csv`);
  await writeMessyShipments(file, rows);
  const faults = join(sf.home, 'faults.json');
  await writeFile(faults, JSON.stringify({ faults: [{ fault: 'fail-rows', rate: 0.02, times: rows * 0.02 }] }));
  const who = 'sf bulkops upsert, mapped, with duplicates and locks';
  return timed(who, rows, (emulator) => Promise.resolve(() => load(emulator, file)), '--faults', faults);
}

/** A fresh emulator for each, so that all create and none updates. */
async function timed(
  who: string,
  rows: number,
  prepare: (emulator: RunningEmulator) => Promise<() => Promise<string | void>>,
  ...options: string[]
): Promise<Measured> {
  const emulator = await sf.startEmulator('--rows-per-second', values['rows-per-second'], ...options);
  try {
    const work = await prepare(emulator);
    const startedMs = performance.now();
    const said = await work();
    const seconds = (performance.now() - startedMs) / 1000;
    const usage = who.startsWith('sf') ? await readUsage(usagePath(sf)) : undefined;
    return { who, rows, seconds, ...usage, calls: said ? callsAPart(said) : undefined };
  } finally {
    await emulator.close();
  }
}

async function ran(...args: string[]): Promise<string> {
  return measured.text(...args);
}

/** From the result of a load; other commands don't tell. */
function callsAPart(json: string): number | undefined {
  const { apiCalls, jobs } = (JSON.parse(json) as { result: { apiCalls?: number; jobs?: unknown[] } }).result;
  return apiCalls !== undefined && jobs ? apiCalls / jobs.length : undefined;
}
