import { join } from 'node:path';
import { openInput } from '../../input/input.js';
import { PLAN_FILES } from './planFiles.js';

/** A planned cluster that a person should look at first: its score is that of its weakest member. */
export type LeastSure = {
  readonly cluster: string;
  readonly score: number;
  readonly rule: string;
  /** The survivor's key first. */
  readonly records: readonly string[];
};

const MOST_SHOWN = 5;

/** The clusters of a plan with the lowest scores, the lowest first. */
export async function leastSure(planDir: string): Promise<LeastSure[]> {
  const input = await openInput([{ path: join(planDir, PLAN_FILES.clusters) }]);
  // The first columns of clusters.csv are always these: cluster, role, key, rule, score.
  let lowest: LeastSure[] = [];
  let open: { cluster: string; score: number; rule: string; records: string[] } | undefined;
  const close = (): void => {
    if (!open) return;
    const worst = lowest.at(-1);
    if (worst && lowest.length >= MOST_SHOWN && open.score >= worst.score) return;
    lowest = [...lowest, open].sort((one, other) => one.score - other.score).slice(0, MOST_SHOWN);
  };
  for await (const batch of input.batches)
    for (let i = 0; i < batch.count; i += 1) {
      const [cluster, key, rule, score] = [batch.field(i, 0), batch.field(i, 2), batch.field(i, 3), batch.field(i, 4)];
      if (open?.cluster !== cluster) {
        close();
        open = { cluster, score: Number(score), rule, records: [] };
      }
      open.records.push(key);
    }
  close();
  return lowest.filter(({ score }) => score < 1);
}
