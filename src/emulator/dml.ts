import { type FieldSchema, fieldOf, type ObjectSchema } from './schema.js';
import { type Store, type StoredValues, type Table } from './store.js';
import { readValue, RowError, type Stored } from './values.js';

export type Operation = 'insert' | 'update' | 'upsert' | 'delete' | 'hardDelete';

/** Where a column goes: into a field, or by a parent's external ID into a reference. */
export type Column =
  | { readonly kind: 'field'; readonly field: FieldSchema }
  | {
      readonly kind: 'relationship';
      readonly field: FieldSchema;
      readonly parent: ObjectSchema;
      readonly by: FieldSchema;
    };

export type Done = { readonly id: string; readonly created: boolean };

const NULL_MARK = '#N/A';

/** `Field`, `Relationship.Field` or `Type:Relationship.Field`; undefined for what the object has not (BULK_API §3). */
export function columnFor(store: Store, object: ObjectSchema, name: string): Column | undefined {
  const [, type, relationship, parentField] = /^(?:([^:.]+):)?([^:.]+)\.([^:.]+)$/.exec(name) ?? [];
  if (!relationship || !parentField) {
    const found = fieldOf(object, name);
    return found && { kind: 'field', field: found };
  }
  const reference = object.fields.find((one) => one.relationshipName?.toLowerCase() === relationship.toLowerCase());
  const parent = store.schema.object(type ?? reference?.referenceTo[0] ?? '');
  const by = parent && fieldOf(parent, parentField);
  if (!reference || !parent || !by || !(by.externalId || by.idLookup)) return undefined;
  return { kind: 'relationship', field: reference, parent, by };
}

/** Carries out one row; the columns and values are as the row has them. */
export class Dml {
  private readonly table: Table;
  private readonly required: readonly FieldSchema[];

  public constructor(
    private readonly store: Store,
    private readonly object: ObjectSchema,
    private readonly operation: Operation,
    private readonly key?: FieldSchema
  ) {
    this.table = store.table(object);
    this.required = object.fields.filter((one) => one.createable && !one.nillable && !one.defaultedOnCreate);
  }

  /** @throws RowError in the service's words; nothing was changed then */
  public apply(columns: readonly Column[], texts: readonly string[], nowMs: number): Done {
    const keyText = this.keyText(columns, texts);
    switch (this.operation) {
      case 'insert':
        return this.create(this.values(columns, texts), nowMs);
      case 'update':
        return this.change(this.live(keyText), this.values(columns, texts), nowMs);
      case 'upsert':
        return this.upsert(keyText, this.values(columns, texts), nowMs);
      case 'delete':
      case 'hardDelete':
        return this.remove(this.live(keyText), nowMs);
    }
  }

  private upsert(keyText: string, values: StoredValues, nowMs: number): Done {
    const { key } = this;
    if (!key || key.type === 'id')
      return keyText === '' ? this.create(values, nowMs) : this.change(this.live(keyText), values, nowMs);
    if (keyText === '' || keyText === NULL_MARK) throw new RowError('MISSING_ARGUMENT', `${key.name} not specified`);
    const found = this.table.find(key, values.get(key.name) ?? null);
    const [n] = found;
    if (found.length > 1) {
      const ids = found.map((one) => this.table.idOf(one)).join(',');
      throw new RowError(
        'DUPLICATE_EXTERNAL_ID',
        `${key.label}: more than one record found for external id field: [${ids}]`
      );
    }
    return n === undefined ? this.create(values, nowMs) : this.change(n, values, nowMs);
  }

  private create(values: StoredValues, nowMs: number): Done {
    const missing = this.required.filter(({ name }) => (values.get(name) ?? '') === '').map(({ name }) => name);
    if (missing.length > 0)
      throw new RowError('REQUIRED_FIELD_MISSING', `Required fields are missing: [${missing.join(', ')}]`, missing);
    this.checkUnique(values);
    return { id: this.table.idOf(this.table.insert(values, nowMs)), created: true };
  }

