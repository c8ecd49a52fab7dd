import { join } from 'node:path';
import { type Connection } from '@salesforce/core';
import { type LoadWorld } from '../../load/load.js';
import { type CleanupEvent, type CleanupStepName } from '../../run/cleanupEvents.js';
import { type OpenRun, type RunRecord } from '../../run/run.js';
import { type OrgReader } from '../org/orgReader.js';

/** What applying and undoing are given from outside. */
export type CleanupWorld = Omit<LoadWorld, 'onEvent' | 'connection'> & {
  readonly connection: Connection;
  readonly read: OrgReader;
  readonly onEvent: (event: CleanupEvent) => void;
  /** Of the load that carries out a step. */
  readonly onLoadEvent: LoadWorld['onEvent'];
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

/** An apply or an undo under way in its run directory. */
export class CleanupRun {
  public state: CleanupState;

  public constructor(
    private readonly open: OpenRun<CleanupEvent>,
    public readonly world: CleanupWorld
  ) {
    this.state = open.entries.reduce((before, { event }) => fold(before, event), NOTHING_DONE);
  }

  public get record(): RunRecord {
    return this.open.record;
  }

  public path(...parts: readonly string[]): string {
    return join(this.open.directory, ...parts);
  }

  /** Journals the event, on disk when fulfilled, folds it and shows it. */
  public async emit(event: CleanupEvent): Promise<void> {
    await this.open.journal.append(event, { durable: true });
    this.state = fold(this.state, event);
    this.world.onEvent(event);
  }

  public has(type: CleanupEvent['type']): boolean {
    return this.state.done.has(type);
  }

  /** Says, once, what the user should know and nothing can be done about. */
  public async warn(message: string): Promise<void> {
    if (!this.warnings.includes(message)) await this.emit({ type: 'warning', message });
  }

  public get warnings(): string[] {
    return this.state.events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
  }

  /** Ends the work here where the user wants out; between steps nothing is half done. */
  public checkInterrupt(): void {
    this.world.interrupt.throwIfAborted();
  }

  public async close(): Promise<void> {
    await this.open.close();
  }
}
