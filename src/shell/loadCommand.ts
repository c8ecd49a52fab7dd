import { join, resolve } from 'node:path';
import { type Org, SfError } from '@salesforce/core';
import { type Interfaces } from '@oclif/core';
import { SfCommand } from '@salesforce/sf-plugins-core';
import { type LoadAsked, type LoadSession } from '../load/asked.js';
import { type LoadWorld } from '../load/load.js';
import { type LoadResult } from '../load/loadResult.js';
import { type RunRecord } from '../run/run.js';
import { EXIT, loadExitCode } from './exitCodes.js';
import { onInterrupt } from './interrupt.js';
import { DEFAULT_PART_BYTES, type loadFlags } from './loadFlags.js';

type LoadFlags = Interfaces.InferredFlags<typeof loadFlags>;

/** What one of the four load commands asks beside the shared flags. */
export type LoadTask = { readonly operation: LoadAsked['operation']; readonly externalId?: string };

/** Insert, update, upsert, delete and resume: flags in, one call of the load engine, result out. */
export abstract class LoadCommand<Other = never> extends SfCommand<LoadResult | Other> {
  public static readonly enableJsonFlag = true;

  protected async startLoad(task: LoadTask, flags: LoadFlags): Promise<LoadResult> {
    const { load } = await import('../load/load.js');
    const { newRunId } = await import('../run/runId.js');
    const asked = askedOf(task, flags);
    const org = flags['target-org'];
    const nowMs = Date.now();
    const runId = newRunId(nowMs, { command: task.operation, subject: asked.sobject }, Math.random);
    const connection = org.getConnection(flags['api-version']);
    const record: RunRecord = {
      version: 1,
      runId,
      command: task.operation,
      asked,
      org: {
        id: org.getOrgId(),
        username: org.getUsername() ?? '',
        instanceUrl: connection.instanceUrl,
        apiVersion: connection.getApiVersion()
      },
      toolVersion: this.config.plugins.get('sf-plugin-bulkops')?.version ?? this.config.version,
      startedAt: new Date(nowMs).toISOString()
    };
    const session = sessionOf(flags);
    const runDir = flags['run-dir'] ?? join('bulkops-runs', runId);
    return this.carryOut(session, connection, (world) => load(record, resolve(runDir), session, world));
  }

  /** Runs the engine with what a terminal has to give, and turns its result into an exit code. */
  protected async carryOut(
    session: LoadSession,
    connection: ReturnType<Org['getConnection']>,
    work: (world: LoadWorld) => Promise<LoadResult>
  ): Promise<LoadResult> {
    const { LoadProgress } = await import('../report/progress.js');
    const { loadSummary } = await import('../report/loadSummary.js');
    const { systemClock } = await import('../bulk/clock.js');
    const { stderr } = process;
    const progress = new LoadProgress({
      screen: {
        isTTY: stderr.isTTY && !this.jsonEnabled(),
        columns: stderr.columns,
        write: (text) => stderr.write(text)
      },
      now: Date.now
    });
    let runId: string | undefined;
    const interrupt = onInterrupt(() => stderr.write('\nStopping; press Ctrl-C again to end at once.\n'));
    const world: LoadWorld = {
      connection,
      clock: systemClock,
      random: Math.random,
      interrupt,
      onEvent: (event, state) => progress.show(event, state),
      onRun: (run, directory) => {
        runId = run.runId;
        stderr.write(`Run ${run.runId} in ${directory}\n`);
      }
    };
    try {
      const result = await work(world);
      progress.end();
      process.exitCode = loadExitCode(result, session.isAsync && session.waitMs === undefined);
      this.log(loadSummary(result));
      return result;
    } catch (error) {
      progress.end();
      throw asSfError(error, runId);
    }
  }
}

/** An error for the user: before there is a run it is one of usage, after that it says how to go on. */
export function asSfError(error: unknown, runId: string | undefined): SfError {
  const wrapped =
    error instanceof SfError ? error : SfError.wrap(error instanceof Error ? plain(error) : new Error(String(error)));
  if (runId) wrapped.actions = [...(wrapped.actions ?? []), `Continue with: sf bulkops resume --run-id ${runId}`];
  else if (wrapped.name.endsWith('Error') && wrapped.exitCode === EXIT.failed) wrapped.exitCode = EXIT.usage;
  return wrapped as SfError;
}

/** oclif gives a TypeError an exit code of its own, and the file system's errors have no name. */
function plain(error: Error): Error {
  const named = new Error(error.message, { cause: error });
  named.name = 'code' in error && typeof error.code === 'string' ? `${error.code}Error` : 'LoadError';
  return named;
}

function askedOf({ operation, externalId }: LoadTask, flags: LoadFlags): LoadAsked {
  return {
    operation,
    sobject: flags.sobject,
    externalId,
    files: flags.file.map((file) => (file === '-' ? file : resolve(file))),
    encoding: flags.encoding,
    delimiter: flags['column-delimiter'],
    lineEnding: flags['line-ending'],
    map: (flags.map ?? []).map(({ column, field }) => [column, field]),
    skipColumns: flags['skip-column'] ?? [],
    emptyAsNull: flags['empty-as-null'],
    validate: flags.validate,
    onDuplicate: flags['on-duplicate'],
    partBytes: flags['part-size'] ?? DEFAULT_PART_BYTES,
    concurrency: flags.concurrency,
    retries: flags.retries,
    maxFailures: flags['max-failures'],
    results: flags.results,
    resendUnknown: flags['resend-unknown']
  };
}

function sessionOf(flags: LoadFlags): LoadSession {
  const { wait } = flags;
  return {
    waitMs: wait?.milliseconds,
    isAsync: flags.async || wait?.milliseconds === 0,
    isDryRun: flags['dry-run']
  };
}
