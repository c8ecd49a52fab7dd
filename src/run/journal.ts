import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Messages } from '@salesforce/core';
import { PRIVATE_FILE } from './durably.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'run');

const FILE_NAME = 'journal.ndjson';
const CHAIN_DIGITS = 16;

export type JournalEntry<Event> = {
  /** Counts from 1. */
  readonly n: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly event: Event;
};

/**
 * The memory of a run: one JSON line for each event, `{"n","at","event","chain"}`, only ever added to. `chain` is the beginning of the
 * SHA-256 of the line before it and of this line's own text, so that no line can be changed, dropped or moved unnoticed.
 */
export class Journal<Event = unknown> {
  private constructor(
    private readonly file: FileHandle,
    private readonly now: () => number,
    private last: { n: number; chain: string },
    private queue: Promise<void> = Promise.resolve()
  ) {}

  /**
   * Opens the journal of a run directory, new or old, to go on with it; a last line that a crash cut short is removed.
   * @throws SfError `JournalTamperedError`
   */
  public static async open<Event>(
    runDir: string,
    now: () => number = Date.now
  ): Promise<{ journal: Journal<Event>; entries: Array<JournalEntry<Event>> }> {
    const path = join(runDir, FILE_NAME);
    const file = await open(path, 'a+', PRIVATE_FILE);
    try {
      const { entries, chain, bytes } = parse<Event>(await file.readFile(), path);
      await file.truncate(bytes);
      return { journal: new Journal<Event>(file, now, { n: entries.length, chain }), entries };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /**
   * Appends an event. Where it is to be durable, it is on disk when the promise is fulfilled, and so is everything before it.
   * @throws the file system's error, of this write or of an earlier one: what follows a line that is not whole could never be read
   */
  public append(event: Event, { durable }: { readonly durable: boolean }): Promise<void> {
    const line = this.nextLine(event);
    const written = this.queue.then(async () => {
      await this.file.appendFile(line);
      if (durable) await this.file.datasync();
    });
    this.queue = written;
    // Every caller has the error from its own promise; the queue's is nobody's.
    written.catch(() => undefined);
    return written;
  }

  /** Lets nothing more be written: whoever appends has the error, before the step that leans on it. */
  public breakOff(error: Error): void {
    this.queue = Promise.reject(error);
    this.queue.catch(() => undefined);
  }

  public async close(): Promise<void> {
    try {
      await this.queue.catch(() => undefined); // whoever wrote was told
      await this.file.datasync();
    } finally {
      await this.file.close();
    }
  }

  private nextLine(event: Event): string {
    const n = this.last.n + 1;
    const payload = JSON.stringify({ n, at: new Date(this.now()).toISOString(), event });
    const chain = chained(this.last.chain, payload);
    this.last = { n, chain };
    return `${payload.slice(0, -1)},"chain":"${chain}"}\n`;
  }
}

/**
 * The entries of a run directory's journal, without the one that a crash cut short.
 * @throws SfError `JournalTamperedError`; the file system's error where there is none
 */
export async function readJournal<Event>(runDir: string): Promise<Array<JournalEntry<Event>>> {
  const path = join(runDir, FILE_NAME);
  return parse<Event>(await readFile(path), path).entries;
}

function parse<Event>(
  content: Buffer,
  path: string
): { entries: Array<JournalEntry<Event>>; chain: string; bytes: number } {
  const entries: Array<JournalEntry<Event>> = [];
  let chain = '';
  let bytes = 0;
  for (let end = content.indexOf(0x0a); end >= 0; end = content.indexOf(0x0a, bytes)) {
    const line = content.toString('utf8', bytes, end);
    const found = LINE.exec(line);
    const payload = `${found?.[1] ?? ''}}`;
    chain = chained(chain, payload);
    if (found?.[2] !== chain) throw messages.createError('journalTampered', [entries.length + 1, path]);
    entries.push(JSON.parse(payload) as JournalEntry<Event>);
    bytes = end + 1;
  }
  return { entries, chain, bytes };
}

/** With `s`, since JSON leaves the line separators of Unicode as they are. */
const LINE = new RegExp(`^(\\{.*),"chain":"([0-9a-f]{${CHAIN_DIGITS}})"\\}$`, 's');

function chained(before: string, payload: string): string {
  return createHash('sha256').update(before).update(payload).digest('hex').slice(0, CHAIN_DIGITS);
}
