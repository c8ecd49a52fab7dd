import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { IsolatedSf } from '../demo/sf.ts';
import { COLUMNS, writeShipments } from '../demo/shipments.ts';
import {
  callsCounted,
  lastQueryEnded,
  rawFloor,
  rawPages,
  readUsage,
  readyParts,
  type Session,
  sessionOf
} from './floor.ts';
import { type Measured, printTable } from './table.ts';

/**
 * Exports the same rows of 15 columns from one emulator as CSV with curl (the raw floor: page after page), with us, and with
 * `sf data export bulk`, and prints ratios. Ours must be byte for byte what the pages hold, else it ends with an error; of other formats
 * (`--result-format`) it must be what its manifest says, counted anew.
 *
 * How long the emulator takes for its query is nobody's merit, and differs from one time to the next: so what comes after it is told by
 * itself: `fetch s` from when the program knew of it until the output stood, `rest s` from when the org was done until the program had ended. And since most of a small export's processor time is the start of `sf`, two sizes give the
 * processor time that further rows cost.
 * `npm run bench -- export --rows 500000 --rows 5000000`, `npm run bench -- export --rows 500000 --download-rate 10`,
 * `npm run bench -- export --rows 500000 --result-format csv --result-format ndjson --result-format parquet --no-peer`
 */
const { values } = parseArgs({
  options: {
    rows: { type: 'string', multiple: true, default: ['250000'] },
    /** MB a second of each answer; without it as quick as the emulator is. */
    'download-rate': { type: 'string' },
    'result-format': { type: 'string', multiple: true, default: ['csv'] },
    'no-peer': { type: 'boolean', default: false }
  }
});
const USAGE = fileURLToPath(new URL('usage.cjs', import.meta.url));
const QUERY = `SELECT ${['Id', ...COLUMNS, 'CreatedDate', 'SystemModstamp'].join(', ')} FROM Shipment__c`;
/** As many as the emulator can use at once. */
const LOADING = 2;
/** Pages that we fetch side by side where nothing else is asked for. */
const CONCURRENCY = 4;
/** Lines that would break a table that is still being printed. */
const atEnd: string[] = [];
/** Of what is measured by size: the processor time of each program. */
const cpuSeconds = new Map<string, Array<{ readonly rows: number; readonly seconds: number }>>();

const sf = await IsolatedSf.create();
const usage = join(sf.home, 'usage.json');
const measured = await IsolatedSf.create({ NODE_OPTIONS: `--require ${USAGE}`, BENCH_USAGE: usage }, sf.home);
try {
  for (const rows of values.rows.map(Number)) await exportRows(rows);
  printFurtherRows();
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
    await printTable(compare(session, rows, ['--target-org', emulator.alias]), 'API calls', [
      'fetch s',
      '× curl’s',
      'rest s',
      'MB',
      'content'
    ]);
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
  let raw: Awaited<ReturnType<typeof rawPages>> = { pages: [], fetchSeconds: 0 };
  const floor = await timed(session, async () => {
    raw = await rawPages(session, QUERY, sf.home);
  });
  const expected = await contentOf(raw.pages);
  for (const page of raw.pages) await rm(page);
  const fetched = (seconds: number): string[] => [seconds.toFixed(1), (seconds / raw.fetchSeconds).toFixed(2)];
  const cells = [...fetched(raw.fetchSeconds), '–', megabytes(expected), expected.sha256.slice(0, 12)];
  yield { who: 'curl (floor)', rows, ...floor, more: cells };

  for (const format of values['result-format']) {
    const file = join(sf.home, `out.${format}`);
    let answer = '';
    const ours = await timed(session, async () => {
      answer = await measured.text('bulkops', 'export', '--query', QUERY, '--output-file', file, '--json', ...org);
    });
    const used = await readUsage(usage);
    const got = await contentOf([file]);
    const content = await provenContent(format, file, got, expected);
    const fetchSeconds = await secondsAfterQuery(answer);
    const rest = (ours.endedMs - (await lastQueryEnded(session))) / 1000;
    const who = `sf bulkops export${format === 'csv' ? '' : ` as ${format}`}`;
    yield noted({
      who,
      rows,
      ...ours,
      ...used,
      more: [...fetched(fetchSeconds), rest.toFixed(1), megabytes(got), content]
    });
    if (format === 'csv') printWire(got, fetchSeconds);
    for (const path of [file, `${file}.manifest.json`]) await rm(path);
  }
  if (values['no-peer']) return;

  const file = join(sf.home, 'out.csv');
  const asked = ['--query', QUERY, '--output-file', file, '--json', ...org];
  const wait = ['--wait', '120', '--line-ending', 'LF', '--column-delimiter', 'COMMA'];
  const theirs = await timed(session, () => measured.text('data', 'export', 'bulk', ...asked, ...wait));
  const peer = await contentOf([file]);
  const content = peer.sha256 === expected.sha256 ? 'the same' : 'other bytes';
  const rest = (theirs.endedMs - (await lastQueryEnded(session))) / 1000;
  // When it knew of that is told nowhere.
  const more = ['–', '–', rest.toFixed(1), megabytes(peer), content];
  yield noted({ who: 'sf data export bulk', rows, ...theirs, ...(await readUsage(usage)), more });
  await rm(file);
}

