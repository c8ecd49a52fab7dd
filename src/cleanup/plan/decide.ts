import { type Definition } from '../definition/definition.js';
import { type MergeRule } from '../definition/schema.js';
import { id18 } from '../../bulk/recordId.js';
import { type Layout } from '../layout.js';
import { type LineFile } from '../lineFile.js';
import { mergedValue, ranked } from './choose.js';
import { type KeptRecord, type MemberRow } from './memberRow.js';
import { NULL_MARK } from './planFiles.js';
import { readableCell } from './readable.js';

/** Where decisions go. The headers are there already. */
export type DecisionFiles = {
  readonly clusters: LineFile;
  readonly review: LineFile;
  /** The updates of survivors and flagged losers, with all columns of `Decider.updateFields`. */
  readonly updates: LineFile;
  readonly deletes: LineFile;
  readonly changes: LineFile;
  readonly snapshot: LineFile;
  readonly records: LineFile;
};

/** What the clusters came to. */
export type DecisionCounts = {
  clusters: number;
  losers: number;
  largestCluster: number;
  review: number;
  reviewRecords: number;
  survivorUpdates: number;
  deletes: number;
};

/** Says for one cluster after another which record stays, what it gets, and what becomes of the others. */
export class Decider {
  public readonly counts: DecisionCounts = {
    clusters: 0,
    losers: 0,
    largestCluster: 0,
    review: 0,
    reviewRecords: 0,
    survivorUpdates: 0,
    deletes: 0
  };
  /** Every field that an update may write. */
  public readonly updateFields: readonly string[];
  /** Of those, the ones that some update of a survivor does write. */
  public readonly written = new Set<string>();
  /** Of every loser that is a record of the org; Ids of 18 letters. */
  public readonly survivorOf = new Map<string, string>();
  private readonly shownFields: readonly string[];
  private readonly standardized: readonly string[];
  /** Numbers of the records that were written down; a cluster to be merged may lie in one for review. */
  private readonly kept = new Set<number>();
  private readonly merges: ReadonlyMap<string, MergeRule>;

  public constructor(
    private readonly definition: Definition,
    private readonly layout: Layout,
    private readonly files: DecisionFiles
  ) {
    const { onLoser } = definition;
    const flag = onLoser.kind === 'flag' ? [layout.nameOf(onLoser.field)] : [];
    this.standardized = [...definition.standardize.keys()].map((field) => layout.nameOf(field));
    this.merges = new Map([...definition.merge].map(([field, rule]) => [layout.nameOf(field), rule]));
    const own = layout.hasIds ? [...this.standardized, ...this.merges.keys(), ...flag] : layout.fields;
    this.updateFields = uniqueNames(own);
    this.shownFields = shownFields(definition, layout);
  }

  /** Takes the members of one cluster, in the order of reading. */
  public take(rows: readonly MemberRow[]): void {
    const [first] = rows;
    if (!first) return;
    const { order, reason } = this.order(rows);
    this.list(rows, order);
    for (const { record, kind, cluster } of rows) this.keep(record, kind === 'merge' ? cluster : '');
    if (first.kind === 'review') {
      this.counts.review += 1;
      this.counts.reviewRecords += rows.length;
      return;
    }
    this.counts.clusters += 1;
    this.counts.losers += rows.length - 1;
    this.counts.largestCluster = Math.max(this.counts.largestCluster, rows.length);
    this.update(first.cluster, order, reason);
    this.removeLosers(order);
  }

  /** Writes down, once, what is needed of a record later: its values, and when it was last changed. */
  private keep(record: KeptRecord, cluster: string): void {
    if (this.kept.has(Number(record.n))) return;
    this.kept.add(Number(record.n));
    this.files.records.add([...record.cells, cluster]);
    this.stamp(record);
  }

  private stamp(record: KeptRecord): void {
    const { stamp, hasIds } = this.layout;
    if (hasIds) this.files.snapshot.add([record.key, stamp === undefined ? '' : (record.values[stamp] ?? '')]);
  }

  private order(rows: readonly MemberRow[]): { order: readonly KeptRecord[]; reason: string } {
    const { order, reason } = ranked(
      rows.map(({ record }) => record),
      this.definition
    );
    const chosen = rows.find(({ isChosen }) => isChosen)?.record;
    if (!chosen || chosen === order[0]) return { order, reason };
    return { order: [chosen, ...order.filter((record) => record !== chosen)], reason: 'chosen by a person' };
  }

