import { type Interfaces } from '@oclif/core';
import { Messages, type SfError } from '@salesforce/core';
import { type News, newsOfError, newsOfResult, type Subject, type Told } from '../report/notify/news.js';
import { outcomeOf } from '../report/notify/outcome.js';
import { type Webhook } from '../report/notify/webhook.js';
import { EventLines, type StreamEvent } from '../run/eventLines.js';
import { type RunRecord } from '../run/run.js';
import { asSfError, continuation } from './asSfError.js';
import { suitCollector } from './collector.js';
import { EXIT } from './exitCodes.js';
import { type runFlags, webhooksOf } from './runFlags.js';
import { asUsageError } from './usageError.js';
import { compileWasmOnce } from './wasm.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'runFlags');

export type RunFlags = Pick<Interfaces.InferredFlags<typeof runFlags>, keyof typeof runFlags>;

export type Announced = {
  readonly flags: RunFlags;
  readonly subject: Subject;
  /** Whether nobody waits for the end. */
  readonly isAsync: boolean;
  /** Whether the rows of the run go to standard output, so that its events can't. */
  readonly isStdoutTaken?: boolean;
  readonly command: {
    jsonEnabled(): boolean;
    log(text: string): void;
    warn(text: string): unknown;
  };
};

/** What a run tells while it is at work. */
export type Announce = {
  /** Once, when the run can be resumed by its id. */
  run(record: RunRecord, directory: string): void;
  /** @param step the step of a cleanup whose load the event is of */
  event(event: { readonly type: string }, step?: string): void;
  /** Prints the summary for people: to stderr where stdout belongs to the events. */
  summary(text: string): void;
};

/**
 * Does the work of a run, copies its events (`--events`) and notifies of its end (`--notify`), also where the work throws. Neither changes the
 * outcome: what goes wrong with them is a warning when all is over.
 * @throws SfError before the work begins when a webhook or the events can't be used; what `work` throws, as an error for users
 */
export async function announced<R extends Told>(told: Announced, work: (announce: Announce) => Promise<R>): Promise<R> {
  const announcing = new Announcing(told);
  suitCollector();
  compileWasmOnce();
  let result: R;
  try {
    result = await work(announcing);
  } catch (thrown) {
    const error = asSfError(thrown, announcing.runId);
    await announcing.broken(error);
    throw error;
  }
  await announcing.ended(result);
  return result;
}

class Announcing implements Announce {
  public runId?: string;
  private readonly webhooks: readonly Webhook[];
  private readonly lines?: EventLines;
  private readonly startedMs = Date.now();

  public constructor(private readonly told: Announced) {
    const { flags, command } = told;
    this.webhooks = webhooksOf(flags.notify);
    if (flags.events === '-' && command.jsonEnabled()) throw asUsageError(messages.createError('eventsAndJson'));
    if (flags.events === '-' && told.isStdoutTaken) throw asUsageError(messages.createError('eventsAndRows'));
    this.lines = flags.events === undefined ? undefined : openLines(flags.events);
  }

  public readonly run = (record: RunRecord, runDir: string): void => {
    this.runId = record.runId;
    this.event({ type: 'run-started', command: record.command, runDir, org: record.org.username });
  };

  public readonly event = (event: StreamEvent | { readonly type: string }, step?: string): void => {
    this.lines?.add({ runId: this.runId, at: new Date().toISOString(), step, event });
  };

  public readonly summary = (text: string): void => {
    if (this.told.flags.events === '-') process.stderr.write(`${text}\n`);
    else this.told.command.log(text);
  };

  public async ended(result: Told): Promise<void> {
    this.endLines({ type: 'run-ended', status: result.status, exitCode: Number(process.exitCode ?? EXIT.done) });
    const outcome = outcomeOf(result.status, this.told.isAsync);
    if (outcome) await this.notify(newsOfResult(outcome, this.told.subject, result));
  }

  public async broken(error: SfError): Promise<void> {
    const { message, exitCode } = error;
    this.endLines({ type: 'run-ended', status: 'Failed', exitCode, error: message });
    const durationMs = Date.now() - this.startedMs;
    const { runId } = this;
    const next = continuation(error, runId);
    await this.notify(newsOfError(this.told.subject, error, { runId, durationMs, next }));
  }

  private endLines(event: StreamEvent): void {
    const { lines } = this;
    if (!lines) return;
    this.event(event);
    lines.close();
    if (lines.failure) this.told.command.warn(messages.getMessage('eventsMissing', [lines.failure.message]));
  }

  private async notify(news: News): Promise<void> {
    const wanted = this.told.flags['notify-on'];
    if (this.webhooks.length === 0 || (wanted && !wanted.includes(news.outcome))) return;
    const { deliver } = await import('../report/notify/deliver.js');
    const { systemClock } = await import('../bulk/clock.js');
    const secret = process.env.BULKOPS_NOTIFY_SECRET;
    for (const { host, why } of await deliver(news, this.webhooks, { clock: systemClock, secret }))
      this.told.command.warn(messages.getMessage('notNotified', [host, why]));
  }
}

function openLines(target: string): EventLines {
  try {
    return EventLines.open(target);
  } catch (error) {
    throw asUsageError(error);
  }
}
