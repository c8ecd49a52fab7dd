import { recordId, recordNumber } from './ids.js';
import { KeyIndex } from './keyIndex.js';
import { RecordShape, type ShownRecord } from './recordShape.js';
import { RecycleBin } from './recycleBin.js';
import { type FieldSchema, type ObjectSchema, type Schema } from './schema.js';
import { type DatabaseSync, openDatabase, type StatementSync } from './sqlite.js';
import { type Stored, storedInstant } from './values.js';

/** Values by field name, as they are stored. */
export type StoredValues = ReadonlyMap<string, Stored>;

/** So many rows a scan reads at a time. */
const SCAN_ROWS = 1000;

export type ChildField = { readonly table: Table; readonly field: FieldSchema };

/**
 * The records of the org, one table an object, in an embedded database in memory or on disk. A record's number is its place in its table, and
 * its Id is made of that, so that no index of Ids is needed.
 */
export class Store {
  public readonly recycleBin = new RecycleBin(this);
  private readonly database: DatabaseSync;
  private readonly tables = new Map<string, Table>();
  private readonly childFieldsOf = new Map<ObjectSchema, readonly ChildField[]>();

  /** @param path `:memory:` or a file */
  public constructor(
    public readonly schema: Schema,
    path: string,
    userId: string
  ) {
    this.database = openDatabase(path);
    // What was committed survives a killed process; a power cut is no concern of an emulator.
    this.database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536'
    );
    for (const object of schema.objects) this.tables.set(object.name, new Table(object, this.database, userId));
  }

  /** @throws Error when the schema has no such object */
  public table(object: ObjectSchema): Table {
    const table = this.tables.get(object.name);
    if (!table) throw new Error(`no table for ${object.name}`);
    return table;
  }

  /** The references that children have to an object's records; those that every record has to its users are left out. */
  public childFields(object: ObjectSchema): readonly ChildField[] {
    let fields = this.childFieldsOf.get(object);
    if (!fields) {
      fields = [...this.tables.values()].flatMap((table) =>
        table.object.fields
          .filter(({ referenceTo }) => referenceTo.includes(object.name))
          // An owner stays, and can't be emptied; a master takes its details along.
          .filter(({ nillable, whenParentIsDeleted }) => nillable || whenParentIsDeleted !== 'clear')
          .filter(({ name }) => name !== 'MasterRecordId')
          .map((field) => ({ table, field }))
      );
      this.childFieldsOf.set(object, fields);
    }
    return fields;
  }

  /** All that `work` does is done, or none of it. */
  public transaction<T>(work: () => T): T {
    this.database.exec('BEGIN');
    try {
      const result = work();
      this.database.exec('COMMIT');
      return result;
    } catch (error) {
      this.database.exec('ROLLBACK');
      for (const table of this.tables.values()) table.forgetKeys();
      throw error;
    }
  }

  public close(): void {
    this.database.close();
  }
}

export class Table {
  private readonly stored: readonly FieldSchema[];
  private readonly insertRow: StatementSync;
  private readonly shape: RecordShape;
  private readonly byNumber: StatementSync;
  private readonly keys = new Map<string, KeyIndex>();
  private readonly finders = new Map<string, StatementSync>();
  private readonly updaters = new Map<string, StatementSync>();

  public constructor(
    public readonly object: ObjectSchema,
    private readonly database: DatabaseSync,
    private readonly userId: string
  ) {
    this.stored = object.fields.filter(({ type, calculated }) => type !== 'id' && !calculated);
    const columns = this.stored.map(({ name }) => quoted(name));
    database.exec(`CREATE TABLE IF NOT EXISTS ${this.name} (n INTEGER PRIMARY KEY, ${columns.join(', ')})`);
    this.insertRow = database.prepare(`INSERT INTO ${this.name} VALUES (NULL, ${columns.map(() => '?').join(', ')})`);
    this.shape = new RecordShape(object);
    this.byNumber = database.prepare(`SELECT ${columnList(this.shape)} FROM ${this.name} WHERE n = ?`);
    this.byNumber.setReturnArrays(true);
  }

  /** Creates a record; what is not given gets the default of its field. Returns its number. */
  public insert(values: StoredValues, nowMs: number): number {
    const now = storedInstant(nowMs);
    const row: Stored[] = this.stored.map((one) => values.get(one.name) ?? this.defaultOf(one, now));
    const n = Number(this.insertRow.run(...row).lastInsertRowid);
    for (const [name, index] of this.keys) index.add(values.get(name), n);
    return n;
  }

  /** Puts a record into its place again, with all that it had: its number, its dates. */
  public update(n: number, values: StoredValues, nowMs: number): void {
    const now = storedInstant(nowMs);
    const stamps: Array<[string, Stored]> = [
      ['LastModifiedDate', now],
      ['LastModifiedById', this.userId],
      ['SystemModstamp', now]
    ];
    this.set(n, new Map([...stamps, ...values]));
  }