  private list(rows: readonly MemberRow[], order: readonly KeptRecord[]): void {
    const rowOf = new Map(rows.map((row) => [row.record, row]));
    // The survivor's own score says how sure the cluster is: it is that of its weakest member.
    const weakest = rows.reduce((lowest, { score }) => Math.min(lowest, Number(score)), 1);
    for (const [i, record] of order.entries()) {
      const row = rowOf.get(record);
      if (!row) continue;
      const role = i === 0 ? 'survivor' : 'loser';
      const score = i === 0 ? String(weakest) : row.score;
      const shown = this.shownFields.map((field) => readableCell(record.value(field)));
      const cells = [row.cluster, role, readableCell(record.key), row.rule, score];
      // Rows of a file may have one key, so a person's edits need another name for them.
      const last = this.layout.hasIds || this.layout.key === undefined ? [] : [record.n];
      if (row.kind === 'merge') this.files.clusters.add([...cells, ...shown, ...last]);
      else this.files.review.add([...cells, '', ...shown, ...last]);
    }
  }

  private update(cluster: string, order: readonly KeptRecord[], survivorReason: string): void {
    const [survivor] = order;
    if (!survivor) return;
    const { files, layout } = this;
    files.changes.add([cluster, readableCell(survivor.key), '', '', '', `survivor: ${survivorReason}`, '']);
    const after = new Map<string, string>();
    for (const field of this.updateFields) {
      if (!layout.has(field)) continue;
      const rule = this.merges.get(field);
      const merged = rule === undefined ? undefined : mergedValue(rule, field, order, layout.stampField);
      const value = merged?.value ?? survivor.value(field);
      const before = survivor.raw(layout.indexOf(field));
      if (value === before) continue;
      after.set(field, value);
      const isOwn = merged === undefined || value === survivor.value(field);
      const reason = isOwn ? 'standardized' : ruleName(rule);
      const told = [cluster, survivor.key, field, before, value, reason, merged?.from ?? survivor.key];
      files.changes.add(told.map(readableCell));
    }
    if (!layout.hasIds) files.updates.add(this.wholeRow(survivor, after));
    else if (after.size > 0) files.updates.add(this.updateRow(survivor.key, after));
    if (after.size > 0 || !layout.hasIds) this.counts.survivorUpdates += 1;
  }

  private removeLosers([survivor, ...losers]: readonly KeptRecord[]): void {
    const { onLoser } = this.definition;
    if (!this.layout.hasIds || !survivor) return;
    for (const loser of losers) {
      this.survivorOf.set(id18(loser.key), id18(survivor.key));
      if (onLoser.kind === 'flag') {
        const value = onLoser.value.replaceAll('{survivor}', survivor.key);
        this.files.updates.add(this.updateRow(loser.key, new Map([[this.layout.nameOf(onLoser.field), value]])));
      } else {
        this.files.deletes.add([loser.key]);
        this.counts.deletes += 1;
      }
    }
  }

  /** The update of a record that is in no cluster; undefined where standardising changed nothing. */
  public standaloneUpdate(record: KeptRecord): string[] | undefined {
    const after = new Map<string, string>();
    for (const field of this.standardized) {
      const value = record.value(field);
      if (value !== record.raw(this.layout.indexOf(field))) after.set(field, value);
    }
    if (!this.layout.hasIds) return this.wholeRow(record, after);
    if (after.size === 0) return undefined;
    if (!this.kept.has(Number(record.n))) this.stamp(record);
    return this.updateRow(record.key, after);
  }

  private updateRow(key: string, after: ReadonlyMap<string, string>): string[] {
    for (const field of after.keys()) this.written.add(field);
    return [key, ...this.updateFields.map((field) => nullable(after.get(field)))];
  }

  /** A row of a file without Ids: its number, then all columns; what has become nothing is set to null. */
  private wholeRow(record: KeptRecord, after: ReadonlyMap<string, string>): string[] {
    const cells = this.layout.fields.map((field) =>
      after.has(field) ? nullable(after.get(field)) : record.value(field)
    );
    return [record.n, ...cells];
  }
}

function nullable(value: string | undefined): string {
  return value === '' ? NULL_MARK : (value ?? '');
}

function ruleName(rule: unknown): string {
  return typeof rule === 'string' ? rule : Object.keys(rule ?? {}).join(' ');
}

function uniqueNames(names: Iterable<string>): string[] {
  return [...new Map([...names].map((name) => [name.toLowerCase(), name])).values()];
}

/** The fields that people see in clusters.csv: those that are compared, and those that the definition names. */
export function shownFields(definition: Definition, layout: Layout): string[] {
  const own = layout.key === undefined ? undefined : layout.fields[layout.key]?.toLowerCase();
  const all = [...definition.rules.flatMap(({ fields }) => fields.map(({ field }) => field)), ...definition.show];
  return uniqueNames(all.map((field) => layout.nameOf(field))).filter((field) => field.toLowerCase() !== own);
}
