/** The service's internal batch, which the daily allocation counts (BULK_API §3). */
export const BATCH_ROWS = 10_000;
/** A part is settled in memory, about 50 bytes a row, and 250 where rows are equal: this bounds it. */
const MOST_ROWS = 100_000;

export type PartPlanAsked = {
  readonly partBytes: number;
  readonly concurrency: number;
  /** Bytes of the whole input; undefined where that is not known. */
  readonly inputBytes?: number;
  /** Rows of the whole input, where that is known and not its bytes. */
  readonly inputRows?: number;
};

/** How many rows each part takes at most; its bytes are bounded besides. */
export type PartPlan = (partIndex: number) => number;

/**
 * Whole batches of 10,000 rows, in as many parts as keep all jobs busy to the end. Where the input's size is not known, parts grow as it
 * goes on, so that a short one is still shared out.
 * @param rowBytes mean bytes of a row, from the first ones
 */
export function partPlan(asked: PartPlanAsked, rowBytes: number): PartPlan {
  const mostByBytes = Math.max(
    wholeBatches(asked.partBytes / rowBytes),
    Math.min(BATCH_ROWS, Math.floor(asked.partBytes / rowBytes)),
    1
  );
  const most = Math.min(mostByBytes, MOST_ROWS);
  const rows = asked.inputRows ?? (asked.inputBytes === undefined ? undefined : asked.inputBytes / rowBytes);
  if (rows === undefined)
    return (index) => Math.min(most, BATCH_ROWS * 2 ** Math.min(Math.floor(index / asked.concurrency), 10));
  // A last part by itself would take as long as all those before it that ran side by side.
  const rounds = Math.max(Math.ceil(rows / (most * asked.concurrency)), 1);
  const each = Math.min(most, Math.max(Math.ceil(rows / (rounds * asked.concurrency) / BATCH_ROWS), 1) * BATCH_ROWS);
  return () => each;
}

function wholeBatches(rows: number): number {
  return Math.floor(rows / BATCH_ROWS) * BATCH_ROWS;
}
