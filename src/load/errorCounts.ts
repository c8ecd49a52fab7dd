import { rowError } from '../bulk/rowError.js';
import { type RowErrorCount } from '../run/loadEvents.js';

/** Counts row errors by code; message and example are those of the first row of each code. */
export class ErrorCounts {
  private readonly byCode = new Map<string, RowErrorCount>();

  public add(error: string, rowNumber: number): void {
    const { code, message } = rowError(error);
    const before = this.byCode.get(code);
    this.byCode.set(
      code,
      before ? { ...before, count: before.count + 1 } : { code, message, count: 1, exampleRow: rowNumber }
    );
  }

  /** Most frequent first. */
  public list(): RowErrorCount[] {
    return [...this.byCode.values()].sort((a, b) => b.count - a.count);
  }
}
