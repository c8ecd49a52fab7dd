import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { free } from '../../input/freed.js';
import { encodeField } from '../../input/encode.js';
import { DELIMITERS, type DelimiterName } from '../../input/delimiters.js';
import { type PartFates, type PartNumber, type RowErrorCount } from '../../run/loadEvents.js';
import { ErrorCounts } from '../errorCounts.js';
import { FragmentWriter, removeFragment } from '../parts/fragment.js';
import { partName, type PartPaths, removePart } from '../parts/partFile.js';
import { lieTogether, type PlacedRow, rowNumbers } from '../parts/partRows.js';
import { RetryRows } from '../parts/retryRows.js';
import { eachRowInOrder } from '../parts/rowPlaces.js';
import { type Span } from '../parts/span.js';
import { type RowFates } from './rowFates.js';
import { SuccessPrefix } from './successPrefix.js';
import { type Judging, type Verdict, verdictOn } from './verdict.js';
import { isThere } from '../../run/isThere.js';

/** The result files of a load; `skipped` holds what was not sent on purpose. */
export type FragmentKind = 'success' | 'failed' | 'unaccounted' | 'skipped';

export type Settling = Judging & {
  readonly part: PartNumber;
  readonly paths: PartPaths;
  readonly fates: RowFates;
  /** Of the input, and so of the result files. */
  readonly delimiter: DelimiterName;
  readonly writesSuccess: boolean;
};

/** Rows that were filed before anything was sent: what the scan refused, and what has the key of another row. */
export type FragmentOrigin = 'scan' | 'duplicates';

/** What `part-settled` says, and which fragments and retry file now lie in the directory, all of them durable. */
export type Settled = PartFates & {
  readonly errors: readonly RowErrorCount[];
  /** Rows in none of the results, wherever they are counted. */
  readonly unknown: number;
};

export function fragmentPath(settledDir: string, part: PartNumber | FragmentOrigin, kind: FragmentKind): string {
  return join(settledDir, `${typeof part === 'number' ? partName(part) : part}.${kind}`);
}

/**
 * Gives every row of a part exactly one fate and files it: into a fragment of a result file, or among the rows that go again. Rows of a part that
 * lie together stay in it once they have succeeded (`succeededRows`), as nearly all have: only what the org said of them is written then.
 * @throws Error when the fates do not add up to the part's rows (a defect of ours: nothing is journaled then)
 */
export async function settle(asked: Settling, settledDir: string): Promise<Settled> {
  const { fates, part, paths, writesSuccess } = asked;
  const { unknown } = fates;
  const numbers = await rowNumbers(paths);
  const staysInPart = lieTogether(numbers);
  const rows = numbers.length;
  free(numbers);
  const filing = new Filing(asked, new Fragments(settledDir, part));
  const copiesSuccess = writesSuccess && !staysInPart;
  try {
    if (copiesSuccess || fates.succeededRows < fates.rows)
      await eachRowInOrder(paths, (row) => filing.file(row, copiesSuccess));
    await filing.files.close();
  } catch (error) {
    await filing.files.abandon();
    throw error;
  }
  const { again, errors, failed, unaccounted } = filing;
  const { created, succeededRows: succeeded } = fates;
  if (writesSuccess && staysInPart && succeeded > 0) await fates.write(fatesPath(settledDir, part));
  const toRetry = again.count;
  if (toRetry > 0) await again.write(settledDir, part);
  const sum = succeeded + failed + unaccounted + toRetry;
  if (sum !== rows || sum !== fates.rows) throw new Error(`part ${part}: ${sum} fates for ${rows} rows`);
  return { succeeded, failed, unaccounted, toRetry, created, errors: errors.list(), unknown };
}

/** The filing of one part's rows, and how many of them were filed as what. */
class Filing {
  public readonly errors = new ErrorCounts();
  public readonly again = new RetryRows();
  public failed = 0;
  public unaccounted = 0;
  private readonly delimiter: string;
  private readonly success: SuccessPrefix;

  public constructor(
    private readonly asked: Settling,
    public readonly files: Fragments
  ) {
    this.delimiter = DELIMITERS[asked.delimiter];
    this.success = new SuccessPrefix(this.delimiter);
  }

  /** @param copiesSuccess whether a row that has succeeded can't stay where it is */
  public file(row: PlacedRow, copiesSuccess: boolean): void | Promise<void> {
    const { at, number, sent, input } = row;
    const { fates } = this.asked;
    const verdict = fates.hasSucceeded(at) ? undefined : verdictOn(fates.of(at), this.asked, sent);
    if (verdict && verdict.kind !== 'succeeded') return this.fileOther(row, verdict);
    if (verdict) fates.succeededBefore(at, verdict.id);
    return copiesSuccess ? this.files.add('success', number, this.success.of(fates, at), input) : undefined;
  }

  private fileOther(row: PlacedRow, verdict: Exclude<Verdict, { kind: 'succeeded' }>): void | Promise<void> {
    if (verdict.kind === 'again') return this.again.add(row.at, verdict.reason);
    this[verdict.kind] += 1;
    this.errors.add(verdict.error, row.number);
    return this.files.add(verdict.kind, row.number, failedPrefix(verdict, row.number, this.delimiter), row.input);
  }
}

/** Of the fates of a part's rows that stay in it. */
export function fatesPath(settledDir: string, part: PartNumber): string {
  return join(settledDir, `${partName(part)}.fates`);
}

/** Removes what an earlier, broken-off try has left: a row must not be filed twice. */
export async function removeFiled(settledDir: string, part: PartNumber): Promise<void> {
  const kinds: FragmentKind[] = ['success', 'failed', 'unaccounted', 'skipped'];
  await Promise.all(kinds.map((kind) => removeFragment(fragmentPath(settledDir, part, kind))));
  await rm(fatesPath(settledDir, part), { force: true });
}

/** Removes a part whose rows go nowhere any more, unless those that have succeeded stay in it until the end. */
export async function releasePart(part: PartNumber, paths: PartPaths, settledDir: string): Promise<void> {
  if (!(await isThere(fatesPath(settledDir, part)))) await removePart(paths);
}

/** The columns before the input's own in failed.csv, unaccounted.csv and skipped.csv. */
export function failedPrefix(row: { id: string; error: string }, rowNumber: number, delimiter: string): Buffer {
  return Buffer.from(`${row.id}${delimiter}${encodeField(row.error, delimiter)}${delimiter}${rowNumber}${delimiter}`);
}

/** The fragments of one part, each made when its first row comes. */
class Fragments {
  private readonly open = new Map<FragmentKind, FragmentWriter>();

  public constructor(
    private readonly dir: string,
    private readonly part: PartNumber
  ) {}

  public add(kind: FragmentKind, rowNumber: number, prefix: Buffer, input: Span): void | Promise<void> {
    const writer = this.open.get(kind);
    return writer ? writer.append(rowNumber, prefix, input) : this.addFirst(kind, rowNumber, prefix, input);
  }

  private async addFirst(kind: FragmentKind, rowNumber: number, prefix: Buffer, input: Span): Promise<void> {
    const writer = await FragmentWriter.create(fragmentPath(this.dir, this.part, kind));
    this.open.set(kind, writer);
    await writer.append(rowNumber, prefix, input);
  }

  public async close(): Promise<void> {
    for (const writer of this.open.values()) await writer.close();
  }

  public async abandon(): Promise<void> {
    await Promise.allSettled([...this.open.values()].map((writer) => writer.abandon()));
  }
}
