import { Messages } from '@salesforce/core';
import { type Definition } from './definition/definition.js';
import { comparedOfGuard, fieldsOf } from './definition/fieldsOf.js';
import { type ComparerName } from './match/comparerNames.js';
import { COMPARERS, type Side } from './match/comparers.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'cleanup');

/** A field whose values are kept for comparing in one way. */
type Derived = { readonly field: number; readonly compare: ComparerName };

type Kept = Pick<Layout, 'fields' | 'columns' | 'key' | 'hasIds'>;

/**
 * Which fields of the records are kept in the database, and under which names: `n` is the record's number (from 1, as it was read), `v0`… are
 * the fields' values as standardised, `r0`… what stood there before where that was another, `d0_0`… what is compared.
 */
export class Layout {
  public readonly fields: readonly string[];
  /** Places of the fields in the input's header. */
  public readonly columns: readonly number[];
  /** The field that names a record: `Id`, or the external ID of a file without Ids; undefined where a file has neither. */
  public readonly key: number | undefined;
  public readonly hasIds: boolean;
  public readonly derived: readonly Derived[];
  public readonly standardized: readonly number[];
  private readonly indexes: ReadonlyMap<string, number>;

  private constructor(kept: Kept, definition: Definition) {
    const { fields } = kept;
    this.fields = fields;
    this.columns = kept.columns;
    this.key = kept.key;
    this.hasIds = kept.hasIds;
    this.indexes = new Map(fields.map((field, i) => [field.toLowerCase(), i]));
    this.standardized = [...definition.standardize.keys()].map((field) => this.indexOf(field));
    const compared = [
      ...definition.rules.flatMap((rule) => [
        ...rule.fields,
        ...(rule.block ?? []).flat().map((field) => ({ field, compare: comparisonOf(rule.fields, field) }))
      ]),
      ...definition.guards.flatMap(comparedOfGuard)
    ].map(({ field, compare }) => ({ field: this.indexOf(field), compare }));
    this.derived = compared.filter(
      (one, i) => compared.findIndex(({ field, compare }) => field === one.field && compare === one.compare) === i
    );
  }

  /**
   * @param externalId the key of a file without Ids, of which every column is kept
   * @throws SfError `FieldsMissingError`, `KeyMissingError`
   */
  public static of(definition: Definition, header: readonly string[], externalId?: string): Layout {
    const places = new Map(header.map((column, i) => [column.trim().toLowerCase(), i]));
    const hasIds = places.has('id');
    if (externalId !== undefined && !places.has(externalId.toLowerCase()))
      throw messages.createError('keyMissing', [externalId], [header.join(', ')]);
    const asked = fieldsOf(definition);
    const missing = asked.filter((field) => !places.has(field.toLowerCase()));
    if (missing.length > 0) throw messages.createError('fieldsMissing', [missing.join(', ')], [header.join(', ')]);
    const isForeign = externalId !== undefined || !hasIds;
    const own = isForeign ? [] : ['Id', ...(places.has(STAMP) ? [STAMP] : [])];
    const names = [...own, ...asked, ...(isForeign ? header : [])].map((name) => name.trim().toLowerCase());
    const columns = [...new Set(names)].filter((name) => name !== '').map((name) => places.get(name) ?? 0);
    const key = externalId?.toLowerCase() ?? (hasIds ? 'id' : undefined);
    return new Layout(
      {
        fields: columns.map((column) => (header[column] ?? '').trim()),
        columns,
        key: key === undefined ? undefined : columns.indexOf(places.get(key) ?? -1),
        hasIds: !isForeign
      },
      definition
    );
  }

  /** @throws Error for a field that is not there: `of` has made sure of all that the definition names */
  public indexOf(field: string): number {
    const index = this.indexes.get(field.toLowerCase());
    if (index === undefined) throw new Error(`the field ${field} is not kept`);
    return index;
  }

  /** The index of SystemModstamp, where the records have one. */
  public get stamp(): number | undefined {
    return this.indexes.get(STAMP);
  }

  /** The field's name as the records have it, or as it is asked for where they have not. */
  public nameOf(field: string): string {
    return this.fields[this.indexes.get(field.toLowerCase()) ?? -1] ?? field;
  }

  public get stampField(): string | undefined {
    return this.stamp === undefined ? undefined : this.fields[this.stamp];
  }

  /** Whether records have the field; the one that losers are flagged in need not be read. */
  public has(field: string): boolean {
    return this.indexes.has(field.toLowerCase());
  }

  /** All columns of the table, in the order in which `intake` writes them. */
  public get tableColumns(): string[] {
    return [
      'n',
      ...this.fields.map((_, i) => `v${i}`),
      ...this.standardized.map((_, i) => `r${i}`),
      ...this.derived.flatMap((_, i) => this.derivedColumns(i))
    ];
  }

  public derivedColumns(index: number): string[] {
    const compare = this.derived[index]?.compare ?? 'exact';
    return Array.from({ length: COMPARERS[compare].parts }, (_, part) => `d${index}_${part}`);
  }

  /** The columns that a comparison looks at, of the record under that alias. */
  public side({ field, compare }: { field: string; compare: ComparerName }, alias: string): Side {
    return this.derivedColumns(this.derivedIndex(field, compare)).map((column) => `${alias}.${column}`);
  }

  /** The column by which records are put into blocks. */
  public blockColumn(field: string, compare: ComparerName): string {
    return `d${this.derivedIndex(field, compare)}_${COMPARERS[compare].blockPart}`;
  }

  private derivedIndex(field: string, compare: ComparerName): number {
    const index = this.indexOf(field);
    return this.derived.findIndex((one) => one.field === index && one.compare === compare);
  }
}

const STAMP = 'systemmodstamp';

/** How a field is compared that a rule puts into blocks by: as the rule compares it, otherwise exactly. */
export function comparisonOf(
  fields: ReadonlyArray<{ readonly field: string; readonly compare: ComparerName }>,
  name: string
): ComparerName {
  return fields.find(({ field }) => field.toLowerCase() === name.toLowerCase())?.compare ?? 'exact';
}
