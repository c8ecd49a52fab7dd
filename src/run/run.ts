import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Messages } from '@salesforce/core';
import { z } from 'zod';
import { PRIVATE_DIRECTORY, writeDurably } from './durably.js';
import { Journal, type JournalEntry } from './journal.js';
import { lockRun } from './lock.js';
import { makeDirectory } from './makeDirectory.js';
import { registerRun } from './registry.js';
import { type RunId } from './runId.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'run');

const RECORD_FILE = 'run.json';

const recordSchema = z.object({
  version: z.literal(1),
  runId: z.string().transform((id) => id as RunId),
  command: z.string(),
  /** The run that this one is a step of; it is found through that one. */
  partOf: z
    .string()
    .transform((id) => id as RunId)
    .optional(),
  /** What was asked; whoever resumes the command knows its form. */
  asked: z.unknown(),
  org: z.object({ id: z.string(), username: z.string(), instanceUrl: z.string(), apiVersion: z.string() }),
  toolVersion: z.string(),
  startedAt: z.string()
});

/** What a run is: run.json. Never a token or another secret. */
export type RunRecord = Readonly<z.infer<typeof recordSchema>>;

/** A run that this process holds: nobody else can work on it until it is closed. */
export type OpenRun<Event> = {
  readonly record: RunRecord;
  /** Absolute. */
  readonly directory: string;
  readonly journal: Journal<Event>;
  /** What the journal held when the run was opened. */
  readonly entries: ReadonlyArray<JournalEntry<Event>>;
  close(): Promise<void>;
};

/**
 * Makes the directory of a new run, with its record, lock and journal, and lets this machine know of it.
 * @throws SfError `DirectoryUnwritableError`, `DirectoryTakenError`, `DirectoryNotEmptyError`
 */
export async function createRun<Event>(record: RunRecord, runDir: string): Promise<OpenRun<Event>> {
  const directory = resolve(runDir);
  try {
    await makeDirectory(directory, PRIVATE_DIRECTORY);
    await refuseFilled(directory);
    await writeDurably(join(directory, RECORD_FILE), `${JSON.stringify(record, undefined, 2)}\n`);
  } catch (error) {
    if (!isFileSystemError(error)) throw error;
    throw messages.createError('directoryUnwritable', [directory, error.message]);
  }
  if (record.partOf === undefined) await registerRun(record.runId, directory);
  return openHeld<Event>(record, directory);
}

/** A run removes and replaces files by name, and must not meet anybody else's. Hidden ones (`.gitkeep`, `.DS_Store`) are none of its names. */
async function refuseFilled(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => !name.startsWith('.'));
  if (names.includes(RECORD_FILE)) throw messages.createError('directoryTaken', [directory], [directory]);
  const [other] = names;
  if (other !== undefined) throw messages.createError('directoryNotEmpty', [directory, other]);
}

/**
 * Opens a run to go on with it.
 * @throws SfError `NotARunError`, `RunIsLockedError`, `JournalTamperedError`
 */
export async function openRun<Event>(runDir: string): Promise<OpenRun<Event>> {
  const directory = resolve(runDir);
  return openHeld<Event>(await readRecord(directory), directory);
}

/**
 * Refuses to go on with a run in another org than its own: what its journal says was done there was not done here.
 * @throws SfError `OtherOrgError`
 */
export function checkOrg({ runId, org }: RunRecord, orgId: string): void {
  if (orgId.slice(0, ID_LENGTH) === org.id.slice(0, ID_LENGTH)) return;
  throw messages.createError('otherOrg', [runId, org.id, org.username, orgId], [org.username, org.instanceUrl]);
}

/** What follows in an Id of 18 characters is a check over these. */
const ID_LENGTH = 15;

/** @throws SfError `NotARunError` */
export async function readRecord(directory: string): Promise<RunRecord> {
  try {
    return recordSchema.parse(JSON.parse(await readFile(join(directory, RECORD_FILE), 'utf8')));
  } catch (error) {
    const reason = isFileSystemError(error) ? missingOr(error) : `${RECORD_FILE} can't be understood`;
    throw messages.createError('notARun', [directory, reason]);
  }
}

function missingOr({ code, message }: NodeJS.ErrnoException): string {
  return code === 'ENOENT' ? `there is no ${RECORD_FILE}` : message;
}

async function openHeld<Event>(record: RunRecord, directory: string): Promise<OpenRun<Event>> {
  let lost: Error | undefined;
  let held: Journal<Event> | undefined;
  const unlock = await lockRun(directory, record.runId, (error) => {
    lost = error;
    held?.breakOff(error);
  });
  try {
    const { journal, entries } = await Journal.open<Event>(directory);
    held = journal;
    if (lost) journal.breakOff(lost);
    const close = async (): Promise<void> => {
      await journal.close();
      if (!lost) await unlock();
    };
    return { record, directory, journal, entries, close };
  } catch (error) {
    await unlock();
    throw error;
  }
}

function isFileSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string' && 'syscall' in error;
}
