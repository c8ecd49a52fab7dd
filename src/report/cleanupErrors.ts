import { join } from 'node:path';
import { rowError } from '../bulk/rowError.js';
import { type LoadResult } from '../load/loadResult.js';
import { type CleanupEvent, type CleanupStepName } from '../run/cleanupEvents.js';
import { type ExampleRow, exampleRows } from './exampleRows.js';
import { type ErrorGroup } from './html/errorsSection.js';

/** The error groups of all steps and of the platform's merges, the same code and message in one, most frequent first. */
export async function cleanupErrors(
  steps: ReadonlyMap<CleanupStepName, LoadResult>,
  events: readonly CleanupEvent[]
): Promise<ErrorGroup[]> {
  const groups: ErrorGroup[] = [];
  for (const [step, { errors, files }] of steps) {
    const examples = await examplesOf(errors.length, files.failed);
    for (const { code, message, count, exampleRow } of errors)
      groups.push({
        code,
        message,
        count,
        where: `${join('actions', `${step}.csv`)}, row ${exampleRow}`,
        examples: examples.get(code) ?? []
      });
  }
  return [...groups, ...mergeErrors(events)].sort((a, b) => b.count - a.count);
}

async function examplesOf(
  errors: number,
  failed: string | undefined
): Promise<ReadonlyMap<string, readonly ExampleRow[]>> {
  // The rows of a step are written with commas.
  return errors === 0 || failed === undefined ? new Map() : exampleRows(failed, ',');
}

/** Refusals of losers that no later call has merged, by code. */
function mergeErrors(events: readonly CleanupEvent[]): ErrorGroup[] {
  const refused = new Map<string, { code: string; message: string }>();
  for (const event of events) {
    if (event.type !== 'merged') continue;
    for (const { loser, code = 'MERGE_REFUSED', message } of event.errors) refused.set(loser, { code, message });
    for (const loser of event.merged) refused.delete(loser);
  }
  const groups = new Map<string, ErrorGroup>();
  for (const [loser, { code, message }] of refused) {
    const key = rowError(`${code}:${message}:--`).code;
    const known = groups.get(key);
    groups.set(key, {
      code: key,
      message: known?.message ?? message,
      count: (known?.count ?? 0) + 1,
      where: known?.where ?? `merge of ${loser}`,
      examples: []
    });
  }
  return [...groups.values()];
}
