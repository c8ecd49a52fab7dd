import { join } from 'node:path';
import { expect } from 'chai';
import { followRun } from '../../src/report/followRun.js';
import { fold, NOTHING_YET } from '../../src/load/state.js';
import { type LoadEvent } from '../../src/run/loadEvents.js';
import { isolatedHome } from '../isolatedHome.js';
import { rejection } from '../rejection.js';
import { tempDir } from '../tempDir.js';
import { TestClock } from '../testClock.js';
import { HALF_A_LOAD, OTHER_HALF, runWith } from './runs.js';

describe('report/followRun', () => {
  isolatedHome();
  const dir = tempDir();

  it('shows each event of a load once, in order, until nobody works on it', async () => {
    const runDir = join(dir.path, 'run');
    const run = await runWith(runDir, HALF_A_LOAD);
    const shown: string[] = [];
    let state = NOTHING_YET;
    const clock = new TestClock();
    const following = followRun(
      runDir,
      (event: LoadEvent) => {
        shown.push(event.type);
        state = fold(state, event);
      },
      {
        clock: {
          now: () => clock.now(),
          sleep: async (ms) => {
            await clock.sleep(ms);
            if (clock.pauses.length === 2)
              for (const event of OTHER_HALF) await run.journal.append(event, { durable: true });
            if (clock.pauses.length === 3) await run.close();
          }
        }
      }
    );
    await following;
    expect(shown).to.deep.equal([...HALF_A_LOAD, ...OTHER_HALF].map(({ type }) => type));
    expect(state.files?.success).to.equal('/runs/success.csv');
    expect(clock.pauses).to.have.length(3);
  });

  it('ends at once when the user has seen enough', async () => {
    const run = await runWith(join(dir.path, 'run'), HALF_A_LOAD);
    const enough = new AbortController();
    const error = await rejection(
      followRun(join(dir.path, 'run'), () => enough.abort(new Error('enough')), {
        clock: new TestClock(),
        signal: enough.signal
      })
    );
    await run.close();
    expect(error.message).to.equal('enough');
  });
});
