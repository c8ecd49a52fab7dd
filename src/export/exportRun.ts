import { join } from 'node:path';
import { type Clock } from '../bulk/clock.js';
import { type Transport } from '../bulk/transport.js';
import { type ExportEvent, isLive, type PageNumber, type RangeNumber } from '../run/exportEvents.js';
import { type Journal } from '../run/journal.js';
import { type ExportAsked } from './asked.js';
import { type ExportState, fold, hasPages, rangeOf, type RangeState, type RangeWithPages } from './state.js';

/** What an export is done with; a test rules the clock and the network. */
export type ExportTools = {
  readonly transport: Transport;
  readonly clock: Clock;
  /** Of the session: results are only given to the version that made the job (Get Results). */
  readonly apiVersion: number;
  /** Aborted, it ends the export in this process at once, so that it can be resumed: by an interrupt, `--wait` that ran out, or an error. */
  readonly ending: AbortController;
};

export type ExportTask = Pick<
  ExportAsked,
  | 'soql'
  | 'operation'
  | 'columns'
  | 'hasOtherColumns'
  | 'delimiter'
  | 'lineEnding'
  | 'concurrency'
  | 'maxRecords'
  | 'split'
>;

const DURABLE = { durable: true };

/** An export under way in its directory: its state is what folding its events gives, and there is no other account of it. */
export class ExportRun {
  public readonly pagesDir: string;

  /** @param record without a journal, an export that is broken off begins anew */
  public constructor(
    public readonly directory: string,
    public readonly asked: ExportTask,
    private readonly record: {
      readonly journal?: Pick<Journal<ExportEvent>, 'append'>;
      readonly onEvent: (event: ExportEvent, state: ExportState) => void;
    },
    public state: ExportState
  ) {
    this.pagesDir = join(directory, 'pages');
  }

  /** Journals the event (on disk when fulfilled, where it is durable), folds it, shows it. */
  public async emit(event: ExportEvent, how = { durable: false }): Promise<void> {
    await this.record.journal?.append(event, how);
    this.state = fold(this.state, event);
    this.record.onEvent(event, this.state);
  }

  /** As `emit`; what follows leans on it. */
  public async emitDurably(event: ExportEvent): Promise<void> {
    await this.emit(event, DURABLE);
  }

  /** Shows a live event, which is kept nowhere. */
  public show(event: ExportEvent): void {
    if (!isLive(event)) throw new Error(`${event.type} must be journaled`);
    this.record.onEvent(event, this.state);
  }

  public range(number: RangeNumber): RangeState {
    return rangeOf(this.state, number);
  }

  /** A range whose query is over. */
  public fetching(number: RangeNumber): RangeWithPages {
    const range = this.range(number);
    if (!hasPages(range)) throw new Error(`range ${number} has no result yet`);
    return range;
  }

  public pagePath(range: RangeNumber, page: PageNumber): string {
    const digits = (n: number, width: number): string => String(n).padStart(width, '0');
    return join(this.pagesDir, `${digits(range, 4)}-${digits(page, 6)}.csv`);
  }
}
