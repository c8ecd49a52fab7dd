import { DELIMITERS, type DelimiterName } from '../../input/delimiters.js';
import { type RecordCursor, type RecordSource } from '../parts/mergeRecords.js';
import { firstNumberIn } from '../parts/numbersIn.js';
import { type PartPaths } from '../parts/partFile.js';
import { PartReader } from '../parts/partRows.js';
import { RowFates } from './rowFates.js';
import { SuccessPrefix } from './successPrefix.js';

/**
 * The records of success.csv that are made of the rows of a settled part, where these lie together in it.
 * @param fatesPath what `RowFates.write` has kept of them
 * @throws Error (reading it) when the part or its fates are shorter than its index says
 */
export function succeededRows(part: PartPaths, fatesPath: string, delimiter: DelimiterName): RecordSource {
  return {
    firstRow: () => firstNumberIn(part.rows),
    open: () => SucceededRows.open(part, fatesPath, DELIMITERS[delimiter])
  };
}

class SucceededRows implements RecordCursor {
  public row = 0;
  public recordBytes = 0;
  /** The place of the next row in the part. */
  private at = -1;
  private prefix: Buffer = Buffer.alloc(0);

  private constructor(
    private readonly rows: PartReader,
    private readonly fates: RowFates,
    private readonly prefixes: SuccessPrefix
  ) {
    this.goOn();
  }

  public static async open(part: PartPaths, fatesPath: string, delimiter: string): Promise<SucceededRows> {
    const rows = await PartReader.open(part);
    try {
      return new SucceededRows(rows, await RowFates.read(fatesPath, rows.count), new SuccessPrefix(delimiter));
    } catch (error) {
      await rows.close();
      throw error;
    }
  }

  public take(limit: number, into: Buffer, start: number): number | Promise<number> {
    let end = start;
    while (this.row < limit && end + this.recordBytes <= into.length) {
      if (!this.isInMemory()) return end > start ? end - start : this.takeSlowly(limit, into, start);
      this.copy(into, end);
      end += this.recordBytes;
      this.goOn();
    }
    return end - start;
  }

  public async close(): Promise<void> {
    await this.rows.close();
    this.fates.close();
  }

  private async takeSlowly(limit: number, into: Buffer, start: number): Promise<number> {
    while (!this.isInMemory()) await this.rows.goOn();
    return this.take(limit, into, start);
  }

  /** Goes past the rows before the next one as far as they are in memory. @returns whether it is itself */
  private isInMemory(): boolean {
    while (this.rows.at < this.at) if (!this.rows.goOnNow()) return false;
    return true;
  }

  private copy(into: Buffer, to: number): void {
    const { prefix } = this;
    const { bytes, start, end } = this.rows.input;
    // For so few bytes a loop is quicker than a call into native code.
    for (let at = 0; at < prefix.length; at += 1) into[to + at] = prefix[at] ?? 0;
    bytes.copy(into, to + prefix.length, start, end);
    into[to + this.recordBytes - 1] = LF;
  }

  /** To the next row that has succeeded. */
  private goOn(): void {
    const { rows, fates, prefixes } = this;
    do this.at += 1;
    while (this.at < rows.count && !fates.hasSucceeded(this.at));
    if (this.at >= rows.count) {
      this.row = Infinity;
      return;
    }
    this.row = rows.numberOf(this.at);
    this.prefix = prefixes.of(fates, this.at);
    this.recordBytes = this.prefix.length + rows.inputBytesOf(this.at);
  }
}

const LF = 0x0a;
