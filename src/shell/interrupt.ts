import { EXIT } from './exitCodes.js';

/** SIGBREAK is Ctrl-Break on Windows; the others are there on every platform. */
const SIGNALS: readonly NodeJS.Signals[] =
  process.platform === 'win32' ? ['SIGINT', 'SIGBREAK', 'SIGTERM'] : ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Takes Ctrl-C and its kin over from the base class, which throws out of its listener: the first one asks to stop cleanly, the second ends
 * the process at once.
 * @param onFirst called at the first signal
 */
export function onInterrupt(onFirst: () => void): AbortSignal {
  const controller = new AbortController();
  for (const signal of SIGNALS) {
    process.removeAllListeners(signal);
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(EXIT.interrupted);
      controller.abort();
      onFirst();
    });
  }
  return controller.signal;
}
