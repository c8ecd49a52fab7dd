import { type CleanupEvent } from '../../run/cleanupEvents.js';
import { writeDurably } from '../../run/durably.js';
import { type OpenRun } from '../../run/run.js';
import { reportFailure, withReport } from '../../run/withReport.js';
import { type CleanupResult } from '../cleanupResult.js';
import { CleanupRun, type CleanupWorld, type KnownCleanup } from './cleanupRun.js';

/** The way of an apply or an undo, and what its result is where the way was broken off. */
export type CleanupStory<Result extends CleanupResult> = {
  readonly tell: (run: CleanupRun) => Promise<Result>;
  readonly soFar: (run: KnownCleanup, nowMs: number) => Promise<Result>;
};

/** Carries a cleanup on from where its journal ends, and leaves summary.json and the report of what it has come to. */
export async function carryOn<Result extends CleanupResult>(
  open: OpenRun<CleanupEvent>,
  world: CleanupWorld,
  { tell, soFar }: CleanupStory<Result>
): Promise<Result> {
  const run = new CleanupRun(open, world);
  const { writeReport } = world;
  const write = writeReport && ((told: Result) => writeReport(open.record, open.directory, told));
  try {
    if (open.entries.length > 0 && !run.has('cleanup-finished')) await run.emit({ type: 'cleanup-resumed' });
    world.onRun(open.record, open.directory);
    const told = await tell(run).catch((error: unknown) => {
      if (!world.interrupt.aborted) throw error;
      return soFar(run, world.clock.now());
    });
    const result = await withReport(told, write);
    await writeDurably(run.path('summary.json'), `${JSON.stringify(result, undefined, 2)}\n`);
    if (result.status !== 'Interrupted' && !run.has('cleanup-finished')) await run.emit({ type: 'cleanup-finished' });
    return result;
  } catch (error) {
    await reportFailure(error, () => soFar(run, world.clock.now()), write);
    throw error;
  } finally {
    await run.close();
  }
}