  /** Sets fields as they are, stamps too. */
  public set(n: number, values: StoredValues): void {
    const names = [...values.keys()];
    const key = names.join();
    const before = this.keysBefore(n, values);
    let statement = this.updaters.get(key);
    if (!statement) {
      statement = this.database.prepare(
        `UPDATE ${this.name} SET ${names.map((name) => `${quoted(name)} = ?`).join(', ')} WHERE n = ?`
      );
      this.updaters.set(key, statement);
    }
    statement.run(...values.values(), n);
    if (before) this.moveKeys(n, before);
  }

  /** Takes a record out of the org for good. */
  public erase(n: number): void {
    const before = this.get(n);
    for (const [name, index] of this.keys) index.remove(before?.[name], n);
    this.database.prepare(`DELETE FROM ${this.name} WHERE n = ?`).run(n);
  }

  /** Numbers of live records that have this value in a field. The first call for a field makes its index. */
  public find(field: FieldSchema, value: Stored): readonly number[] {
    let index = this.keys.get(field.name);
    if (!index) {
      index = new KeyIndex(field.caseSensitive);
      const all = this.database.prepare(`SELECT n, ${quoted(field.name)} FROM ${this.name} WHERE "IsDeleted" = 0`);
      all.setReturnArrays(true);
      for (const row of all.iterate() as unknown as Iterable<Stored[]>) index.add(row[1], Number(row[0]));
      this.keys.set(field.name, index);
    }
    return index.find(value);
  }

  /** What the key indexes know may not be so after something was rolled back. */
  public forgetKeys(): void {
    this.keys.clear();
  }

  /** Numbers of live records that refer to a parent by its 18-character Id. The first call for a field makes its index. */
  public referring(field: FieldSchema, parentId: string): number[] {
    const key = `>${field.name}`;
    let statement = this.finders.get(key);
    if (!statement) {
      const column = quoted(field.name);
      const index = quoted(`${this.object.name}>${field.name}`);
      this.database.exec(`CREATE INDEX IF NOT EXISTS ${index} ON ${this.name} (${column})`);
      statement = this.database.prepare(`SELECT n FROM ${this.name} WHERE ${column} = ? AND "IsDeleted" = 0`);
      statement.setReturnArrays(true);
      this.finders.set(key, statement);
    }
    return (statement.all(parentId) as unknown as number[][]).map(([n]) => n ?? 0);
  }

  /** The number of a record that is or was there. */
  public numberOf(id: string): number | undefined {
    const n = recordNumber(this.object.keyPrefix, id);
    return n !== undefined && this.byNumber.get(n) ? n : undefined;
  }

  public idOf(n: number): string {
    return recordId(this.object.keyPrefix, n);
  }

  /** The record of an Id of 15 or 18 characters, a deleted one too. */
  public byId(id: string): ShownRecord | undefined {
    const n = recordNumber(this.object.keyPrefix, id);
    return n === undefined ? undefined : this.get(n);
  }

  public get(n: number): ShownRecord | undefined {
    const row = this.byNumber.get(n);
    return row && this.shape.record(row as unknown as Stored[]);
  }

  /**
   * All records in the order of their creation, read some at a time as they are asked for: what is written meanwhile behind the reader isn't seen.
   * @param fields canonical names; without them records are whole
   */
  public *records(asked: {
    readonly includeDeleted: boolean;
    readonly fields?: readonly string[];
  }): Generator<ShownRecord> {
    const shape = asked.fields ? new RecordShape(this.object, asked.fields) : this.shape;
    const live = asked.includeDeleted ? '' : 'AND "IsDeleted" = 0';
    const page = this.database.prepare(
      `SELECT ${columnList(shape)} FROM ${this.name} WHERE n > ? ${live} ORDER BY n LIMIT ${SCAN_ROWS}`
    );
    page.setReturnArrays(true);
    for (let last = 0; ;) {
      const rows = page.all(last) as unknown as Stored[][];
      for (const row of rows) yield shape.record(row);
      if (rows.length < SCAN_ROWS) return;
      last = Number(rows.at(-1)?.[0]);
    }
  }

  public count(): number {
    const row = this.database.prepare(`SELECT count(*) AS count FROM ${this.name} WHERE "IsDeleted" = 0`).get();
    return Number(row?.count ?? 0);
  }

  /** The record before a change that key indexes must hear of; an upsert sets its key to what it was, which is none. */
  private keysBefore(n: number, values: StoredValues): ShownRecord | undefined {
    if (values.has('IsDeleted')) return this.get(n);
    for (const [name, index] of this.keys)
      if (values.has(name) && !index.find(values.get(name)).includes(n)) return this.get(n);
    return undefined;
  }

  private moveKeys(n: number, before: ShownRecord): void {
    const after = this.get(n);
    for (const [name, index] of this.keys) {
      if (before.IsDeleted === false) index.remove(before[name], n);
      if (after?.IsDeleted === false) index.add(after[name], n);
    }
  }

  private get name(): string {
    return quoted(this.object.name);
  }

  private defaultOf({ name, type }: FieldSchema, now: string): Stored {
    if (name === 'CreatedDate' || name === 'LastModifiedDate' || name === 'SystemModstamp') return now;
    if (name === 'OwnerId' || name === 'CreatedById' || name === 'LastModifiedById') return this.userId;
    return type === 'boolean' ? 0 : null;
  }
}

function columnList({ columns }: RecordShape): string {
  return ['n', ...columns.map(quoted)].join(', ');
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
