import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DELIMITERS } from '../../input/delimiters.js';
import { type Input } from '../../input/input.js';
import { type RecordBatch } from '../../input/recordBatch.js';
import { type PartNumber, type RowErrorCount, type RowProblem } from '../../run/loadEvents.js';
import { type LoadColumns } from './columns.js';
import { type HeaderAgain, headerAgain } from './headerAgain.js';
import { InputKey } from './inputKey.js';
import { type InputRecord, inputRecord } from './inputRecord.js';
import { KeyIndex } from './keyIndex.js';
import { type NewPartRow, partPaths, PartWriter } from '../parts/partFile.js';
import { type PartPlan, partPlan, type PartPlanAsked } from './partPlan.js';
import { type Prepared, sentHeader } from './prepared.js';
import { type RejectedRow, rejectHeader, rejectRow, rejectUnmended, rejectValues } from './rejectRow.js';
import { type RowCheck } from './rowCheck.js';
import { type SentRecord, sentRecord } from './sentRecord.js';
import { type Unmended, unmendedTest } from './unmended.js';
import { UnsentRows } from './unsentRows.js';

export type Cutting = {
  readonly columns: LoadColumns;
  readonly prepared: Prepared;
  readonly emptyAsNull: boolean;
  /** Missing where values are not checked. */
  readonly rowCheck?: RowCheck;
  readonly plan: PartPlanAsked;
  readonly partsDir: string;
  readonly settledDir: string;
  /** Called now and then with the rows and bytes read so far. */
  readonly onProgress: (rows: number, bytes: number) => Promise<void>;
  readonly signal: AbortSignal;
};

export type CutPart = { readonly part: PartNumber; readonly rows: number; readonly bytes: number };

/** What one pass over the input has made. `candidates` are numbers of rows that may have the key of another one. */
export type CutInput = {
  readonly parts: readonly CutPart[];
  readonly rows: number;
  readonly rejected: number;
  /** Rows without any value. */
  readonly skipped: number;
  /** The first of these. */
  readonly firstEmpty?: number;
  readonly bytes: number;
  readonly errors: readonly RowErrorCount[];
  /** The first of them. */
  readonly problems: readonly RowProblem[];
  readonly candidates: Uint32Array;
};

/**
 * Reads the whole input once: writes its rows into parts, those that can't be sent into a fragment of failed.csv, and finds keys that may be there
 * twice. Nothing of it is kept in memory.
 * @throws what reading the input throws; the file system's errors; the signal's reason
 */
export async function cut(input: Input, cutting: Cutting): Promise<CutInput> {
  await mkdir(cutting.partsDir, { recursive: true });
  await mkdir(cutting.settledDir, { recursive: true });
  const cutter = new Cutter(cutting);
  try {
    await cutter.open();
    for await (const batch of input.batches) {
      cutting.signal.throwIfAborted();
      await cutter.take(batch);
    }
    return await cutter.close();
  } catch (error) {
    await cutter.abandon();
    throw error;
  }
}

class Cutter {
  private readonly parts: CutPart[] = [];
  private readonly unsent: UnsentRows;
  private readonly unmended?: Unmended;
  private readonly isHeader: HeaderAgain;
  private readonly sentRecord: SentRecord;
  private readonly inputRecord: InputRecord;
  private readonly header: Buffer;
  private readonly key: InputKey;
  private plan?: PartPlan;
  private part?: PartWriter;
  private partRows = 0;
  private keys?: KeyIndex;
  private rows = 0;
  private bytes = 0;

  public constructor(private readonly cutting: Cutting) {
    const { columns, prepared, emptyAsNull } = cutting;
    this.sentRecord = sentRecord(columns, { ...prepared, emptyAsNull });
    this.inputRecord = inputRecord(columns.mapped, DELIMITERS[prepared.delimiter]);
    this.unmended = unmendedTest(columns.mapped);
    this.isHeader = headerAgain(columns.mapped);
    this.unsent = new UnsentRows(cutting.settledDir, this.delimiter);
    this.header = sentHeader(prepared);
    this.key = new InputKey(columns, prepared);
  }

  public async open(): Promise<void> {
    if (this.cutting.columns.keyColumn !== undefined)
      this.keys = await KeyIndex.create(join(this.cutting.partsDir, 'keys'));
  }

