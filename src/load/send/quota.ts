import { Messages } from '@salesforce/core';
import { type Allowance, type OrgLimits, orgLimits } from '../../bulk/limits.js';
import { type LoadRun, type LoadTools } from '../loadRun.js';
import { BATCH_ROWS } from '../prepare/partPlan.js';
import { type LoadState, type PartState } from '../state.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'load');

/** What is left to be done costs the org about so many calls and batches. */
export type Need = { readonly calls: number; readonly batches: number };

/** Create, upload, UploadComplete, three results, and some looks at its state: an hour of waiting has about 130. */
const CALLS_OF_A_JOB = 15;
const CALLS_OF_A_SENT_JOB = 8;

/** What the parts need that are not settled yet. Row errors that go again cost more, which nobody knows before. */
export function needOf(state: LoadState): Need {
  let [calls, batches] = [0, 0];
  for (const part of state.parts.values()) {
    if (part.at === 'settled') continue;
    calls += isSent(part) ? CALLS_OF_A_SENT_JOB : CALLS_OF_A_JOB;
    if (!isSent(part)) batches += batchesOf(part);
  }
  return { calls, batches };
}

/** One for each 10,000 rows begun, and one for the job itself (BULK_API §3). */
export function batchesOf({ rows }: Pick<PartState, 'rows'>): number {
  return 1 + Math.ceil(rows / BATCH_ROWS);
}

/** Why a load should not send (more): `what` of the org would be used up beyond the share. Undefined when there is enough. */
export function shortage(limits: OrgLimits, need: Need, percent: number): string | undefined {
  for (const what of ['calls', 'batches'] as const) {
    const limit = limits[what];
    if (!limit || fits(limit, need[what], percent)) continue;
    const allowed = Math.floor((limit.max * percent) / 100);
    return messages.getMessage(`quota.${what}`, [need[what], limit.used, limit.max, allowed]);
  }
  return undefined;
}

function fits({ used, max }: Allowance, need: number, percent: number): boolean {
  return used + need <= (max * percent) / 100;
}

/**
 * Looks after the org's allowances while a load goes on. With `--quota` it says when to stop; without it warns once when there is not
 * enough for the whole file.
 */
export class QuotaWatch {
  private limits: OrgLimits = {};
  private sentBefore = 0;
  private hasWarned = false;

  public constructor(
    private readonly run: LoadRun,
    private readonly transport: LoadTools['transport']
  ) {}

  /**
   * Before a wave of jobs: one API call. @returns why nothing is to be sent; undefined when there is enough
   * @throws BulkError as `orgLimits`
   */
  public async beforeWave(): Promise<string | undefined> {
    const { quotaPercent } = this.run.asked;
    const limits = await orgLimits(this.transport);
    if (!limits && quotaPercent !== undefined) await this.warn(messages.getMessage('quota.unknown'));
    this.limits = limits ?? {};
    this.sentBefore = batchesSent(this.run.state);
    const text = shortage(this.limits, needOf(this.run.state), quotaPercent ?? 100);
    if (text === undefined || quotaPercent !== undefined) return text;
    await this.warn(text);
    return undefined;
  }

  /** Before each job, going by the last answer of the org: no API call. @returns why it is not to be sent */
  public beforeJob(part: PartState): string | undefined {
    const { quotaPercent } = this.run.asked;
    if (quotaPercent === undefined) return undefined;
    const { batches } = this.limits;
    const sent = batchesSent(this.run.state) - this.sentBefore;
    const limits = {
      calls: this.transport.apiUsage ?? this.limits.calls,
      batches: batches && { used: batches.used + sent, max: batches.max }
    };
    return shortage(limits, { calls: CALLS_OF_A_JOB, batches: batchesOf(part) }, quotaPercent);
  }

  /**
   * When rows are in none of the results, which is what becomes of rows beyond the day's batches (BULK_API §1): one API call.
   * @returns why the load should stop when that is it
   */
  public async whenRowsAreMissing(): Promise<string | undefined> {
    const { batches } = (await orgLimits(this.transport)) ?? {};
    if (!batches || batches.used < batches.max) return undefined;
    return messages.getMessage('quota.batchesGone', [batches.max]);
  }

  private async warn(message: string): Promise<void> {
    if (this.hasWarned) return;
    this.hasWarned = true;
    await this.run.emit({ type: 'warning', message });
  }
}

function isSent(part: PartState): boolean {
  return part.at === 'completing' || part.at === 'submitted' || part.at === 'settled';
}

function batchesSent(state: LoadState): number {
  let sent = 0;
  for (const part of state.parts.values()) if (isSent(part)) sent += batchesOf(part);
  return sent;
}