  private change(n: number, values: StoredValues, nowMs: number): Done {
    const emptied = this.required.filter(({ name }) => values.get(name) === null).map(({ name }) => name);
    if (emptied.length > 0)
      throw new RowError('REQUIRED_FIELD_MISSING', `Required fields are missing: [${emptied.join(', ')}]`, emptied);
    this.checkUnique(values, n);
    this.table.update(n, values, nowMs);
    return { id: this.table.idOf(n), created: false };
  }

  private remove(n: number, nowMs: number): Done {
    this.store.recycleBin.remove(this.table, n, { isHard: this.operation === 'hardDelete', nowMs });
    return { id: this.table.idOf(n), created: false };
  }

  /** The number of a record by its Id. */
  private live(id: string): number {
    if (id === '') throw new RowError('MISSING_ARGUMENT', 'Id not specified');
    const idField = fieldOf(this.object, 'Id');
    if (idField) readValue(id, idField);
    const n = this.table.numberOf(id);
    if (n === undefined) throw new RowError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
    if (this.table.get(n)?.IsDeleted === true) throw new RowError('ENTITY_IS_DELETED', 'entity is deleted');
    return n;
  }

  private keyText(columns: readonly Column[], texts: readonly string[]): string {
    const name = this.key?.name ?? 'Id';
    const at = columns.findIndex((column) => column.kind === 'field' && column.field.name === name);
    return texts[at] ?? '';
  }

  private values(columns: readonly Column[], texts: readonly string[]): StoredValues {
    const values = new Map<string, Stored>();
    for (let at = 0; at < columns.length; at += 1) {
      const column = columns[at];
      const text = texts[at] ?? '';
      if (!column || text === '' || column.field.type === 'id') continue;
      values.set(column.field.name, text === NULL_MARK ? null : this.value(column, text));
    }
    return values;
  }

  private value(column: Column, text: string): Stored {
    if (column.kind === 'field') {
      if (column.field.type === 'reference') return this.reference(column.field, text);
      return readValue(text, column.field);
    }
    const { parent, by } = column;
    const table = this.store.table(parent);
    const [n] = by.type === 'id' ? [table.numberOf(text)] : table.find(by, text);
    if (n === undefined)
      throw new RowError(
        'INVALID_FIELD',
        `Foreign key external ID: ${text.toLowerCase()} not found for field ${by.name} in entity ${parent.name}`
      );
    return table.idOf(n);
  }

  private reference(field: FieldSchema, text: string): Stored {
    const id = readValue(text, field);
    const parents = field.referenceTo
      .map((name) => this.store.schema.object(name))
      .filter((parent) => parent !== undefined);
    const parent = parents.find(({ keyPrefix }) => text.startsWith(keyPrefix));
    if (!parent) {
      // It may be of an object that this org's schema leaves out.
      if (parents.length < field.referenceTo.length || parents.length === 0) return id;
      throw new RowError('FIELD_INTEGRITY_EXCEPTION', `${field.label}: id value of incorrect type: ${text}`, [
        field.name
      ]);
    }
    const n = this.store.table(parent).numberOf(text);
    if (n === undefined) throw new RowError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
    return this.store.table(parent).idOf(n);
  }

  private checkUnique(values: StoredValues, own?: number): void {
    for (const [name, value] of values) {
      const field = this.uniqueFields.get(name);
      if (!field || value === null || (own !== undefined && field === this.key)) continue;
      const other =
        this.operation === 'upsert' && field === this.key
          ? undefined
          : this.table.find(field, value).find((n) => n !== own);
      if (other !== undefined)
        throw new RowError(
          'DUPLICATE_VALUE',
          `duplicate value found: ${name} duplicates value on record with id: ${this.table.idOf(other)}`
        );
    }
  }

  private get uniqueFields(): ReadonlyMap<string, FieldSchema> {
    this.uniques ??= new Map(this.object.fields.filter(({ unique }) => unique).map((field) => [field.name, field]));
    return this.uniques;
  }

  private uniques?: ReadonlyMap<string, FieldSchema>;
}
