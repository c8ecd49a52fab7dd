import { tableRows, writeTable } from '../csvTable.js';
import { type ChildRelation } from '../org/childRelations.js';
import { BACKUP } from './backup.js';
import { movesOf, survivorsOf } from './children.js';
import { type CleanupRun } from './cleanupRun.js';
import { type Skips } from './skips.js';
import { UPDATE_STEP } from './updates.js';

const COLUMNS = ['object', 'Id', 'field', 'from'] as const;

/** Where children are listed that we can't move: object, Id, field, and the loser that they refer to. */
export function boundPath(run: Pick<CleanupRun, 'path'>): string {
  return run.path(BACKUP.directory, BACKUP.bound);
}

/** Lists, once and before anything is changed, the children of losers by these relationships. */
export async function listChildren(run: CleanupRun, relations: readonly ChildRelation[], skips: Skips): Promise<void> {
  if (run.state.started.has(UPDATE_STEP)) return;
  const survivorOf = survivorsOf(skips.open());
  const rows = async function* (): AsyncGenerator<string[]> {
    for (const relation of relations)
      for await (const { id, from } of movesOf(run, relation, survivorOf))
        yield [relation.sobject, id, relation.field, from];
  };
  await writeTable(boundPath(run), COLUMNS, rows());
}

/** Leaves clusters alone whose losers have listed children: they would be deleted along, or lose their parent. */
export async function refuseListed(run: CleanupRun, skips: Skips, why: string): Promise<void> {
  for await (const [child = '', , , from = ''] of tableRows(boundPath(run), COLUMNS))
    skips.add(from, `has ${child} records${why}`);
}
