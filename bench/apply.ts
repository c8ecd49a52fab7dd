import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { IsolatedSf } from '../demo/sf.ts';
import { INSERTED_COLUMNS, students } from '../demo/students.ts';
import { callsCounted, rawJobs, rawPages, readUsage, type Session, sessionOf } from './floor.ts';
import { type Measured, printTable } from './table.ts';

/**
 * What a cleanup apply takes beside the Bulk jobs that it makes: curl has the same queries run and sends the same bytes as the same jobs, one
 * after another (the floor), in an org that is a copy of the one that is cleaned. Then where the rest goes, by the journal of the run.
 * `npm run bench -- apply --rows 100000 --rows-per-second 2000`
 */
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '20000' },
    /** Of one job, as an org takes them that has automations. */
    'rows-per-second': { type: 'string', default: '2000' }
  }
});
const ROWS = Number(values.rows);
const SEED = 20_261_125;
/** Every third student has a case. */
const ONE_CASE_IN = 3;
const POLL_MS = 250;
/** Jobs of a step at the same time, as apply has them. */
const CONCURRENCY = 4;
const SLOW = ['--rows-per-second', values['rows-per-second']];
const USAGE = fileURLToPath(new URL('usage.cjs', import.meta.url));
const DEFINITION = fileURLToPath(new URL('../demo/students.yaml', import.meta.url));

type Step = { readonly name: string; readonly job: object; readonly parts: readonly string[]; readonly rows: number };

const sf = await IsolatedSf.create();
const usage = join(sf.home, 'usage.json');
const measured = await IsolatedSf.create({ NODE_OPTIONS: `--require ${USAGE}`, BENCH_USAGE: usage }, sf.home);
const org = join(sf.home, 'org');
const copy = join(sf.home, 'copy');
const plan = join(sf.home, 'plan');
const applied = join(sf.home, 'applied');
try {
  await prepare();
  await cp(org, copy, { recursive: true });
  const ours = await onEmulator(org, SLOW, async (session, alias) => {
    const args = ['--plan', plan, '--run-dir', applied, '--target-org', alias, '--no-prompt', '--json'];
    const before = await queryJobs(session);
    const took = await timed(session, () => measured.output('bulkops', 'cleanup', 'apply', ...args));
    return { ...took, ...(await readUsage(usage)), queries: (await queryJobs(session)) - before };
  });
  const steps = await stepsOf(applied);
  const rows = steps.reduce((sum, step) => sum + step.rows, 0);
  const reads = (await queriesOf(applied)).slice(0, ours.queries);
  const [floor, changes] = await onEmulator(copy, SLOW, async (session) => {
    const queried = await timed(session, async () => {
      for (const query of reads) await rawPages(session, query, sf.home, POLL_MS);
    });
    const changed = await timed(session, async () => {
      for (const { job, parts } of steps)
        await rawJobs(session, job, parts, { concurrency: CONCURRENCY, pollMs: POLL_MS });
    });
    return [{ seconds: queried.seconds + changed.seconds, calls: queried.calls + changed.calls }, changed] as const;
  });
  const shapes = steps.map((step) => `${step.name} ${step.rows} rows in ${step.parts.length} jobs`);
  console.log(`${ROWS.toLocaleString('en-US')} students: ${shapes.join(', ')}; ${ours.queries} query jobs`);
  const table: Measured[] = [
    { who: 'curl, all of its jobs (floor)', rows, ...floor },
    { who: 'of that, the jobs that change records', rows, ...changes },
    { who: 'sf bulkops cleanup apply', rows, ...ours }
  ];
  await printTable(table, 'API calls');
  console.log(`\n${ours.cpuSeconds.toFixed(1)} CPU seconds in all\n`);
  await printStages(ours.seconds);
} finally {
  await sf.close();
}

/** An org with messy students and their cases, and a plan for it. */
async function prepare(): Promise<void> {
  await onEmulator(org, [], async (_, alias) => {
    const insert = async (sobject: string, table: string[][]): Promise<string> => {
      const file = join(sf.home, `${sobject}.csv`);
      await writeFile(file, stringify(table));
      const runDir = join(sf.home, `loaded-${sobject}`);
      await sf.output('bulkops', 'insert', '-s', sobject, '-f', file, '-o', alias, '--run-dir', runDir, '--json');
      return readFile(join(runDir, 'success.csv'), 'utf8');
    };
    const people = [...students(ROWS, SEED)].map((student) => INSERTED_COLUMNS.map((column) => student[column]));
    const contacts: string[][] = parse(await insert('Contact', [[...INSERTED_COLUMNS], ...people]), { from: 2 });
    const parents = contacts.filter((_row, at) => at % ONE_CASE_IN === 0);
    await insert('Case', [['Subject', 'ContactId'], ...parents.map(([id = ''], at) => [`Case ${at + 1}`, id])]);
    await sf.text('bulkops', 'cleanup', 'plan', '--definition', DEFINITION, '-o', alias, '--plan-dir', plan);
  });
}

