import { fieldNamed, type ObjectDescribe } from '../../schema/describe.js';
import { headerOf, tableRows, writeTable } from '../csvTable.js';
import { id18 } from '../../bulk/recordId.js';
import { type CleanupRun } from './cleanupRun.js';
import { type Skips } from './skips.js';
import { failedIds, runStep, succeededIds } from './step.js';
import { type TakenPlan } from './takePlan.js';

export const UPDATE_STEP = 'update';

/** Values that only one record may have: a survivor gets them when the losers that hold them are gone. */
export const LATE_STEP = 'update-late';

/** Updates what the plan says less what is left alone; a cluster whose survivor the org refuses goes no further. */
export async function update(run: CleanupRun, taken: TakenPlan, object: ObjectDescribe, skips: Skips): Promise<void> {
  const survivors = survivorsOfPlan(taken);
  const lateFields = await uniqueFields(taken, object);
  const isLate = (id: string, field: string): boolean => lateFields.has(field) && survivors.has(id);
  await runUpdate(run, { name: UPDATE_STEP, taken, object, skips, isSent: (id, field) => !isLate(id, field) });
  for (const [id, error] of await failedIds(run, UPDATE_STEP)) skips.add(id, `could not be updated: ${error}`);
}

/** Gives survivors what their losers had to give up first. */
export async function updateLate(
  run: CleanupRun,
  taken: TakenPlan,
  object: ObjectDescribe,
  skips: Skips
): Promise<void> {
  const lateFields = await uniqueFields(taken, object);
  if (lateFields.size === 0) return;
  const survivors = survivorsOfPlan(taken);
  const isSent = (id: string, field: string): boolean => lateFields.has(field) && survivors.has(id);
  await runUpdate(run, { name: LATE_STEP, taken, object, skips, isSent });
  for (const [id, error] of await failedIds(run, LATE_STEP))
    skips.add(id, `did not get ${[...lateFields].join(', ')} of its duplicates: ${error}`);
}

/** The records that have got at least one value. */
export async function updatedIds(run: Pick<CleanupRun, 'path'>): Promise<Set<string>> {
  return new Set([...(await succeededIds(run, UPDATE_STEP)), ...(await succeededIds(run, LATE_STEP))]);
}

type Updating = {
  readonly name: string;
  readonly taken: TakenPlan;
  readonly object: ObjectDescribe;
  readonly skips: Skips;
  readonly isSent: (id: string, field: string) => boolean;
};

async function runUpdate(run: CleanupRun, updating: Updating): Promise<void> {
  const { name, taken, object } = updating;
  const file = run.path('actions', `${name}.csv`);
  let rows = 0;
  if (!run.state.started.has(name)) {
    const header = await headerOf(taken.path('updates'));
    rows = header.length < 2 ? 0 : await writeTable(file, header, sentRows(header, updating));
  }
  await runStep(run, { name, operation: 'update', sobject: object.name, file, rows });
}

async function* sentRows(
  header: readonly string[],
  { taken, skips, isSent }: Updating
): AsyncGenerator<readonly string[]> {
  for await (const [id = '', ...values] of tableRows(taken.path('updates'), header)) {
    const own = id18(id);
    if (skips.has(own)) continue;
    const sent = values.map((value, i) => (isSent(own, header[i + 1] ?? '') ? value : ''));
    if (sent.some((value) => value !== '')) yield [own, ...sent];
  }
}

function survivorsOfPlan({ clusters, definition }: TakenPlan): ReadonlySet<string> {
  // Losers that are only flagged keep what they have, so waiting for them would be in vain.
  return new Set(definition.onLoser.kind === 'flag' ? [] : clusters.map(({ survivor }) => survivor));
}

async function uniqueFields(taken: TakenPlan, object: ObjectDescribe): Promise<ReadonlySet<string>> {
  const header = await headerOf(taken.path('updates'));
  return new Set(header.slice(1).filter((name) => fieldNamed(object, name)?.unique === true));
}
