import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Emulator } from '../../src/emulator/emulator.js';
import { faultPlan } from '../../src/emulator/faults/faultFile.js';
import { faultsOf } from '../../src/emulator/faults/faults.js';
import { seededRandom } from '../../src/emulator/faults/strikes.js';
import {
  differenceOf,
  type Difference,
  type Operation,
  type Outcome,
  outcomeOf,
  recordOf,
  tortureInput,
  tortureOrg
} from './cases.js';

const ENGINE = fileURLToPath(new URL('engine.ts', import.meta.url));

export type Killed = Difference & { readonly struck: number };

/** Loads in processes of their own that are killed (SIGKILL) at random moments, and resumed until one comes to the end. */
export class Kills {
  private readonly undisturbed = new Map<Operation, { outcome: Outcome; ms: number }>();
  private readonly random: () => number;
  private cases = 0;

  public constructor(
    private readonly directory: string,
    private readonly rows: number,
    seed: number
  ) {
    this.random = seededRandom(seed);
  }

  public async run(operation: Operation): Promise<Killed> {
    const known = this.undisturbed.get(operation) ?? (await this.load(operation, () => undefined));
    this.undisturbed.set(operation, known);
    let kills = 0;
    const { outcome } = await this.load(operation, (attempt) => {
      // Each is killed once anywhere; half of them again, as often as chance will have it.
      if (attempt > 0 && this.random() < 0.5) return undefined;
      return { afterMs: this.random() * known.ms, onKill: () => (kills += 1) };
    });
    return { ...differenceOf(known.outcome, outcome), struck: kills };
  }

  private async load(
    operation: Operation,
    kill: (attempt: number) => { afterMs: number; onKill: () => void } | undefined
  ): Promise<{ outcome: Outcome; ms: number }> {
    const directory = join(this.directory, `case-${(this.cases += 1)}`);
    // Some rows are locked at first, so that kills meet retries too; the same ones each time.
    const faults = faultsOf(faultPlan({ seed: 1, faults: [{ fault: 'fail-rows', rate: 0.01, jobs: 6 }] }));
    const emulator = await tortureOrg(operation, this.rows, { faults });
    try {
      const asked = await tortureInput(operation, this.rows, directory, emulator);
      const runDir = join(directory, 'run');
      const record = recordOf(asked, emulator);
      let ms = 0;
      for (let attempt = 0; ; attempt += 1) {
        const isResume = await access(join(runDir, 'journal.ndjson')).then(
          () => true,
          () => false
        );
        if (!isResume) await rm(runDir, { recursive: true, force: true });
        await forgetLock(runDir);
        const ended = await engine({ record, runDir, isResume, token: tokenOf(emulator) }, kill(attempt));
        ms += ended.ms;
        if (ended.isDone) break;
        if (attempt > 100) throw new Error('it never comes to its end');
      }
      return { outcome: await outcomeOf(emulator, runDir), ms };
    } finally {
      await emulator.close();
      await rm(directory, { recursive: true, force: true });
    }
  }
}

function tokenOf({ org }: Emulator): string {
  return `${org.id.slice(0, 15)}!x`;
}

/** Lets the time pass in which the lock of a killed process still counts. */
async function forgetLock(runDir: string): Promise<void> {
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(join(runDir, 'lock'), longAgo, longAgo).catch(() => undefined); // it was killed before it had one
}

async function engine(
  asked: object,
  kill: { afterMs: number; onKill: () => void } | undefined
): Promise<{ isDone: boolean; ms: number }> {
  const child = spawn(process.execPath, [ENGINE, JSON.stringify(asked)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = once(child, 'close') as Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  await Promise.race([once(child.stdout, 'data'), ended]);
  const startedMs = performance.now();
  if (kill) {
    await Promise.race([wait(kill.afterMs), ended]);
    if (child.exitCode === null && child.kill('SIGKILL')) kill.onKill();
  }
  const [code, signal] = await ended;
  if (signal === null && code !== 0) throw new Error(`the engine ended with ${code}: ${errors}`);
  return { isDone: code === 0, ms: performance.now() - startedMs };
}
