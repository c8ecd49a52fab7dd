import { stat } from 'node:fs/promises';
import { SfError } from '@salesforce/core';
import { type RunPointer } from '../run/registry.js';
import { viewRun } from './runView.js';

/** How many runs are looked at together: each is a few small files. */
const AT_ONCE = 16;

/** A run on one line. */
export type RunOverview = {
  readonly runId: string;
  readonly runDir: string;
  /**
   * As in its summary; `Running` while a process works on it, `Interrupted` when none does and it is not over, `Gone` when its directory
   * was removed, `Unreadable` when what lies there is no run of ours.
   */
  readonly status: string;
  readonly command?: string;
  readonly sobject?: string;
  readonly org?: string;
  /** ISO 8601, UTC. */
  readonly startedAt?: string;
  readonly durationMs?: number;
  readonly rows?: Readonly<Record<string, number>>;
  /** The command that continues it. */
  readonly next?: string;
  /** Why a run is Unreadable. */
  readonly reason?: string;
};

/** The runs that the pointers lead to, in their order. What is wrong with one of them is said of it and hides no other. */
export async function overviewsOf(pointers: readonly RunPointer[], nowMs: number): Promise<RunOverview[]> {
  const overviews: RunOverview[] = [];
  for (let first = 0; first < pointers.length; first += AT_ONCE)
    overviews.push(
      ...(await Promise.all(pointers.slice(first, first + AT_ONCE).map((pointer) => overviewOf(pointer, nowMs))))
    );
  return overviews;
}

async function overviewOf({ runId, directory: runDir }: RunPointer, nowMs: number): Promise<RunOverview> {
  if (!(await isDirectory(runDir))) return { runId, runDir, status: 'Gone' };
  try {
    return (await viewRun(runDir, nowMs)).overview;
  } catch (error) {
    const reason = error instanceof SfError || error instanceof Error ? error.message : String(error);
    return { runId, runDir, status: 'Unreadable', reason };
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false // not there, or not for us to see: either way there is no run to be shown
  );
}
