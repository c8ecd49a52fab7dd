import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PRIVATE_DIRECTORY } from '../../run/durably.js';
import { isThere } from '../../run/isThere.js';
import { PLAN_FILES, readPlanRecord } from './planFiles.js';

const COPIED = [
  'plan',
  'made',
  'clusters',
  'review',
  'updates',
  'deletes',
  'changes',
  'snapshot',
  'records',
  'children'
] as const;

/**
 * Copies what apply and recheck need of a plan.
 * @throws SfError `NotAPlanError`
 */
export async function copyPlan(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: PRIVATE_DIRECTORY });
  await readPlanRecord(from);
  for (const file of COPIED) {
    const source = join(from, PLAN_FILES[file]);
    if (await isThere(source)) await copyFile(source, join(to, PLAN_FILES[file]));
  }
}
