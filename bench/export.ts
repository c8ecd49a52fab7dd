import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { IsolatedSf } from '../demo/sf.ts';
import { COLUMNS, writeShipments } from '../demo/shipments.ts';
import { callsCounted, rawFloor, rawPages, readUsage, readyParts, type Session, sessionOf } from './floor.ts';
import { type Measured, printTable } from './table.ts';

/**
 * Exports the same rows of 15 columns from one emulator as CSV with curl (the raw floor: page after page), with us, and with
 * `sf data export bulk`, and prints ratios. Ours must be byte for byte what the pages hold, else it ends with an error.
 * `npm run bench -- export --rows 500000 --rows 5000000 --download-rate 10 --no-peer`
 */
const { values } = parseArgs({
  options: {
    rows: { type: 'string', multiple: true, default: ['250000'] },
    /** MB a second of each answer; without it as quick as the emulator is. */
    'download-rate': { type: 'string' },
    'no-peer': { type: 'boolean', default: false }
  }
});
const USAGE = fileURLToPath(new URL('usage.cjs', import.meta.url));
const QUERY = `SELECT ${['Id', ...COLUMNS, 'CreatedDate', 'SystemModstamp'].join(', ')} FROM Shipment__c`;
/** As many as the emulator can use at once. */
const LOADING = 2;

const sf = await IsolatedSf.create();
const usage = join(sf.home, 'usage.json');
const measured = await IsolatedSf.create({ NODE_OPTIONS: `--require ${USAGE}`, BENCH_USAGE: usage }, sf.home);
try {
  for (const rows of values.rows.map(Number)) await exportRows(rows);
} finally {
  await sf.close();
}

async function exportRows(rows: number): Promise<void> {
  const rate = values['download-rate'];
  const emulator = await sf.startEmulator(...(rate === undefined ? [] : ['--download-rate', rate]));
  try {
    const session = await sessionOf(sf, emulator);
    await fill(session, rows);
    console.log(`\n${rows.toLocaleString('en-US')} rows × 15 columns${rate ? `, ${rate} MB/s an answer` : ''}`);
    await printTable(compare(session, rows, ['--target-org', emulator.alias]), 'API calls', ['MB', 'content']);
  } finally {
    await emulator.close();
  }
}

async function fill(session: Session, rows: number): Promise<void> {
  const file = join(sf.home, 'shipments.csv');
  await writeShipments(file, rows, { isClean: true });
  const parts = await readyParts(file, sf.home);
  await rawFloor(session, parts, LOADING);
  for (const path of [file, ...parts]) await rm(path);
}

async function* compare(session: Session, rows: number, org: readonly string[]): AsyncGenerator<Measured> {
  let pages: string[] = [];
  const floor = await timed(session, async () => {
    pages = await rawPages(session, QUERY, sf.home);
  });
  const expected = await contentOf(pages);
  for (const page of pages) await rm(page);
  yield { who: 'curl (floor)', rows, ...floor, more: [megabytes(expected), expected.sha256.slice(0, 12)] };

  const file = join(sf.home, 'out.csv');
  const asked = ['--query', QUERY, '--output-file', file, '--json', ...org];
  const ours = await timed(session, () => measured.text('bulkops', 'export', ...asked));
  const got = await contentOf([file]);
  if (got.sha256 !== expected.sha256) throw new Error(`the export has other bytes than the pages: ${got.sha256}`);
  yield { who: 'sf bulkops export', rows, ...ours, ...(await readUsage(usage)), more: [megabytes(got), 'the same'] };
  for (const path of [file, `${file}.manifest.json`]) await rm(path);
  if (values['no-peer']) return;

  const wait = ['--wait', '120', '--line-ending', 'LF', '--column-delimiter', 'COMMA'];
  const theirs = await timed(session, () => measured.text('data', 'export', 'bulk', ...asked, ...wait));
  const peer = await contentOf([file]);
  const content = peer.sha256 === expected.sha256 ? 'the same' : 'other bytes';
  yield { who: 'sf data export bulk', rows, ...theirs, ...(await readUsage(usage)), more: [megabytes(peer), content] };
  await rm(file);
}

async function timed(session: Session, work: () => Promise<unknown>): Promise<{ seconds: number; calls: number }> {
  const before = await callsCounted(session);
  const startedMs = performance.now();
  await work();
  const seconds = (performance.now() - startedMs) / 1000;
  // The second question is counted too.
  return { seconds, calls: (await callsCounted(session)) - before - 1 };
}

type Content = { readonly bytes: number; readonly sha256: string };

/** Of the files one after another, the header only once. */
async function contentOf(files: readonly string[]): Promise<Content> {
  const hash = createHash('sha256');
  let bytes = 0;
  for (const [index, file] of files.entries()) {
    let isHeader = index > 0;
    for await (const chunk of createReadStream(file)) {
      let rest = chunk as Buffer;
      if (isHeader) {
        const end = rest.indexOf('\n'); // names of columns hold no line ends
        isHeader = end < 0;
        rest = end < 0 ? rest.subarray(rest.length) : rest.subarray(end + 1);
      }
      bytes += rest.length;
      hash.update(rest);
    }
  }
  return { bytes, sha256: hash.digest('hex') };
}

function megabytes({ bytes }: Content): string {
  return (bytes / 1e6).toFixed(0);
}
