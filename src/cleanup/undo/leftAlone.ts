import { writeTable } from '../csvTable.js';
import { type CleanupRun } from '../apply/cleanupRun.js';

/** What an undo could not, or would not, restore. */
export class LeftAlone {
  private readonly rows: Array<readonly [sobject: string, id: string, reason: string]> = [];

  public add(sobject: string, id: string, reason: string): void {
    this.rows.push([sobject, id, reason]);
  }

  public get size(): number {
    return this.rows.length;
  }

  public async write(run: CleanupRun): Promise<string | undefined> {
    if (this.rows.length === 0) return undefined;
    const path = run.path('skipped.csv');
    await writeTable(path, ['object', 'Id', 'reason'], this.rows);
    return path;
  }
}
