import { type RowErrorCount, type RowProblem } from '../../run/loadEvents.js';
import { ErrorCounts } from '../errorCounts.js';
import { FragmentWriter } from '../parts/fragment.js';
import { Span } from '../parts/span.js';
import { failedPrefix, type FragmentKind, fragmentPath } from '../settle/settle.js';
import { type RejectedRow } from './rejectRow.js';

/** All of them are in failed.csv; these are for a report. */
const MOST_PROBLEMS = 100;

const EMPTY_ROW = 'BULKOPS_EMPTY_ROW:the row has no value in any column:--';

/** Files the rows of an input that are not sent as they are read: into fragments of failed.csv and skipped.csv. */
export class UnsentRows {
  public rejected = 0;
  public skipped = 0;
  /** The first row without a value. */
  public firstEmpty?: number;
  /** The first of them. */
  public readonly problems: RowProblem[] = [];
  private readonly errors = new ErrorCounts();
  private readonly fragments = new Map<FragmentKind, FragmentWriter>();

  /** @param delimiter the character */
  public constructor(
    private readonly settledDir: string,
    private readonly delimiter: string
  ) {}

  public errorCounts(): readonly RowErrorCount[] {
    return this.errors.list();
  }

  public async reject(number: number, { error, record, problems }: RejectedRow): Promise<void> {
    this.rejected += 1;
    for (const problem of problems)
      if (this.problems.length < MOST_PROBLEMS) this.problems.push({ row: number, ...problem });
    this.errors.add(error, number);
    await this.file('failed', number, { error, record });
  }

  /** A row with nothing in it, of which spreadsheets write many at their end. */
  public async skipEmpty(number: number, record: Buffer): Promise<void> {
    this.skipped += 1;
    this.firstEmpty ??= number;
    await this.file('skipped', number, { error: EMPTY_ROW, record });
  }

  public async close(): Promise<void> {
    for (const fragment of this.fragments.values()) await fragment.close();
  }

  public async abandon(): Promise<void> {
    await Promise.allSettled([...this.fragments.values()].map((fragment) => fragment.abandon()));
  }

  private async file(
    kind: FragmentKind,
    number: number,
    { error, record }: Pick<RejectedRow, 'error' | 'record'>
  ): Promise<void> {
    const fragment =
      this.fragments.get(kind) ?? (await FragmentWriter.create(fragmentPath(this.settledDir, 'scan', kind)));
    this.fragments.set(kind, fragment);
    await fragment.append(number, failedPrefix({ id: '', error }, number, this.delimiter), Span.of(record));
  }
}
