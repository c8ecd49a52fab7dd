import { once } from 'node:events';
import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { faultPlan } from '../../src/emulator/faults/faultFile.js';
import { faultsOf } from '../../src/emulator/faults/faults.js';
import { seededRandom } from '../../src/emulator/faults/strikes.js';
import { ALIAS, EmulatedOrg } from '../nut/emulatedOrg.js';
import { differenceOf, type Outcome, outcomeOf, SOBJECT, tortureInput } from './cases.js';
import { Tally } from './tally.js';

const ROWS = Number(process.env.TORTURE_REAL_ROWS ?? 12_000);
const CASES = Number(process.env.TORTURE_REAL_KILLS ?? 16);
const SEED = Number(process.env.TORTURE_SEED ?? Date.now() % 1_000_000);
/** Slow enough for a kill to meet every stage, since most of a short run is the start of `sf`. */
const ROWS_PER_SECOND = 3000;

const OPERATIONS = ['insert', 'upsert'] as const;
type Operation = (typeof OPERATIONS)[number];

/** Kills the commands themselves, as a person or a runner of CI does; what becomes of the engine alone is in kills.torture.ts. */
describe(`${CASES} runs of the real sf, killed at random moments and resumed (seed ${SEED})`, () => {
  const random = seededRandom(SEED);
  const tally = new Tally();

  after(() => console.log(tally.table()));

  for (const operation of OPERATIONS)
    it(`${operation}: sf bulkops resume --use-most-recent ends as if nobody had killed anything`, async () => {
      const whole = await load(operation, () => undefined);
      for (let n = 0; n < CASES / OPERATIONS.length; n += 1) {
        let struck = 0;
        const { outcome } = await load(operation, (attempt) => {
          if (attempt > 0 && random() < 0.5) return undefined;
          return { afterMs: random() * whole.ms, onKill: () => (struck += 1) };
        });
        tally.add(`${operation}: killed`, operation, { ...differenceOf(whole.outcome, outcome), struck });
      }
      expect(tally.wrong(operation), tally.wrong(operation).join('\n')).to.deep.equal([]);
    });
});

type Kill = { readonly afterMs: number; readonly onKill: () => void };

/** A load in an org of its own; `ms` is how long the first process of it was at work. */
async function load(
  operation: Operation,
  kill: (attempt: number) => Kill | undefined
): Promise<{ outcome: Outcome; ms: number }> {
  const faults = faultsOf(faultPlan({ seed: 1, faults: [{ fault: 'fail-rows', rate: 0.01, jobs: 6 }] }));
  const org = await EmulatedOrg.create({ faults, rowsPerSecond: ROWS_PER_SECOND });
  try {
    const { home } = org.sf;
    const { files } = await tortureInput(operation, ROWS, join(home, 'input'), org.emulator);
    const runDir = join(home, 'run');
    const key = operation === 'upsert' ? ['--external-id', 'External_Id__c'] : [];
    const what = ['--sobject', SOBJECT, ...key, '--file', ...files, '--target-org', ALIAS, '--run-dir', runDir];
    const first = ['bulkops', operation, ...what, '--retries', '4', '--part-size', '100kb', '--json'];
    let ms: number | undefined;
    for (let attempt = 0; ; attempt += 1) {
      const isThere = await isRun(runDir);
      if (!isThere) await rm(runDir, { recursive: true, force: true });
      const args = isThere ? ['bulkops', 'resume', '--use-most-recent', '--json'] : first;
      const ended = await run(org, args, kill(attempt));
      ms ??= ended.ms;
      if (ended.isOver) return { outcome: await outcomeOf(org.emulator, runDir), ms };
      if (attempt > 50) throw new Error('it never comes to its end');
    }
  } finally {
    await org.close();
  }
}

async function isRun(runDir: string): Promise<boolean> {
  return access(join(runDir, 'run.json')).then(
    () => true,
    () => false
  );
}

/** Some rows are refused for good, so a load that comes to its end does so with 68. */
const OVER = 68;

async function run(
  org: EmulatedOrg,
  args: readonly string[],
  kill: Kill | undefined
): Promise<{ isOver: boolean; ms: number }> {
  const child = org.sf.start(args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (said += text));
  const startedMs = performance.now();
  const ended = once(child, 'close') as Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  if (kill) {
    await Promise.race([wait(kill.afterMs), ended]);
    if (child.exitCode === null && child.kill('SIGKILL')) kill.onKill();
  }
  const [code, signal] = await ended;
  // A process that was killed when all was done but its last words leaves nothing to resume, which is no failure.
  const isOver = code === OVER || (code === 0 && args.includes('resume'));
  if (signal === null && !isOver) throw new Error(`sf ${args.join(' ')} ended with ${code}: ${said}`);
  return { isOver, ms: performance.now() - startedMs };
}
