import { Dml, type Column, columnFor } from './dml.js';
import { fieldOf, type ObjectSchema } from './schema.js';
import { type Store, type Table } from './store.js';
import { RowError } from './values.js';

/** One request of merge(): the master gets these values, the losers' children, and the losers go. */
export type MergeAsked = {
  readonly object: ObjectSchema;
  readonly masterId: string;
  /** Text by field name; null empties the field. */
  readonly fields: ReadonlyMap<string, string | null>;
  readonly loserIds: readonly string[];
};

export type Merged = { readonly mergedIds: readonly string[]; readonly updatedRelatedIds: readonly string[] };

const MOST_LOSERS = 2;

/**
 * Merges records in the caller's transaction (BULK_API §6).
 * @throws RowError when it can't be; the transaction is then to be undone
 */
export function merge(store: Store, asked: MergeAsked, nowMs: number): Merged {
  const { object, loserIds } = asked;
  const table = store.table(object);
  const master = checkedMaster(table, asked);
  const losers = loserIds.map((id) => live(table, id));
  changeMaster(store, asked, nowMs);
  const updatedRelatedIds: string[] = [];
  for (const { table: children, field } of store.childFields(object)) {
    for (const loser of losers)
      for (const n of children.referring(field, table.idOf(loser))) {
        if (children === table && (n === master || losers.includes(n)))
          throw new RowError('MERGE_FAILED', `the records refer to each other by ${field.name}`, [field.name]);
        children.update(n, new Map([[field.name, table.idOf(master)]]), nowMs);
        updatedRelatedIds.push(children.idOf(n));
      }
  }
  const gone = new Map<string, string | number>([['IsDeleted', 1]]);
  if (fieldOf(object, 'MasterRecordId')) gone.set('MasterRecordId', table.idOf(master));
  for (const loser of losers) table.update(loser, gone, nowMs);
  return { mergedIds: losers.map((n) => table.idOf(n)), updatedRelatedIds };
}

function checkedMaster(table: Table, { object, masterId, loserIds }: MergeAsked): number {
  if (!object.mergeable) throw new RowError('INVALID_TYPE', `merge is not supported for ${object.name}`);
  if (loserIds.length === 0 || loserIds.length > MOST_LOSERS)
    throw new RowError('INVALID_ARGUMENT_TYPE', `merge takes 1 to ${MOST_LOSERS} records to merge into the master`);
  const short = [masterId, ...loserIds].map((id) => id.slice(0, 15));
  if (new Set(short).size < short.length)
    throw new RowError('MERGE_FAILED', 'the master record and the records to merge must differ');
  return live(table, masterId);
}

function live(table: Table, id: string): number {
  const n = table.numberOf(id);
  if (n === undefined) throw new RowError('INVALID_CROSS_REFERENCE_KEY', `invalid cross reference id`);
  if (table.get(n)?.IsDeleted === true) throw new RowError('ENTITY_IS_DELETED', 'entity is deleted');
  return n;
}

function changeMaster(store: Store, { object, masterId, fields }: MergeAsked, nowMs: number): void {
  const names = [...fields.keys()];
  const columns = names.map((name): Column => {
    const column = columnFor(store, object, name);
    if (column) return column;
    throw new RowError('INVALID_FIELD', `No such column '${name}' on sobject of type ${object.name}`);
  });
  const id = columnFor(store, object, 'Id');
  if (id === undefined) throw new Error(`${object.name} has no Id`);
  const values = names.map((name) => fields.get(name) ?? '#N/A');
  new Dml(store, object, 'update').apply([id, ...columns], [masterId, ...values], nowMs);
}
