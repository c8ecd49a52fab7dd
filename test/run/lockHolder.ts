import { lockRun } from '../../src/run/lock.js';
import { type RunId } from '../../src/run/runId.js';

/** A process of its own that holds the lock of a run until it is killed: `node --import tsx-loader lockHolder.ts DIRECTORY`. */
await lockRun(process.argv[2] ?? '', 'a-run' as RunId, () => undefined);
process.stdout.write('locked\n');
setInterval(() => undefined, 1000);
