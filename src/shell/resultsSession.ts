import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { Messages } from '@salesforce/core';
import { systemClock } from '../bulk/clock.js';
import { type JobId } from '../bulk/job.js';
import { type AnyJob } from '../bulk/jobs.js';
import { type ResultRead, type ResultTools, readResult } from '../jobs/jobResults.js';
import { RESULTS, type ResultKind } from '../jobs/resultKinds.js';
import { count } from '../report/format.js';
import { PRIVATE_FILE } from '../run/durably.js';
import { EXIT } from './exitCodes.js';
import { type JobSession, type OrgFlags, theJob, withJobs } from './jobSession.js';
import { stdoutErrors } from './stdoutErrors.js';
import { asUsageError } from './usageError.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'job');

type Command = { jsonEnabled(): boolean; logToStderr(text: string): void; warn(text: string): unknown };

type Asked = {
  readonly result?: ResultKind;
  /** Absolute; missing for standard output. */ readonly file?: string;
  readonly command: Command;
};

type Told = ResultRead & { readonly id: string; readonly result: ResultKind; readonly file?: string };

/** Reads a result of a job to a file, which stands there whole or not at all, or to standard output. */
export async function carryOutResults(
  flags: OrgFlags & { readonly 'job-id': JobId },
  { result: asked, file, command }: Asked
): Promise<Told> {
  if (file === undefined && command.jsonEnabled()) throw asUsageError(messages.createError('resultsAndJson'));
  return withJobs(flags, async (session) => {
    const job = await theJob(flags['job-id'], session);
    const result = resultOf(job, asked);
    const read = file === undefined ? await toStdout(job, result, session) : await toFile(job, result, session, file);
    const { rows, expected } = read;
    if (expected !== undefined && rows !== expected) {
      command.warn(messages.getMessage('countsDiffer', [job.id, expected, rows]));
      process.exitCode = EXIT.partial;
    }
    command.logToStderr(messages.getMessage('resultsRead', [count(rows), file ?? 'standard output']));
    return { id: job.id, result, ...read, file };
  });
}

/** @throws SfError `ResultNotOfJobError`, `ResultNotSaidError` */
function resultOf(
  { id, kind, numberRecordsProcessed, numberRecordsFailed }: AnyJob,
  asked: ResultKind | undefined
): ResultKind {
  if (asked !== undefined) {
    if (RESULTS[asked].of === kind) return asked;
    throw asUsageError(messages.createError('resultNotOfJob', [id, kind, asked]));
  }
  if (kind === 'query') return 'query';
  throw asUsageError(
    messages.createError('resultNotSaid', [id, count(numberRecordsProcessed), count(numberRecordsFailed)])
  );
}

async function toStdout(job: AnyJob, result: ResultKind, session: JobSession): Promise<ResultRead> {
  const { stdout } = process;
  const failed = stdoutErrors();
  const write = async (bytes: Buffer): Promise<void> => {
    const failure = failed();
    if (failure) throw messages.createError('outputClosed', [failure.message]);
    await new Promise<void>((done) => stdout.write(Buffer.from(bytes), () => done()));
  };
  return readResult(job, result, { ...toolsOf(session), write });
}

function toolsOf({ transport, signal, org }: JobSession): Omit<ResultTools, 'write'> {
  return { transport, clock: systemClock, signal, username: org.getUsername() };
}

async function toFile(job: AnyJob, result: ResultKind, session: JobSession, path: string): Promise<ResultRead> {
  const beside = `${path}.writing`;
  const file = await opened(beside);
  try {
    const write = (bytes: Buffer): Promise<void> => file.appendFile(bytes);
    const read = await readResult(job, result, { ...toolsOf(session), write });
    await file.sync();
    await file.close();
    await rename(beside, path);
    return read;
  } catch (error) {
    await file.close().catch(() => undefined); // it may have been closed already
    await rm(beside, { force: true });
    throw error;
  }
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'w', PRIVATE_FILE);
  } catch (error) {
    throw asUsageError(messages.createError('outputUnwritable', [path, (error as Error).message]));
  }
}
