import { type FieldSchema, type ObjectSchema } from './schema.js';
import { type Store, type Table } from './store.js';
import { RowError } from './values.js';

/** A child of a deleted record, and what became of it. */
type Effect = { readonly table: Table; readonly n: number } & (
  { readonly kind: 'deleted' } | { readonly kind: 'emptied'; readonly field: FieldSchema; readonly parentId: string }
);

/**
 * Deletes records as the service does, and brings them back: children go with their parent where their field says so, other references to it are
 * emptied, and undelete makes both good. What was done to children is known as long as the emulator runs.
 */
export class RecycleBin {
  private readonly effects = new Map<string, readonly Effect[]>();
  /** Of deleted children, the parent that they went with. */
  private readonly parents = new Map<string, string>();

  public constructor(private readonly store: Store) {}

  /**
   * The caller has the transaction.
   * @param isHard past the recycle bin
   * @throws RowError DELETE_FAILED for a record that has children which forbid it; nothing was changed then
   */
  public remove(table: Table, n: number, { isHard, nowMs }: { isHard: boolean; nowMs: number }): void {
    const id = table.idOf(n);
    const effects: Effect[] = [];
    this.collect(table, n, effects);
    for (const effect of effects) {
      if (effect.kind === 'emptied') effect.table.set(effect.n, new Map([[effect.field.name, null]]));
      else if (isHard) effect.table.erase(effect.n);
      else this.mark(effect.table, effect.n, { nowMs, parentId: id });
    }
    if (isHard) {
      table.erase(n);
      return;
    }
    table.update(n, new Map([['IsDeleted', 1]]), nowMs);
    if (effects.length > 0) this.effects.set(id, effects);
  }

  /** @throws RowError UNDELETE_FAILED for what is not in the bin, or went there with its parent */
  public restore(table: Table, n: number, nowMs: number): void {
    this.mustBeIn(table, n, 'UNDELETE_FAILED');
    const id = table.idOf(n);
    for (const effect of this.effects.get(id) ?? []) {
      if (effect.kind === 'deleted') this.unmark(effect.table, effect.n, nowMs);
      else if (effect.table.get(effect.n)?.[effect.field.name] === null)
        effect.table.set(effect.n, new Map([[effect.field.name, effect.parentId]]));
    }
    this.unmark(table, n, nowMs);
    this.effects.delete(id);
  }

  /** Takes a record out of the bin for good. @throws RowError for what is not in it, or went there with its parent */
  public erase(table: Table, n: number): void {
    this.mustBeIn(table, n, 'INVALID_ID_FIELD');
    const id = table.idOf(n);
    for (const effect of this.effects.get(id) ?? []) if (effect.kind === 'deleted') effect.table.erase(effect.n);
    table.erase(n);
    this.effects.delete(id);
  }

  private mustBeIn(table: Table, n: number, code: string): void {
    if (table.get(n)?.IsDeleted !== true) throw new RowError(code, 'Entity is not in the recycle bin');
    if (this.parents.has(table.idOf(n)))
      throw new RowError(code, 'Entity was deleted with its parent, which has to be named instead');
  }

  /** The effects on children, theirs first; a record in a circle of parents is met once. */
  private collect(table: Table, n: number, effects: Effect[]): void {
    const parentId = table.idOf(n);
    for (const child of this.store.childFields(table.object))
      for (const childN of child.table.referring(child.field, parentId)) {
        const rule = child.field.whenParentIsDeleted;
        if (rule === 'restrict') throw restricted(table, n, child.table.object);
        const isKnown = effects.some((effect) => effect.table === child.table && effect.n === childN);
        if (rule === 'cascade' && !isKnown) {
          effects.push({ kind: 'deleted', table: child.table, n: childN });
          this.collect(child.table, childN, effects);
        } else if (rule === 'clear')
          effects.push({ kind: 'emptied', table: child.table, n: childN, field: child.field, parentId });
      }
  }

  private mark(table: Table, n: number, { nowMs, parentId }: { nowMs: number; parentId: string }): void {
    table.update(n, new Map([['IsDeleted', 1]]), nowMs);
    this.parents.set(table.idOf(n), parentId);
  }

  private unmark(table: Table, n: number, nowMs: number): void {
    const isMerged = table.object.fields.some(({ name }) => name === 'MasterRecordId');
    const values = new Map<string, number | null>([['IsDeleted', 0]]);
    if (isMerged) values.set('MasterRecordId', null);
    table.update(n, values, nowMs);
    this.parents.delete(table.idOf(n));
  }
}

function restricted(table: Table, n: number, child: ObjectSchema): RowError {
  const name = table.get(n)?.Name ?? table.idOf(n);
  const children = `${child.label.toLowerCase()}s`;
  return new RowError(
    'DELETE_FAILED',
    `Your attempt to delete ${String(name)} could not be completed because it is associated with the following ${children}`
  );
}
