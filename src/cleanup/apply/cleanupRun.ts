import { join } from 'node:path';
import { type Connection } from '@salesforce/core';
import { type OrgReads } from '../../bulk/orgReads.js';
import { type LoadWorld } from '../../load/load.js';
import { type CleanupEvent, type CleanupStepName } from '../../run/cleanupEvents.js';
import { type JournalEntry } from '../../run/journal.js';
import { type OpenRun, type RunRecord } from '../../run/run.js';
import { type CleanupResult } from '../cleanupResult.js';
import { type OrgReader } from '../org/orgReader.js';

/** What applying and undoing are given from outside. */
export type CleanupWorld = Omit<LoadWorld, 'onEvent' | 'connection' | 'writeReport'> & {
  readonly connection: Connection;
  readonly reads: OrgReads;
  readonly read: OrgReader;
  readonly onEvent: (event: CleanupEvent) => void;
  /** Of the load that carries out a step. */
  readonly onLoadEvent: LoadWorld['onEvent'];
  /** Writes the page for people of a run that this process leaves, and returns its path. */
  readonly writeReport?: (run: RunRecord, directory: string, result: CleanupResult) => Promise<string>;
};

/** Losers, and where the journal has it the survivor of each. */
type Doubtful = { readonly losers: readonly string[]; readonly survivors?: readonly string[] };

type Finished = { readonly succeeded: number; readonly failed: number };

/** What a journal says of a cleanup so far. */
export type CleanupState = {
  readonly done: ReadonlySet<CleanupEvent['type']>;
  /** The rows of each step that was begun. */
  readonly started: ReadonlyMap<CleanupStepName, number>;
  readonly finished: ReadonlyMap<CleanupStepName, Finished>;
  /** Losers of merge calls that were asked for and not answered. */
  readonly doubtful: ReadonlyMap<number, Doubtful>;
  /** Losers that the platform has merged, by call. */
  readonly merged: ReadonlyArray<readonly string[]>;
  readonly events: readonly CleanupEvent[];
};

export const NOTHING_DONE: CleanupState = {
  done: new Set(),
  started: new Map(),
  finished: new Map(),
  doubtful: new Map(),
  merged: [],
  events: []
};

/** The state after one more event. Pure. A cleanup has some dozen steps and a merge event for 200 clusters, so copying is cheap. */
export function fold(state: CleanupState, event: CleanupEvent): CleanupState {
  const next = { ...state, done: new Set([...state.done, event.type]), events: [...state.events, event] };
  switch (event.type) {
    case 'step-starting':
      return { ...next, started: new Map([...state.started, [event.step, event.rows]]) };
    case 'step-finished':
      return { ...next, finished: new Map([...state.finished, [event.step, event]]) };
    case 'merging':
      return { ...next, doubtful: new Map([...state.doubtful, [event.batch, event]]) };
    case 'merged':
      return {
        ...next,
        doubtful: new Map([...state.doubtful].filter(([batch]) => batch !== event.batch)),
        merged: [...state.merged, event.merged]
      };
    default:
      return next;
  }
}

/** What is on disk of an apply or an undo, whether somebody works on it or not. */
export class KnownCleanup {
  public state: CleanupState;

  public constructor(
    public readonly record: RunRecord,
    private readonly directory: string,
    entries: ReadonlyArray<JournalEntry<CleanupEvent>>
  ) {
    this.state = entries.reduce((before, { event }) => fold(before, event), NOTHING_DONE);
  }

  public path(...parts: readonly string[]): string {
    return join(this.directory, ...parts);
  }

  public has(type: CleanupEvent['type']): boolean {
    return this.state.done.has(type);
  }

  public get warnings(): string[] {
    return this.state.events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
  }
}

/** An apply or an undo under way in its run directory. */
export class CleanupRun extends KnownCleanup {
  public constructor(
    private readonly open: OpenRun<CleanupEvent>,
    public readonly world: CleanupWorld
  ) {
    super(open.record, open.directory, open.entries);
  }

  /** Journals the event, on disk when fulfilled, folds it and shows it. */
  public async emit(event: CleanupEvent): Promise<void> {
    await this.open.journal.append(event, { durable: true });
    this.state = fold(this.state, event);
    this.world.onEvent(event);
  }

  /** Says, once, what the user should know and nothing can be done about. */
  public async warn(message: string): Promise<void> {
    if (!this.warnings.includes(message)) await this.emit({ type: 'warning', message });
  }

  /** Ends the work here where the user wants out; between steps nothing is half done. */
  public checkInterrupt(): void {
    this.world.interrupt.throwIfAborted();
  }

  public async close(): Promise<void> {
    await this.open.close();
  }
}