  public async take(batch: RecordBatch): Promise<void> {
    this.plan ??= partPlan(this.cutting.plan, meanBytes(batch));
    for (let i = 0; i < batch.count; i += 1) {
      const waiting = this.takeRow(batch, i);
      if (waiting) await waiting;
    }
    this.part?.takeCopies();
    this.rows += batch.count;
    this.bytes += batch.recordEnd(batch.count - 1) + 1 - batch.fieldStart(0, 0);
    await this.cutting.onProgress(this.rows, this.bytes);
  }

  public async close(): Promise<CutInput> {
    await this.closePart();
    await this.unsent.close();
    const { rows, bytes, parts } = this;
    const { rejected, skipped, firstEmpty, problems } = this.unsent;
    const candidates = (await this.keys?.candidates()) ?? new Uint32Array();
    const errors = this.unsent.errorCounts();
    return { parts, rows, rejected, skipped, firstEmpty, bytes, errors, problems, candidates };
  }

  public async abandon(): Promise<void> {
    await Promise.allSettled([this.part?.abandon(), this.unsent.abandon(), this.keys?.abandon()]);
  }

  private get delimiter(): string {
    return DELIMITERS[this.cutting.prepared.delimiter];
  }

  /** A promise where it must be waited for before the next row: one for each row would cost more than all the rest of this. */
  private takeRow(batch: RecordBatch, i: number): void | Promise<void> {
    const number = batch.firstNumber + i;
    if (batch.isEmpty(i)) return this.unsent.skipEmpty(number, this.inputRecord(batch, i));
    const rejected = this.rejectedRow(batch, i);
    if (rejected) return this.unsent.reject(number, rejected);
    const key = this.key.hashOf(batch, i);
    const isIndexFull = key !== undefined && this.keys?.add(number, key) === false;
    const sent = this.sentRecord(batch, i);
    const start = batch.fieldStart(i, 0);
    const end = batch.recordEnd(i);
    const part = isIndexFull ? undefined : this.roomFor(sent ? sent.length : end - start);
    if (!sent && part?.appendNow(number, batch.bytes, start, end)) return part.noteKey(key);
    const row = { number, sent: sent ?? batch.record(i), input: sent && this.inputRecord(batch, i), key };
    return part ? part.append(row) : this.takeSlowly(row);
  }

  private async takeSlowly(row: NewPartRow): Promise<void> {
    await this.keys?.drain();
    const part = this.roomFor(row.sent.length) ?? (await this.nextPart());
    await part.append(row);
  }

  /** Undefined for a row that can be sent. */
  private rejectedRow(batch: RecordBatch, i: number): RejectedRow | undefined {
    const { columns, rowCheck } = this.cutting;
    const problem = batch.problem(i);
    const unmended = problem ? undefined : this.unmended?.(batch, i);
    if (unmended) return rejectUnmended(unmended, this.inputRecord(batch, i));
    if (problem) return rejectRow(batch, i, { problem, mapped: columns.mapped, delimiter: this.delimiter });
    if (this.isHeader(batch, i)) return rejectHeader(this.inputRecord(batch, i));
    const found = rowCheck?.problems(batch, i);
    return found && rejectValues(found, this.inputRecord(batch, i));
  }

  /** The part under way if the record still goes into it. */
  private roomFor(bytes: number): PartWriter | undefined {
    if (!this.part || this.part.rows >= this.partRows) return undefined;
    return this.part.bytes + bytes + 1 > this.cutting.plan.partBytes ? undefined : this.part;
  }

  private async nextPart(): Promise<PartWriter> {
    await this.closePart();
    const index = this.parts.length;
    this.partRows = this.plan?.(index) ?? 1;
    this.part = await PartWriter.create(partPaths(this.cutting.partsDir, index + 1), this.header);
    return this.part;
  }

  private async closePart(): Promise<void> {
    const { part } = this;
    this.part = undefined;
    if (part) this.parts.push({ part: this.parts.length + 1, ...(await part.close()) });
  }
}

function meanBytes(batch: RecordBatch): number {
  const bytes = batch.recordEnd(batch.count - 1) - batch.fieldStart(0, 0) + 1;
  return Math.max(bytes / batch.count, 1);
}