async function onEmulator<T>(
  dataDir: string,
  options: readonly string[],
  work: (session: Session, alias: string) => Promise<T>
): Promise<T> {
  const emulator = await sf.startEmulator('--data-dir', dataDir, ...options);
  try {
    return await work(await sessionOf(sf, emulator), emulator.alias);
  } finally {
    await emulator.close();
  }
}

async function timed(session: Session, work: () => Promise<unknown>): Promise<{ seconds: number; calls: number }> {
  const callsBefore = await callsCounted(session);
  const startedMs = performance.now();
  await work();
  const seconds = (performance.now() - startedMs) / 1000;
  return { seconds, calls: (await callsCounted(session)) - callsBefore - 1 };
}

type Entry = {
  readonly at: string;
  readonly event: { readonly type: string; readonly step?: string; readonly rows?: number };
};

async function journalOf(runDir: string): Promise<readonly Entry[]> {
  const lines = (await readFile(join(runDir, 'journal.ndjson'), 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Entry);
}

/** The steps of a run in their order, and what each job was sent, ready to be sent again. */
async function stepsOf(runDir: string): Promise<Step[]> {
  const steps: Step[] = [];
  await mkdir(join(sf.home, 'parts'));
  for (const { event } of await journalOf(runDir)) {
    const { type, step: name = '', rows = 0 } = event;
    if (type !== 'step-starting' || rows === 0) continue;
    const stepDir = join(runDir, 'steps', name);
    const { asked } = JSON.parse(await readFile(join(stepDir, 'run.json'), 'utf8')) as {
      asked: { operation: string; sobject: string; files: [string]; skipColumns: string[] };
    };
    const [header = [], ...table]: string[][] = parse(await readFile(asked.files[0]), { bom: true });
    const sent = header.flatMap((column, at) => (asked.skipColumns.includes(column) ? [] : [at]));
    const parts: string[] = [];
    let from = 0;
    for (const { event: cut } of await journalOf(stepDir)) {
      if (cut.type !== 'part-cut') continue;
      const part = join(sf.home, 'parts', `${name}-${parts.length + 1}.csv`);
      const own = [header, ...table.slice(from, (from += cut.rows ?? 0))];
      await writeFile(part, stringify(own.map((row) => sent.map((at) => row[at] ?? ''))));
      parts.push(part);
    }
    steps.push({ name, job: { object: asked.sobject, operation: asked.operation }, parts, rows });
  }
  return steps;
}

/** The query jobs that the org knows of. */
async function queryJobs({ url, accessToken }: Session): Promise<number> {
  const headers = { authorization: `Bearer ${accessToken}` };
  const answer = await fetch(`${url}/services/data/v66.0/jobs/query`, { headers });
  return ((await answer.json()) as { records: unknown[] }).records.length;
}

/** What a run reads by query jobs where there is much of it: the backup, and the updated records at the end. */
async function queriesOf(runDir: string): Promise<[backup: string, verification: string]> {
  const query = async (...path: readonly string[]): Promise<string> => {
    const [header = []]: string[][] = parse(await readFile(join(runDir, ...path)), { bom: true, to: 1 });
    return `SELECT ${header.join(', ')} FROM Contact`;
  };
  return [await query('backup', 'records.csv'), await query('actions', 'verify.csv')];
}

/** The time between one event of the run and the next, under the name of what was done in it. */
async function printStages(seconds: number): Promise<void> {
  const entries = await journalOf(applied);
  const [first, last] = [entries.at(0), entries.at(-1)];
  if (!first || !last) throw new Error('the run has no journal');
  const all = (Date.parse(last.at) - Date.parse(first.at)) / 1000;
  console.log('| until | s |');
  console.log('| --- | --- |');
  for (const [index, { at, event }] of entries.entries()) {
    const before = entries[index - 1]?.at ?? at;
    const name = event.step === undefined ? event.type : `${event.type} ${event.step}`;
    console.log(`| ${name} | ${((Date.parse(at) - Date.parse(before)) / 1000).toFixed(2)} |`);
  }
  console.log(`| start and end of the process | ${(seconds - all).toFixed(2)} |`);
}
