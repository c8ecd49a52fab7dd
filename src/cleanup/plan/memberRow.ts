import { fileChunks } from '../../input/chunks.js';
import { scanRecords } from '../../input/records.js';
import { type Layout } from '../layout.js';
import { type Candidate } from './choose.js';

export type ClusterKind = 'merge' | 'review';

/** A record and its place in a cluster. */
export type MemberRow = {
  readonly kind: ClusterKind;
  /** `C1`, `R7`: unique in a plan. */
  readonly cluster: string;
  /** Whether a person has said that this one stays. */
  readonly isChosen: boolean;
  readonly rule: string;
  readonly score: string;
  readonly record: KeptRecord;
};

/** A record as the plan keeps it. */
export class KeptRecord implements Candidate {
  public readonly key: string;
  public readonly n: string;
  /** As standardised, by the layout's fields. */
  public readonly values: readonly string[];
  /** Of each standardised field what stood there before, where that was another. */
  public readonly before: readonly string[];

  /** @param cells what `cells` gave */
  public constructor(
    private readonly layout: Layout,
    cells: readonly string[],
    public readonly children = 0
  ) {
    const fields = layout.fields.length;
    this.n = cells[0] ?? '';
    this.values = cells.slice(1, fields + 1);
    this.before = cells.slice(fields + 1, fields + 1 + layout.standardized.length);
    this.key = layout.key === undefined ? this.n : (this.values[layout.key] ?? '');
  }

  public readonly value = (field: string): string => this.values[this.layout.indexOf(field)] ?? '';

  public get filled(): number {
    return this.values.reduce((count, value) => (value === '' ? count : count + 1), 0);
  }

  /** What stands in the org, or in the file. */
  public raw(index: number): string {
    const standardized = this.layout.standardized.indexOf(index);
    const before = standardized < 0 ? '' : (this.before[standardized] ?? '');
    return before === '' ? (this.values[index] ?? '') : before;
  }

  /** What records.csv and the spool of standardised records hold of it. */
  public get cells(): string[] {
    return [this.n, ...this.values, ...this.before];
  }
}

/** The rows of a CSV without header whose cells are those of `KeptRecord.cells`. */
export async function* keptRecords(path: string, layout: Layout): AsyncGenerator<KeptRecord> {
  for await (const cells of csvRows(path, layout.fields.length + layout.standardized.length + 1))
    yield new KeptRecord(layout, cells);
}

/** The rows of a CSV of ours that has no header. */
export async function* csvRows(path: string, columns: number): AsyncGenerator<string[]> {
  for await (const batch of scanRecords(fileChunks(path), { delimiter: 'COMMA', columns }))
    for (let i = 0; i < batch.count; i += 1) yield batch.values(i);
}