async function provenContent(format: string, file: string, got: Content, expected: Content): Promise<string> {
  if (format !== 'csv') {
    await sf.text('bulkops', 'export', 'verify', '--manifest', `${file}.manifest.json`);
    return 'verified';
  }
  if (got.sha256 !== expected.sha256) throw new Error(`the export has other bytes than the pages: ${got.sha256}`);
  return 'the same';
}

/** From the moment that our export knew of its result until the output stood: the journal has the time of each. */
async function secondsAfterQuery(answer: string): Promise<number> {
  const { result } = JSON.parse(answer) as { result: { runDir: string } };
  const lines = (await readFile(join(result.runDir, 'journal.ndjson'), 'utf8')).trimEnd().split('\n');
  const entries = lines.map((line) => JSON.parse(line) as { at: string; event: { type: string; state?: string } });
  const complete = entries.find(({ event }) => event.type === 'query-state' && event.state === 'JobComplete');
  const written = entries.find(({ event }) => event.type === 'output-written');
  if (!complete || !written)
    throw new Error(`the journal of ${result.runDir} lacks the end of the query or of the export`);
  return (Date.parse(written.at) - Date.parse(complete.at)) / 1000;
}

function noted(measurement: Measured): Measured {
  const { who, rows, cpuSeconds: seconds } = measurement;
  if (seconds !== undefined) cpuSeconds.set(who, [...(cpuSeconds.get(who) ?? []), { rows, seconds }]);
  return measurement;
}

/** Beside what the connections could have carried, where they are slowed down. */
function printWire({ bytes }: Content, fetchSeconds: number): void {
  const rate = values['download-rate'];
  if (rate === undefined) return;
  const least = bytes / (Number(rate) * 1e6 * CONCURRENCY);
  const times = (fetchSeconds / least).toFixed(2);
  atEnd.push(
    `fetch of sf bulkops export: ${times} × what ${CONCURRENCY} connections of ${rate} MB/s need (${least.toFixed(1)} s)`
  );
}

/** What each further row costs: between two sizes the start of `sf` falls out. */
function printFurtherRows(): void {
  for (const line of atEnd) console.log(`\n${line}`);
  for (const [who, sizes] of cpuSeconds) {
    const [small, large] = [sizes[0], sizes.at(-1)];
    if (!small || !large || small.rows === large.rows) continue;
    const perMillion = ((large.seconds - small.seconds) / (large.rows - small.rows)) * 1e6;
    const between = `from ${small.rows.toLocaleString('en-US')} to ${large.rows.toLocaleString('en-US')} rows`;
    console.log(`\n${who}: ${perMillion.toFixed(2)} CPU s per million further rows, ${between}`);
  }
}

type Timed = { readonly seconds: number; readonly endedMs: number; readonly calls: number };

async function timed(session: Session, work: () => Promise<unknown>): Promise<Timed> {
  const before = await callsCounted(session);
  const startedMs = performance.now();
  await work();
  const seconds = (performance.now() - startedMs) / 1000;
  const endedMs = Date.now();
  // The second question is counted too.
  return { seconds, endedMs, calls: (await callsCounted(session)) - before - 1 };
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
