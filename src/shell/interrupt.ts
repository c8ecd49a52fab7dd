import { EXIT } from './exitCodes.js';

/** SIGBREAK is Ctrl-Break on Windows; the others are there on every platform. */
const SIGNALS: readonly NodeJS.Signals[] =
  process.platform === 'win32' ? ['SIGINT', 'SIGBREAK', 'SIGTERM'] : ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Lets Ctrl-C and its kin end the process at once, as long as there is nothing to stop cleanly: the base class throws out of its listener. */
export function endOnInterrupt(): void {
  onSignals(() => process.exit(EXIT.interrupted));
}

/**
 * The first Ctrl-C asks to stop cleanly, the second ends the process at once.
 * @param onFirst called at the first signal
 */
export function onInterrupt(onFirst: () => void): AbortSignal {
  const controller = new AbortController();
  onSignals(() => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
    onFirst();
  });
  return controller.signal;
}

function onSignals(listener: () => void): void {
  const onSignal = (): void => {
    leaveLogger();
    listener();
  };
  for (const signal of SIGNALS) {
    const others = process.listeners(signal);
    // Added first: with none at all for a moment, a signal that is on its way would be lost.
    process.on(signal, onSignal);
    for (const other of others) process.removeListener(signal, other);
  }
}

/** As pino's listener is called. */
const LOGGER_LISTENER = 'onExit';

/**
 * At the end of a process the logger of `sf` waits, blocking it, for a thread that looks after it once a second. Whoever has pressed Ctrl-C
 * waits for nothing.
 */
function leaveLogger(): void {
  for (const listener of process.listeners('exit'))
    if (listener.name === LOGGER_LISTENER) process.removeListener('exit', listener);
}
