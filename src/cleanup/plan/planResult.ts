import { resolve } from 'node:path';
import { leastSure } from './leastSure.js';
import { type PlanRecord } from './planFiles.js';

/** The `--json` result of `cleanup plan`; spelled out, since schemas/ are made of it. */
export type CleanupPlanResult = {
  readonly planDir: string;
  readonly sobject: string;
  readonly of: 'records' | 'rows';
  /** The column by which the rows of a file are upserted; null where they are inserted, as records of their own. Of records the one of their Ids. */
  readonly key: string | null;
  readonly counts: {
    readonly read: number;
    readonly rejected: number;
    readonly clusters: number;
    readonly losers: number;
    readonly largestCluster: number;
    readonly review: number;
    readonly reviewRecords: number;
    readonly updates: number;
    readonly survivorUpdates: number;
    readonly deletes: number;
    readonly reparented: number;
    readonly oversized: number;
    readonly chainsSplit: number;
    readonly reviewLeftOut: number;
  };
  readonly standardized: ReadonlyArray<{
    readonly field: string;
    readonly filled: number;
    readonly changed: number;
    readonly left: number;
  }>;
  readonly rules: ReadonlyArray<{
    readonly rule: string;
    readonly compared: number;
    readonly possible: number;
    readonly merged: number;
    readonly reviewed: number;
    readonly guarded: number;
  }>;
  /** The planned clusters with the lowest scores. */
  readonly leastSure: ReadonlyArray<{
    readonly cluster: string;
    readonly score: number;
    readonly rule: string;
    readonly records: readonly string[];
  }>;
  readonly warnings: readonly string[];
};

export async function planResult(plan: PlanRecord, planDir: string): Promise<CleanupPlanResult> {
  return {
    planDir: resolve(planDir),
    sobject: plan.sobject,
    of: plan.of,
    key: plan.key,
    counts: plan.counts,
    standardized: plan.standardized.map(({ field, filled, changed, left }) => ({ field, filled, changed, left })),
    rules: plan.rules.map(({ rule, compared, possible, merged, reviewed, guarded }) => ({
      rule,
      compared,
      possible,
      merged,
      reviewed,
      guarded
    })),
    leastSure: await leastSure(planDir),
    warnings: plan.warnings
  };
}

/** What a person sees of a plan at the terminal. */
export function planSummary(result: CleanupPlanResult): string {
  const { planDir, counts, standardized, rules, warnings, of, key } = result;
  const number = (value: number): string => value.toLocaleString('en-US');
  const records = (value: number): string => `${number(value)} ${value === 1 ? 'record' : 'records'}`;
  const losers = of === 'rows' ? 'left out' : 'not to stay';
  const lines = [
    `Read ${number(counts.read)}${counts.rejected > 0 ? `, ${number(counts.rejected)} of them no record` : ''}.`,
    `Clusters: ${number(counts.clusters)} with ${records(counts.losers)} ${losers}; largest ${counts.largestCluster}.`,
    `For review: ${number(counts.review)} ${counts.review === 1 ? 'group' : 'groups'} of ${records(counts.reviewRecords)}.`,
    of === 'rows'
      ? `Rows to ${key === null ? 'insert as new records' : `upsert by ${key}`}: ${number(counts.updates)}.`
      : `Updates: ${number(counts.updates)}. Deletes: ${number(counts.deletes)}.`
  ];
  if (counts.reparented > 0) lines.push(`Children to move to the survivors: ${number(counts.reparented)}.`);
  if (counts.oversized > 0)
    lines.push(
      `Too large to act on: ${number(counts.oversized)} ${counts.oversized === 1 ? 'cluster' : 'clusters'} (see plan.json).`
    );
  if (counts.chainsSplit > 0) lines.push(`Pairs in chains that were split: ${number(counts.chainsSplit)}.`);
  for (const { field, changed, left } of standardized)
    lines.push(`  ${field}: ${number(changed)} standardised, ${number(left)} could not be.`);
  for (const { rule, compared, possible, merged, reviewed, guarded } of rules)
    lines.push(
      `  ${rule}: ${number(compared)} of ${number(possible)} pairs compared; ${number(merged)} the same, ${number(reviewed)} for review, ${number(guarded)} kept apart by guards.`
    );
  if (result.leastSure.length > 0) lines.push('Least sure, to be looked at first:');
  for (const { cluster, score, rule, records } of result.leastSure)
    lines.push(`  ${cluster}: ${score} by ${rule}: ${records.join(', ')}`);
  lines.push(...warnings.map((warning) => `Warning: ${warning}`), `Plan in ${planDir}`);
  return lines.join('\n');
}
