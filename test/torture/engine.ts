/**
 * A process of its own that loads, or resumes a load, and can be killed: `node engine.ts '{"record": …, "runDir": …}'`. It says `begun` on
 * stdout before the first thing that a kill could disturb, and exits with 0 when there is nothing left to resume.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type * as Load from '../../src/load/load.js';
import type { LoadWorld } from '../../src/load/load.js';
import type { RunRecord } from '../../src/run/run.js';

const { load, resumeLoad } = (await import(new URL('../../lib/load/load.js', import.meta.url).href)) as typeof Load;

type Asked = {
  readonly record: RunRecord;
  readonly runDir: string;
  readonly isResume: boolean;
  readonly token: string;
};
const { record, runDir, isResume, token } = JSON.parse(process.argv[2] ?? '') as Asked;

/** Pauses pass so much quicker, so that a kill meets work more often than waiting. */
const HASTE = 20;

const connection = {
  instanceUrl: record.org.instanceUrl,
  accessToken: token,
  getApiVersion: () => record.org.apiVersion,
  getUsername: () => record.org.username,
  refreshAuth: () => Promise.reject(new Error('there is no refresh token'))
};
const world: LoadWorld = {
  // As much of a connection as a load without validation asks of one.
  connection: connection as unknown as LoadWorld['connection'],
  clock: { now: () => Date.now(), sleep: (ms, signal) => wait(ms / HASTE, undefined, { signal }) },
  random: Math.random,
  interrupt: new AbortController().signal,
  onEvent: () => undefined,
  onRun: () => undefined
};
const session = { isAsync: false, isDryRun: false };
process.stdout.write('begun\n');
const result = isResume ? await resumeLoad(runDir, session, world) : await load(record, runDir, session, world);
process.exitCode = result.next === undefined ? 0 : 1;
