import { closeSync, openSync, writeSync } from 'node:fs';
import { Messages } from '@salesforce/core';
import { PRIVATE_FILE } from './durably.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'run');

/** What frames the events of a run in their stream, and is in no journal. */
export type StreamEvent =
  | {
      readonly type: 'run-started';
      readonly command: string;
      /** Absolute. */
      readonly runDir: string;
      /** Username. */
      readonly org: string;
    }
  /** The last line. `status` as in the summary; `Failed` with an error where there is none. */
  | { readonly type: 'run-ended'; readonly status: string; readonly exitCode: number; readonly error?: string };

/** Events that are shown as they happen and never journaled: too many, and of no use afterwards. */
const LIVE: ReadonlySet<string> = new Set(['scanning', 'uploading', 'downloading', 'writing']);

export function isLive(event: { readonly type: string }): boolean {
  return LIVE.has(event.type);
}

/** One line of the stream. */
export type EventLine = {
  readonly runId?: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The step of a cleanup whose load the event is of. */
  readonly step?: string;
  readonly event: { readonly type: string };
};

/** Copies the events of a run as NDJSON while they happen; what goes wrong with it is kept for the end, since the run goes on. */
export class EventLines {
  /** Why lines are missing: the first error. */
  public failure?: Error;

  private constructor(
    private readonly write: (line: string) => void,
    private readonly shut: () => void
  ) {}

  /**
   * Lines are added to what a file holds, so that a resume goes on where the run broke off.
   * @param target a path, or `-` for standard output
   * @throws SfError `EventsUnwritableError`
   */
  public static open(target: string): EventLines {
    if (target === '-') return EventLines.toStdout();
    try {
      const file = openSync(target, 'a', PRIVATE_FILE);
      // At once and not in a queue: what a killed run has done is then in the file.
      return new EventLines(
        (line) => writeSync(file, line),
        () => closeSync(file)
      );
    } catch (error) {
      throw messages.createError('eventsUnwritable', [target, (error as Error).message]);
    }
  }

  private static toStdout(): EventLines {
    const { stdout } = process;
    const lines = new EventLines(
      (line) => stdout.write(line),
      () => undefined
    );
    // The reader may have gone; unheard, that would end the run.
    stdout.on('error', (error: Error) => (lines.failure ??= error));
    return lines;
  }

  public add(line: EventLine): void {
    if (this.failure || isLive(line.event)) return;
    try {
      this.write(`${JSON.stringify(line)}\n`);
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
    }
  }

  public close(): void {
    this.shut();
  }
}
