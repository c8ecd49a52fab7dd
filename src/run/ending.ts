import { type Clock } from '../bulk/clock.js';

/** Ends a run in this process, not in the org: the user wants out, or `--wait` ran out. The run can be resumed. */
export class Interruption extends Error {
  public constructor(public readonly why: 'interrupt' | 'wait') {
    super(why);
  }
}

type World = {
  readonly clock: Clock;
  /** Aborted when the user wants out. */
  readonly interrupt: AbortSignal;
};

/** Ends the run when the user interrupts it or `--wait` runs out; returns what calls that off. */
export function endWhen(
  ending: AbortController,
  { clock, interrupt }: World,
  { waitMs, isAsync }: { readonly waitMs?: number; readonly isAsync: boolean }
): () => void {
  const onInterrupt = (): void => ending.abort(new Interruption('interrupt'));
  if (interrupt.aborted) onInterrupt();
  interrupt.addEventListener('abort', onInterrupt);
  const over = new AbortController();
  if (waitMs !== undefined && !isAsync)
    clock.sleep(waitMs, over.signal).then(
      () => ending.abort(new Interruption('wait')),
      () => undefined // the run was over first
    );
  return () => {
    interrupt.removeEventListener('abort', onInterrupt);
    over.abort();
  };
}
