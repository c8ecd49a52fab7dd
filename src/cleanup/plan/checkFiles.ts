import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Messages } from '@salesforce/core';
import { tableRows } from '../csvTable.js';
import { id18 } from '../../bulk/recordId.js';
import { copyPlan } from './copyPlan.js';
import { readEdited, shownProblems } from './edits.js';
import { PLAN_FILES, type PlanRecord, readPlanRecord, sha256 } from './planFiles.js';
import { isEdited, recheck } from './recheck.js';
import { keptIfDone } from '../../run/keptIfDone.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'cleanup');

/**
 * The plan as `apply` would carry it out, a person's edits worked in, and what the person should know of it. The plan directory stays as it is.
 * @throws SfError `NotAPlanError`, `PlanEditedError` naming every line that makes no sense, `PlanColumnsError`
 */
export async function planToApply(planDir: string): Promise<{ plan: PlanRecord; warnings: string[] }> {
  const written = await readPlanRecord(planDir);
  const problems = await problemsOfFiles(planDir, written);
  if (problems.length > 0) throw messages.createError('planEdited', [shownProblems(problems)]);
  const warnings = (await isOther(planDir, written, 'updates')) ? [messages.getMessage('updatesEdited')] : [];
  if (!(await isEdited(planDir, written))) return { plan: written, warnings };
  const scratch = await mkdtemp(join(tmpdir(), 'bulkops-'));
  try {
    return await keptIfDone(scratch, async () => {
      await copyPlan(planDir, scratch);
      return { plan: await recheck(scratch, { nowMs: () => 0, onStage: () => undefined }), warnings };
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** What was changed in files that are not for editing, or of which only a part is. */
async function problemsOfFiles(planDir: string, plan: PlanRecord): Promise<string[]> {
  const problems: string[] = [];
  const unedited = [PLAN_FILES.snapshot, PLAN_FILES.records, PLAN_FILES.children].filter((name) => plan.files[name]);
  for (const name of unedited)
    if (await isOtherFile(planDir, plan, name))
      problems.push(`${name} is not as the plan wrote it, and it is not for editing`);
  for (const { file } of plan.reparent)
    if (await isOtherFile(planDir, plan, file))
      problems.push(
        `${file} is not as the plan wrote it; what is moved follows from clusters.csv (cleanup plan --recheck writes ${file} anew)`
      );
  if (plan.of === 'rows') return problems;
  if ((await isOther(planDir, plan, 'deletes')) && !(await isEdited(planDir, plan)))
    problems.push(...(await problemsOfDeletes(planDir)));
  if (await isOther(planDir, plan, 'updates')) problems.push(...(await problemsOfUpdates(planDir)));
  return problems;
}

async function isOther(planDir: string, plan: PlanRecord, file: keyof typeof PLAN_FILES): Promise<boolean> {
  return isOtherFile(planDir, plan, PLAN_FILES[file]);
}

async function isOtherFile(planDir: string, { files }: PlanRecord, name: string): Promise<boolean> {
  // A file that was removed is as other as can be; whoever needs it will say so.
  return (await sha256(join(planDir, name)).catch(() => '')) !== files[name];
}

async function problemsOfDeletes(planDir: string): Promise<string[]> {
  const losers = new Set<string>();
  for (const { role, key } of await readEdited(join(planDir, PLAN_FILES.clusters), 'Id'))
    if (role === 'loser') losers.add(id18(key));
  const problems: string[] = [];
  let row = 1;
  for await (const [id = ''] of tableRows(join(planDir, PLAN_FILES.deletes), ['Id'])) {
    row += 1;
    if (id !== '' && !losers.delete(id18(id)))
      problems.push(`deletes.csv line ${row}: ${id} is no loser of clusters.csv`);
  }
  for (const id of losers)
    problems.push(`deletes.csv: ${id} was taken out; what is deleted follows from clusters.csv, so take it out there`);
  return problems;
}

async function problemsOfUpdates(planDir: string): Promise<string[]> {
  const known = new Set<string>();
  for await (const [id = ''] of tableRows(join(planDir, PLAN_FILES.snapshot), ['Id'])) known.add(id18(id));
  const problems: string[] = [];
  const seen = new Map<string, number>();
  let row = 1;
  for await (const [id = ''] of tableRows(join(planDir, PLAN_FILES.updates), ['Id'])) {
    row += 1;
    const own = id18(id);
    const before = seen.get(own);
    if (!known.has(own))
      problems.push(`updates.csv line ${row}: ${id || 'a record without an Id'} is no record of the plan`);
    else if (before !== undefined) problems.push(`updates.csv lines ${before} and ${row}: ${id} is there twice`);
    seen.set(own, row);
  }
  return problems;
}
