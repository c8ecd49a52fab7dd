import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type IsolatedSf, type RunningEmulator } from '../demo/sf.ts';
import { COLUMNS } from '../demo/shipments.ts';

export type Session = { readonly url: string; readonly accessToken: string };

const PART_ROWS = 100_000;
const POLL_MS = 1000;

/** What curl needs to talk to an emulator. */
export async function sessionOf(sf: IsolatedSf, { alias, url }: RunningEmulator): Promise<Session> {
  const show = ['org', 'auth', 'show-access-token', '--target-org', alias, '--json', '--no-prompt'];
  const { result } = JSON.parse(await sf.text(...show)) as { result: { accessToken: string } };
  return { url, accessToken: result.accessToken };
}

/** Parts of a clean file that are ready to be sent, made before the clock starts. */
export async function readyParts(file: string, directory: string): Promise<string[]> {
  const parts: string[] = [];
  let rows = 0;
  let out: ReturnType<typeof createWriteStream> | undefined;
  let isQuoted = false;
  let rest = '';
  const flush = async (text: string): Promise<void> => {
    if (!out || rows >= PART_ROWS) {
      if (out) await closed(out);
      const path = join(directory, `part-${parts.length + 1}.csv`);
      parts.push(path);
      out = createWriteStream(path);
      out.write(`${COLUMNS.join(',')}\n`);
      rows = 0;
    }
    rows += 1;
    if (!out.write(text)) await once(out, 'drain');
  };
  let isHeader = true;
  for await (const chunk of createReadStream(file, { encoding: 'utf8' })) {
    rest += chunk as string;
    let start = 0;
    for (let at = 0; at < rest.length; at += 1) {
      const character = rest[at];
      if (character === '"') isQuoted = !isQuoted;
      if (character !== '\n' || isQuoted) continue;
      if (!isHeader) await flush(rest.slice(start, at + 1));
      isHeader = false;
      start = at + 1;
    }
    rest = rest.slice(start);
    isQuoted = false;
  }
  if (out) await closed(out);
  return parts;
}

/**
 * What no client can be quicker than: curl creates the jobs, uploads the parts, polls each second and fetches the results, so many at a
 * time. Nothing is read, cut, matched or written.
 */
export async function rawFloor(session: Session, parts: readonly string[], concurrency: number): Promise<void> {
  await rawJobs(session, SHIPMENTS, parts, { concurrency, pollMs: POLL_MS });
}

/** The least that carries the parts of a load out. */
export async function rawJobs(
  session: Session,
  job: object,
  parts: readonly string[],
  { concurrency, pollMs }: { readonly concurrency: number; readonly pollMs: number }
): Promise<void> {
  const waiting = [...parts];
  const lane = async (): Promise<void> => {
    for (let part = waiting.shift(); part; part = waiting.shift()) await rawJob(session, job, part, pollMs);
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
}

const SHIPMENTS = { object: 'Shipment__c', operation: 'upsert', externalIdFieldName: 'External_Id__c' };

async function rawJob(session: Session, job: object, part: string, pollMs: number): Promise<void> {
  const root = `${session.url}/services/data/v66.0/jobs/ingest`;
  const body = { ...job, contentType: 'CSV', lineEnding: 'LF' };
  const json = ['-H', 'Content-Type: application/json'];
  const { id } = JSON.parse(await curl(session, ['-X', 'POST', ...json, '-d', JSON.stringify(body), root])) as {
    id: string;
  };
  await curl(session, ['-X', 'PUT', '-H', 'Content-Type: text/csv', '-T', part, `${root}/${id}/batches`]);
  await curl(session, ['-X', 'PATCH', ...json, '-d', '{"state":"UploadComplete"}', `${root}/${id}`]);
  await jobComplete(session, `${root}/${id}`, pollMs);
  for (const result of ['successfulResults', 'failedResults', 'unprocessedrecords'])
    await curl(session, ['-o', `${part}.${result}`, `${root}/${id}/${result}`]);
}

async function jobComplete(session: Session, job: string, pollMs = POLL_MS): Promise<void> {
  for (;;) {
    const { state } = JSON.parse(await curl(session, [job])) as { state: string };
    if (state === 'JobComplete') return;
    await sleep(pollMs);
  }
}

/** The calls of its day that the org has counted, this one too. */
export async function callsCounted(session: Session): Promise<number> {
  const limits = await curl(session, [`${session.url}/services/data/v66.0/limits`]);
  const { DailyApiRequests: daily } = JSON.parse(limits) as { DailyApiRequests: { Max: number; Remaining: number } };
  return daily.Max - daily.Remaining;
}

/** When the org was done with the query that was asked last, by its own clock: milliseconds since 1970. */
export async function lastQueryEnded(session: Session): Promise<number> {
  const list = JSON.parse(await curl(session, [`${session.url}/services/data/v66.0/jobs/query`])) as {
    records: ReadonlyArray<{ createdDate: string; systemModstamp: string }>;
  };
  const last = [...list.records].sort((a, b) => Date.parse(b.createdDate) - Date.parse(a.createdDate))[0];
  if (!last) throw new Error('the org has had no query');
  return Date.parse(last.systemModstamp);
}

/**
 * The least that fetches a query's result: curl makes the job, polls each second, and writes the pages one after another. Nothing is counted,
 * proven or joined.
 * @returns the files of the pages in order, each with its header, and the time from the job's end to the last byte
 */
export async function rawPages(
  session: Session,
  query: string,
  directory: string,
  pollMs = POLL_MS
): Promise<{ readonly pages: readonly string[]; readonly fetchSeconds: number }> {
  const root = `${session.url}/services/data/v66.0/jobs/query`;
  const json = ['-H', 'Content-Type: application/json'];
  const body = JSON.stringify({ operation: 'query', query });
  const { id } = JSON.parse(await curl(session, ['-X', 'POST', ...json, '-d', body, root])) as { id: string };
  await jobComplete(session, `${root}/${id}`, pollMs);
  const startedMs = performance.now();
  const pages: string[] = [];
  for (let locator: string | undefined = ''; locator !== undefined;) {
    const page = join(directory, `page-${pages.length + 1}.csv`);
    pages.push(page);
    const from = locator === '' ? '' : `?locator=${locator}`;
    const headers = await curl(session, ['-D', '-', '-o', page, `${root}/${id}/results${from}`]);
    const next = /^sforce-locator: *(\S+)/im.exec(headers)?.[1];
    locator = next === 'null' ? undefined : next;
  }
  return { pages, fetchSeconds: (performance.now() - startedMs) / 1000 };
}

async function curl({ accessToken }: Session, args: readonly string[]): Promise<string> {
  const child = spawn('curl', [
    '-sS',
    '--fail',
    '--noproxy',
    '*',
    '-H',
    `Authorization: Bearer ${accessToken}`,
    ...args
  ]);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`curl ${args.at(-1)} ended with ${code}`);
  return text;
}

async function closed(out: ReturnType<typeof createWriteStream>): Promise<void> {
  out.end();
  await once(out, 'close');
}

export async function bytesOf(path: string): Promise<number> {
  return (await stat(path)).size;
}

export async function readUsage(path: string): Promise<{ cpuSeconds: number; peakMb: number }> {
  return JSON.parse(await readFile(path, 'utf8')) as { cpuSeconds: number; peakMb: number };
}
