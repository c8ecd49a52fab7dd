import { parseDefinition } from '../../src/cleanup/definition/readDefinition.js';
import { childSource } from '../../src/cleanup/org/children.js';
import { restReader } from '../../src/cleanup/org/orgReader.js';
import { readRecords } from '../../src/cleanup/org/readRecords.js';
import { makePlan } from '../../src/cleanup/plan/plan.js';
import { type CleanupOrg } from './cleanupOrg.js';

/**
 * Plans a cleanup of an org's records into that directory, which it returns.
 * @param knowsChildren whether the plan looks for the children of losers
 */
export async function orgPlan(
  org: CleanupOrg,
  definition: string,
  planDir: string,
  { knowsChildren = true } = {}
): Promise<string> {
  const path = `${planDir}.csv`;
  const parsed = parseDefinition(definition, 'definition.yaml');
  const read = restReader(org.reads);
  await readRecords(org.reads, parsed, { read, path });
  await makePlan(
    {
      definition: parsed,
      sources: [{ path }],
      toolVersion: '0.0.0',
      planDir,
      ...(knowsChildren && { children: childSource(org.reads, parsed.sobject, read) }),
      org: { id: org.orgId, username: 'u', instanceUrl: 'x' }
    },
    { nowMs: Date.now, onStage: () => undefined }
  );
  return planDir;
}
