import { join } from 'node:path';
import { applyPlan } from '../../src/cleanup/apply/apply.js';
import { type CleanupApplyResult } from '../../src/cleanup/apply/applyResult.js';
import { type CleanupWorld } from '../../src/cleanup/apply/cleanupRun.js';
import { type CleanupUndoResult } from '../../src/cleanup/undo/undoResult.js';
import { undoApply } from '../../src/cleanup/undo/undo.js';
import { type RunRecord } from '../../src/run/run.js';
import { writeCleanupReport } from '../../src/report/cleanupReport.js';
import { faultPlan } from '../../src/emulator/faults/faultFile.js';
import { faultsOf } from '../../src/emulator/faults/faults.js';
import { type CleanupOrg, cleanupOrg } from '../cleanup/cleanupOrg.js';
import { orgPlan } from '../cleanup/orgPlan.js';

const DEFINITION = `
sobject: Contact
standardize: { Email: email }
match: [Student_ID__c]
survivor: [{ filled: FirstName }]
`;

/** An org with a plan for four pairs of contacts; one survivor is refused by the org, and one loser was edited since. */
export type DoubledOrg = {
  readonly org: CleanupOrg;
  readonly apply: (more?: Partial<CleanupWorld>) => Promise<CleanupApplyResult>;
  /** Takes the apply back, after somebody has edited one of the records that stayed. */
  readonly undo: () => Promise<CleanupUndoResult>;
};

/** @param text stands for whatever people and the org have to say */
export async function doubledOrg(directory: string, text: string): Promise<DoubledOrg> {
  const refusal = { fault: 'fail-rows', code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: text, times: 1 };
  const org = await cleanupOrg({ faults: faultsOf(faultPlan({ faults: [refusal] })) });
  const ids: string[] = [];
  for (const student of ['1', '2', '3', '4'])
    for (const FirstName of [text.slice(0, 40), null]) {
      const fields = { LastName: text.slice(0, 80), FirstName, Student_ID__c: student, Email: `S${student}@X.org` };
      ids.push(await org.client.create('Contact', fields));
    }
  const edit = async (at: number, Email: string) =>
    org.client.call('PATCH', `/sobjects/Contact/${ids[at] ?? ''}`, { Email });
  await org.client.create('Case', { Subject: text, ContactId: ids[3] });
  const planDir = await orgPlan(org, DEFINITION, join(directory, 'plan'));
  await edit(7, 'other@x.org');
  const world = org.world({ writeReport: writeCleanupReport });
  const record = (command: string, asked: object): RunRecord => ({
    ...org.record(command, asked),
    startedAt: new Date().toISOString()
  });
  const applied = join(directory, 'applied');
  return {
    org,
    apply: async (more) => applyPlan(record('cleanup-apply', { planDir }), applied, { ...world, ...more }),
    undo: async () => {
      await edit(2, 'since@x.org');
      return undoApply(record('cleanup-undo', { applied }), join(directory, 'undone'), world);
    }
  };
}
