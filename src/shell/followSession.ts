import { systemClock } from '../bulk/clock.js';
import { fold as foldExport, NOTHING_YET as NOTHING_EXPORTED } from '../export/state.js';
import { fold as foldLoad, NOTHING_YET as NOTHING_LOADED } from '../load/state.js';
import { cleanupLine } from '../report/cleanupLines.js';
import { ExportProgress } from '../report/exportProgress.js';
import { followRun } from '../report/followRun.js';
import { type Easel } from '../report/liveLines.js';
import { LoadProgress } from '../report/loadProgress.js';
import { type CleanupEvent } from '../run/cleanupEvents.js';
import { type ExportEvent } from '../run/exportEvents.js';
import { type LoadEvent } from '../run/loadEvents.js';
import { type RunKind } from '../run/runKind.js';
import { onInterrupt } from './interrupt.js';
import { screenOf } from './screen.js';

/** Shows a run that another process works on as that process would, until it ends or the user has seen enough. */
export async function follow(runDir: string, kind: RunKind): Promise<void> {
  const signal = onInterrupt(() => undefined);
  const easel: Easel = { screen: screenOf(process.stderr, false), now: Date.now };
  await FOLLOWING[kind](runDir, easel, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

const FOLLOWING: Readonly<Record<RunKind, (runDir: string, easel: Easel, signal: AbortSignal) => Promise<void>>> = {
  load: async (runDir, easel, signal) => {
    const progress = new LoadProgress(easel);
    let state = NOTHING_LOADED;
    const show = (event: LoadEvent): void => progress.show(event, (state = foldLoad(state, event)));
    await followRun(runDir, show, { clock: systemClock, signal }).finally(() => progress.end());
  },
  export: async (runDir, easel, signal) => {
    const progress = new ExportProgress(easel);
    let state = NOTHING_EXPORTED;
    const show = (event: ExportEvent): void => progress.show(event, (state = foldExport(state, event)));
    await followRun(runDir, show, { clock: systemClock, signal }).finally(() => progress.end());
  },
  cleanup: async (runDir, { screen }, signal) => {
    const show = (event: CleanupEvent): void => {
      const line = cleanupLine(event);
      if (line !== undefined) screen.write(`${line}\n`);
    };
    await followRun(runDir, show, { clock: systemClock, signal });
  }
};
