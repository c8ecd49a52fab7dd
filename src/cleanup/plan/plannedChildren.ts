import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { tableRows, writeTable } from '../csvTable.js';
import { type Database } from '../database.js';
import { type Definition, movesChildren } from '../definition/definition.js';
import { id18 } from '../../bulk/recordId.js';
import { type Layout } from '../layout.js';
import { type ChildRelation } from '../org/childRelations.js';
import { childrenOf, type ChildSource } from '../org/children.js';
import { csvRows } from './memberRow.js';
import { PLAN_FILES } from './planFiles.js';

/** Of children.csv: a record, the field by which it refers to a clustered one, that one, and `yes` where it can be given another. */
export const CHILD_COLUMNS = ['object', 'Id', 'field', 'parent', 'movable'] as const;

/** Of how many records each one is the parent, by Ids of 18 letters. */
export type ChildCounts = ReadonlyMap<string, number>;

export type ChildrenAsked = {
  readonly source?: ChildSource;
  readonly definition: Definition;
  readonly layout: Layout;
  readonly planDir: string;
  readonly scratch: string;
};

/**
 * Lists in children.csv, sorted, the children of all records that lie in a cluster or are for review, so that a person may choose other survivors
 * without the org being asked again. Nothing is read where the definition has no use for them. Costs one API call for each child object and
 * one reading of the org for each relationship.
 * @returns warnings
 */
export async function listChildren(db: Database, asked: ChildrenAsked): Promise<string[]> {
  const { source, definition, layout, planDir, scratch } = asked;
  const counts = countsChildren(definition);
  if (!layout.hasIds || !(counts || movesChildren(definition))) return [];
  const parents = await clusteredIds(db, layout, scratch);
  if (parents.size === 0) return [];
  if (!source) return [counts ? NOT_COUNTED : NOT_LISTED];
  const { movable, bound } = await source.relations();
  const warnings: string[] = [];
  const reading = {
    read: source.read,
    path: join(scratch, 'found.csv'),
    onRefused: (message: string) => warnings.push(message)
  };
  const rows = async function* (): AsyncGenerator<string[]> {
    let n = 0;
    const marked = [
      ...movable.map((relation) => [relation, 'yes'] as const),
      ...(counts ? bound : []).map((relation) => [relation, ''] as const)
    ] satisfies ReadonlyArray<readonly [ChildRelation, string]>;
    for (const [relation, mark] of marked)
      for await (const { id, parent } of childrenOf(relation, parents, reading))
        yield [String((n += 1)), relation.sobject, id, relation.field, parent, mark];
  };
  const found = join(scratch, 'children.csv');
  await writeTable(found, ['n', ...CHILD_COLUMNS], rows());
  await db.importCsv('children', found, ['n', 'sobject', 'id', 'field', 'parent', 'movable'], 1);
  const sorted = `${found}.sorted`;
  await db.exportCsv('SELECT sobject, id, field, parent, movable FROM children ORDER BY ALL', sorted);
  await writeTable(join(planDir, PLAN_FILES.children), CHILD_COLUMNS, csvRows(sorted, CHILD_COLUMNS.length));
  await Promise.all([rm(found), rm(sorted)]);
  return warnings;
}

const NOT_LISTED =
  'Children of the duplicates were not looked for, as the plan was made without an org; apply finds them and moves them.';
const NOT_COUNTED =
  'The survivor criterion has-children decided nothing, as the plan was made without an org whose children could be counted.';

function countsChildren({ survivor }: Definition): boolean {
  return survivor.includes('has-children');
}

async function clusteredIds(db: Database, { key }: Layout, scratch: string): Promise<Set<string>> {
  const path = join(scratch, 'clustered-ids.csv');
  await db.exportCsv(`SELECT r.v${key} FROM records r WHERE r.n IN (SELECT n FROM members)`, path);
  const ids = new Set<string>();
  for await (const [id = ''] of csvRows(path, 1)) ids.add(id18(id));
  await rm(path);
  // Sorted, so that the same questions are put to the org each time.
  return new Set([...ids].sort());
}

/** What children.csv of a plan comes to; nothing where it has none, or where the definition doesn't ask. */
export async function childCounts(planDir: string, definition: Definition): Promise<ChildCounts> {
  const counts = new Map<string, number>();
  if (!countsChildren(definition)) return counts;
  for await (const [parent = ''] of tableRows(join(planDir, PLAN_FILES.children), ['parent']))
    counts.set(parent, (counts.get(parent) ?? 0) + 1);
  return counts;
}
