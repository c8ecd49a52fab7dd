import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { tableRows, writeTable } from '../csvTable.js';
import { type Definition, movesChildren } from '../definition/definition.js';
import { CHILD_COLUMNS } from './plannedChildren.js';
import { NULL_MARK, PLAN_FILES, type PlanRecord } from './planFiles.js';

export type Reparenting = PlanRecord['reparent'];

const REPARENT_FILE = /^reparent-.+\.csv$/;

export async function reparentFiles(planDir: string): Promise<string[]> {
  return (await readdir(planDir)).filter((name) => REPARENT_FILE.test(name)).sort();
}

/**
 * Writes anew, from children.csv, one `reparent-<Child>.csv` for each child object with records under losers: `Id`, its lookup fields with the new
 * value, and `from`, the loser. A record that refers to losers by two fields has two rows.
 * @param survivorOf of every loser, Ids of 18 letters
 */
export async function writeReparentFiles(
  planDir: string,
  definition: Definition,
  survivorOf: ReadonlyMap<string, string>
): Promise<Reparenting> {
  for (const name of await reparentFiles(planDir)) await rm(join(planDir, name));
  if (!movesChildren(definition)) return [];
  const fieldsOf = new Map<string, Set<string>>();
  for await (const { object, field } of moves(planDir, survivorOf))
    fieldsOf.set(object, (fieldsOf.get(object) ?? new Set()).add(field));
  const written: Reparenting = [];
  for (const [sobject, used] of fieldsOf) {
    const fields = [...used].sort();
    const file = `reparent-${sobject}.csv`;
    const rows = async function* (): AsyncGenerator<string[]> {
      for await (const { object, id, field, from, to } of moves(planDir, survivorOf))
        if (object === sobject) yield [id, ...fields.map((one) => (one === field ? to : '')), from];
    };
    written.push({
      sobject,
      fields,
      file,
      rows: await writeTable(join(planDir, file), ['Id', ...fields, 'from'], rows())
    });
  }
  return written;
}

/** As many as `apply` would count. */
export function reparentedRows(reparent: Reparenting): number {
  return reparent.reduce((sum, { rows }) => sum + rows, 0);
}

type PlannedMove = {
  readonly object: string;
  readonly id: string;
  readonly field: string;
  readonly from: string;
  readonly to: string;
};

/** In the order of children.csv. A child that is a loser itself goes, too; one that would refer to itself refers to none. */
async function* moves(planDir: string, survivorOf: ReadonlyMap<string, string>): AsyncGenerator<PlannedMove> {
  for await (const row of tableRows(join(planDir, PLAN_FILES.children), CHILD_COLUMNS)) {
    const [object = '', id = '', field = '', from = '', movable = ''] = row;
    const to = survivorOf.get(from);
    if (to === undefined || movable !== 'yes' || survivorOf.has(id)) continue;
    yield { object, id, field, from, to: to === id ? NULL_MARK : to };
  }
}
