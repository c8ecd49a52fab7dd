import { join } from 'node:path';
import { type Clock } from '../bulk/clock.js';
import { type Transport } from '../bulk/transport.js';
import { isLive } from '../run/eventLines.js';
import { type Journal } from '../run/journal.js';
import { type LoadEvent, type PartNumber } from '../run/loadEvents.js';
import { type LoadAsked } from './asked.js';
import { type PartPaths, partPaths } from './parts/partFile.js';
import { fold, type LoadState, type PartState } from './state.js';

/** What a load is done with; a test rules the clock, the chances and the network. */
export type LoadTools = {
  readonly transport: Transport;
  readonly clock: Clock;
  /** From 0 up to 1, for jitter. */
  readonly random: () => number;
  /** Aborted, it ends the load in this process at once, so that it can be resumed: by an interrupt, `--wait` that ran out, or an error. */
  readonly ending: AbortController;
};

/** A load under way in its run directory: its state is what folding its events gives, and there is no other account of it. */
export class LoadRun {
  public readonly partsDir: string;
  public readonly settledDir: string;

  public constructor(
    public readonly directory: string,
    public readonly asked: LoadAsked,
    private readonly record: {
      readonly journal: Journal;
      readonly onEvent: (event: LoadEvent, state: LoadState) => void;
    },
    public state: LoadState
  ) {
    this.partsDir = join(directory, 'parts');
    this.settledDir = join(directory, 'settled');
  }

  /** Journals the event (on disk when fulfilled, where it is durable), folds it, shows it. Bound, so that it can be handed on. */
  public readonly emit = async (event: LoadEvent, how = { durable: false }): Promise<void> => {
    if (!isLive(event)) await this.record.journal.append(event, how);
    this.state = fold(this.state, event);
    this.record.onEvent(event, this.state);
  };

  public part(number: PartNumber): PartState {
    const part = this.state.parts.get(number);
    if (!part) throw new Error(`there is no part ${number}`);
    return part;
  }

  public paths(number: PartNumber): PartPaths {
    return partPaths(this.partsDir, number);
  }
}
