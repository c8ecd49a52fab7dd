import { type CleanupEvent } from '../../run/cleanupEvents.js';
import { writeDurably } from '../../run/durably.js';
import { type OpenRun } from '../../run/run.js';
import { withReport } from '../../run/withReport.js';
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
  try {
    if (open.entries.length > 0 && !run.has('cleanup-finished')) await run.emit({ type: 'cleanup-resumed' });
    world.onRun(open.record, open.directory);
    const told = await tell(run).catch((error: unknown) => {
      if (!world.interrupt.aborted) throw error;
      return soFar(run, world.clock.now());
    });
    const result = await withReport(told, writeReport && ((known) => writeReport(open.record, open.directory, known)));
    await writeDurably(run.path('summary.json'), `${JSON.stringify(result, undefined, 2)}\n`);
    if (result.status !== 'Interrupted' && !run.has('cleanup-finished')) await run.emit({ type: 'cleanup-finished' });
    return result;
  } catch (error) {
    await reportFailure(error, run, soFar);
    throw error;
  } finally {
    await run.close();
  }
}

/** Leaves a report of how far the cleanup came. Whoever called is told of the error that ended it, and of none that befalls the report. */
async function reportFailure(
  error: unknown,
  run: CleanupRun,
  soFar: CleanupStory<CleanupResult>['soFar']
): Promise<void> {
  try {
    const result = await soFar(run, run.world.clock.now());
    const message = error instanceof Error ? error.message : String(error);
    await run.world.writeReport?.(run.record, result.runDir, { ...result, warnings: [...result.warnings, message] });
  } catch {
    // A full disk, say, which is why the cleanup ended; the journal is all that a resume needs.
  }
}
