import { join } from 'node:path';
import { headerOf, tableRows } from '../cleanup/csvTable.js';
import { isThere } from '../run/isThere.js';
import { type LoadResult } from '../load/loadResult.js';
import { type CleanupStepName } from '../run/cleanupEvents.js';

/** A field that a step has written. */
export type FieldWritten = {
  readonly step: CleanupStepName;
  readonly sobject: string;
  readonly field: string;
  /** The records that it was sent for. */
  readonly records: number;
};

/** The fields that the updates of a cleanup have written, and how often: an empty value leaves alone what is there. */
export async function fieldsWritten(
  directory: string,
  steps: ReadonlyMap<CleanupStepName, LoadResult>
): Promise<FieldWritten[]> {
  const all: FieldWritten[] = [];
  for (const [step, { operation, sobject }] of steps) {
    const path = join(directory, 'actions', `${step}.csv`);
    if (operation !== 'update' || !(await isThere(path))) continue;
    const fields = (await headerOf(path)).slice(1);
    const records = fields.map(() => 0);
    for await (const values of tableRows(path, fields))
      values.forEach((value, at) => (records[at] = (records[at] ?? 0) + (value === '' ? 0 : 1)));
    all.push(...fields.map((field, at) => ({ step, sobject, field, records: records[at] ?? 0 })));
  }
  return all.filter(({ records }) => records > 0);
}
