import { join, resolve } from 'node:path';
import { type Org } from '@salesforce/core';
import { type Interfaces } from '@oclif/core';
import { type LoadAsked, type LoadSession } from '../load/asked.js';
import { type LoadWorld } from '../load/load.js';
import { type LoadResult } from '../load/loadResult.js';
import { type Subject } from '../report/notify/news.js';
import { announced, type RunFlags } from './announced.js';
import { BulkopsCommand } from './bulkopsCommand.js';
import { loadExitCode } from './exitCodes.js';
import { onInterrupt } from './interrupt.js';
import { DEFAULT_PART_BYTES, type loadFlags } from './loadFlags.js';
import { screenOf } from './screen.js';
import { asUsageError } from './usageError.js';

type LoadFlags = Interfaces.InferredFlags<typeof loadFlags>;

type Carried = {
  readonly session: LoadSession;
  readonly connection: ReturnType<Org['getConnection']>;
  readonly flags: RunFlags;
  readonly subject: Subject;
};

/** What one of the four load commands asks beside the shared flags. */
export type LoadTask = { readonly operation: LoadAsked['operation']; readonly externalId?: string };

/** Insert, update, upsert, delete and resume: flags in, one call of the load engine, result out. */
export abstract class LoadCommand<Other = never> extends BulkopsCommand<LoadResult | Other> {
  public static readonly enableJsonFlag = true;

  protected async startLoad(task: LoadTask, flags: LoadFlags): Promise<LoadResult> {
    const { load } = await import('../load/load.js');
    const { runRecord } = await import('./runRecord.js');
    const asked = await askedOf(task, flags);
    const org = flags['target-org'];
    const connection = org.getConnection(flags['api-version']);
    const { operation: command } = task;
    const record = runRecord({ command, sobject: asked.sobject, asked, org, connection, config: this.config });
    const session = sessionOf(flags);
    const runDir = flags['run-dir'] ?? join('bulkops-runs', record.runId);
    const subject = { command, sobject: asked.sobject, org: record.org.username };
    return this.carryOut({ session, connection, flags, subject }, (world) =>
      load(record, resolve(runDir), session, world)
    );
  }

  /** Runs the engine with what a terminal has to give, and turns its result into an exit code. */
  protected async carryOut(
    { session, connection, flags, subject }: Carried,
    work: (world: LoadWorld) => Promise<LoadResult>
  ): Promise<LoadResult> {
    const { LoadProgress } = await import('../report/loadProgress.js');
    const { loadSummary } = await import('../report/loadSummary.js');
    const { systemClock } = await import('../bulk/clock.js');
    const { stderr } = process;
    const isAsync = session.isAsync && session.waitMs === undefined;
    return announced({ flags, subject, isAsync: session.isAsync, command: this }, async (announce) => {
      const progress = new LoadProgress({ screen: screenOf(stderr, this.jsonEnabled()), now: Date.now });
      const world: LoadWorld = {
        connection,
        clock: systemClock,
        random: Math.random,
        interrupt: onInterrupt(() => stderr.write('\nStopping; press Ctrl-C again to end at once.\n')),
        onEvent: (event, state) => {
          progress.show(event, state);
          announce.event(event);
        },
        onRun: (run, directory) => {
          announce.run(run, directory);
          stderr.write(`Run ${run.runId} in ${directory}\n`);
        },
        writeReport: async (run, directory, result) => {
          const { writeLoadReport } = await import('../report/loadReport.js');
          return writeLoadReport(run, directory, result);
        }
      };
      const result = await work(world).finally(() => progress.end());
      process.exitCode = loadExitCode(result, isAsync);
      announce.summary(loadSummary(result));
      return result;
    });
  }
}

async function askedOf({ operation, externalId }: LoadTask, flags: LoadFlags): Promise<LoadAsked> {
  const mappingPath = flags['mapping-file'];
  return {
    operation,
    sobject: flags.sobject,
    externalId,
    files: flags.file.map((file) => (file === '-' ? file : resolve(file))),
    inputFormat: flags['input-format'],
    encoding: flags.encoding,
    delimiter: flags['column-delimiter'],
    lineEnding: flags['line-ending'],
    map: (flags.map ?? []).map(({ column, field }) => [column, field]),
    set: (flags.set ?? []).map(({ field, value }) => [field, value]),
    skipColumns: flags['skip-column'] ?? [],
    mapping: mappingPath === undefined ? undefined : await mappingOf(mappingPath),
    dateFormat: flags['date-format'],
    timeZone: flags['time-zone'],
    numberFormat: flags['number-format'],
    booleanFormat: flags['boolean-format'],
    emptyAsNull: flags['empty-as-null'],
    validate: flags.validate,
    onDuplicate: flags['on-duplicate'],
    groupBy: flags['group-by'],
    partBytes: flags['part-size'] ?? DEFAULT_PART_BYTES,
    concurrency: flags.concurrency,
    retries: flags.retries,
    maxFailures: flags['max-failures'],
    quotaPercent: flags.quota,
    results: flags.results,
    resendUnknown: flags['resend-unknown']
  };
}

async function mappingOf(path: string): Promise<LoadAsked['mapping']> {
  const { readMappingFile } = await import('../schema/mappingFile.js');
  return readMappingFile(path).catch((error: unknown) => {
    throw asUsageError(error);
  });
}

function sessionOf(flags: LoadFlags): LoadSession {
  const { wait } = flags;
  return {
    waitMs: wait?.milliseconds,
    isAsync: flags.async || wait?.milliseconds === 0,
    isDryRun: flags['dry-run']
  };
}
