import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type OrgReads } from '../../src/bulk/orgReads.js';
import { type JobId } from '../../src/bulk/job.js';
import { type LoadAsked } from '../../src/load/asked.js';
import { finish, removeSpool } from '../../src/load/finish.js';
import { LoadRun } from '../../src/load/loadRun.js';
import { openForLoad, prepare } from '../../src/load/prepare/prepare.js';
import { type Prepared, readPrepared } from '../../src/load/prepare/prepared.js';
import { sendParts } from '../../src/load/send/sendParts.js';
import { fold, isOver, type LoadState, NOTHING_YET } from '../../src/load/state.js';
import { type Journal } from '../../src/run/journal.js';
import { type LoadEvent } from '../../src/run/loadEvents.js';
import { TestClock } from '../testClock.js';
import { type FakeOrg } from './fakeOrg.js';

export const ASKED: LoadAsked = {
  operation: 'insert',
  sobject: 'Contact',
  files: [],
  map: [],
  skipColumns: [],
  emptyAsNull: false,
  validate: 'none',
  onDuplicate: 'reject',
  delimiter: 'COMMA',
  partBytes: 32,
  concurrency: 2,
  retries: 3,
  results: 'all',
  resendUnknown: false
};

/** The process was killed: nothing of it happens any more. */
export class Killed extends Error {}

/** Keeps what a load journals; what was not durable is lost with a machine that loses its power, and kept when only the process dies. */
export class MemoryJournal {
  public readonly events: LoadEvent[] = [];
  public appends = 0;
  public onAppend: (event: LoadEvent, when: 'before' | 'after') => void = () => undefined;
  private durable = 0;

  public async append(event: LoadEvent, { durable }: { durable: boolean }): Promise<void> {
    await Promise.resolve();
    this.appends += 1;
    this.onAppend(event, 'before');
    // As on disk: what a resume reads has been through JSON.
    this.events.push(JSON.parse(JSON.stringify(event)) as LoadEvent);
    if (durable) this.durable = this.events.length;
    this.onAppend(event, 'after');
  }

  /** Lines that a loss of power would take. */
  public get volatile(): number {
    return this.events.length - this.durable;
  }

  /** Returns how many lines are gone. */
  public losePower(): number {
    return this.events.splice(this.durable).length;
  }
}

/** A load in a directory, against a fake org, that can be killed anywhere and taken up again. */
export class LoadHarness {
  public readonly journal = new MemoryJournal();
  public readonly clock = new TestClock();
  public state: LoadState = NOTHING_YET;
  public readonly asked: LoadAsked;

  public constructor(
    public readonly directory: string,
    private readonly org: FakeOrg,
    asked: Partial<LoadAsked>
  ) {
    this.asked = { ...ASKED, ...asked };
  }

  /** Takes the load up where its journal ends, as a process does. */
  public async go(isAsync = false): Promise<Prepared> {
    const state = this.journal.events.reduce(fold, NOTHING_YET);
    const run = new LoadRun(
      this.directory,
      this.asked,
      { journal: this.journal as unknown as Journal, onEvent: () => undefined },
      state
    );
    const tools = { transport: this.org, clock: this.clock, random: () => 0.5, ending: new AbortController() };
    try {
      if (run.state.files && isOver(run.state)) {
        await removeSpool(run);
        return await readPrepared(this.directory);
      }
      if (run.state !== NOTHING_YET) await run.emit({ type: 'load-resumed' });
      const prepared = await this.prepared(run);
      await sendParts(run, prepared, tools, isAsync);
      if (!isAsync) await finish(run, prepared);
      return prepared;
    } finally {
      this.state = run.state;
    }
  }

  /** The data lines of a result file, header and order left out of it; empty when there is no such file. */
  public async lines(name: string): Promise<string[]> {
    const text = await this.text(name);
    return text.split('\n').slice(1, -1);
  }

  public async text(name: string): Promise<string> {
    return readFile(join(this.directory, name), 'utf8').catch(() => '');
  }

  public jobIds(): JobId[] {
    return [...this.state.parts.values()].flatMap((part) => ('jobId' in part && part.jobId ? [part.jobId] : []));
  }

  private async prepared(run: LoadRun): Promise<Prepared> {
    if (run.state.scanned) return readPrepared(this.directory);
    const opened = await openForLoad(this.asked, undefined as unknown as OrgReads);
    await prepare(opened, run, new AbortController().signal);
    return opened.prepared;
  }
}
