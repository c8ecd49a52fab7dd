import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { lockRun } from '../../src/run/lock.js';
import { type RunId } from '../../src/run/runId.js';
import { sfRejection } from '../rejection.js';
import { tempDir } from '../tempDir.js';

const RUN = 'a-run' as RunId;
const HOLDER = fileURLToPath(new URL('lockHolder.ts', import.meta.url));

describe('run/lock', () => {
  const dir = tempDir();

  /** Another process that holds the lock of the directory. */
  async function holder(directory: string): Promise<ChildProcess> {
    const child = spawn(process.execPath, ['--import', 'tsx-loader', HOLDER, directory], {
      stdio: ['ignore', 'pipe', 'inherit']
    });
    await Promise.race([
      once(child.stdout, 'data'),
      once(child, 'exit').then(() => Promise.reject(new Error('the holder ended before it had the lock')))
    ]);
    return child;
  }

  async function killed(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  it('is had again once it is given back, and leaves no trace', async () => {
    for (let times = 0; times < 3; times += 1) await (await lockRun(dir.path, RUN, () => undefined))();
    expect(await readdir(dir.path)).to.deep.equal([]);
  });

  it('is of one run alone', async () => {
    const runs = ['a', 'b'].map((name) => join(dir.path, name));
    for (const run of runs) await mkdir(run);
    const unlocks = await Promise.all(runs.map((run) => lockRun(run, RUN, () => undefined)));
    for (const unlock of unlocks) await unlock();
  });

  // Both wait for seconds, so they wait together.
  it('is refused while another process holds it, and taken over from one that was killed', async function () {
    this.timeout(60_000);
    const [held, orphaned] = ['held', 'orphaned'].map((name) => join(dir.path, name)) as [string, string];
    await Promise.all([mkdir(held), mkdir(orphaned)]);
    const [living, dying] = await Promise.all([holder(held), holder(orphaned)]);
    try {
      await killed(dying);
      const [refused, unlock] = await Promise.all([
        sfRejection(lockRun(held, RUN, () => undefined)),
        lockRun(orphaned, RUN, () => undefined)
      ]);
      expect(refused.name).to.equal('RunIsLockedError');
      expect(refused.message).to.contain(RUN);
      await unlock();
    } finally {
      await Promise.all([killed(living), killed(dying)]);
    }
  });
});
