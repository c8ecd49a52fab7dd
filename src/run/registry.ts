import { mkdir, readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Global, Messages } from '@salesforce/core';
import { z } from 'zod';
import { PRIVATE_DIRECTORY, writeDurably } from './durably.js';
import { type RunId } from './runId.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'run');

const pointerSchema = z.object({ runId: z.string().transform((id) => id as RunId), directory: z.string() });

/** Where a run lies. Run ids begin with their time, so their order is that of the runs. */
export type RunPointer = Readonly<z.infer<typeof pointerSchema>>;

/** Lets runs be found from any working directory: a small file each in sf's state folder. */
export async function registerRun(runId: RunId, directory: string): Promise<void> {
  await mkdir(registryDir(), { recursive: true, mode: PRIVATE_DIRECTORY });
  await writeDurably(join(registryDir(), `${runId}.json`), JSON.stringify({ runId, directory }));
}

/** Newest first. A pointer whose run was removed is still one: whoever opens it is told. One that can't be read hides no other. */
export async function listRuns(): Promise<RunPointer[]> {
  const names = await readdir(registryDir()).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []; // no run was ever made here
    throw error;
  });
  const found = names
    .filter((name) => name.endsWith('.json'))
    .sort()
    .reverse();
  const pointers = await Promise.all(found.map(readPointer));
  return pointers.filter((pointer) => pointer !== undefined);
}

/** @throws SfError `RunUnknownError` */
export async function findRun(runId: string): Promise<RunPointer> {
  const found = (await listRuns()).find((run) => run.runId === runId);
  if (!found) throw messages.createError('runUnknown', [runId]);
  return found;
}

/**
 * The directory of a run that is named by its id or its directory; of the one begun last where neither is given.
 * @throws SfError `RunUnknownError`, `NoRunsError`
 */
export async function runDirOf({ runId, runDir }: { runId?: string; runDir?: string }): Promise<string> {
  if (runDir !== undefined) return resolve(runDir);
  if (runId !== undefined) return (await findRun(runId)).directory;
  const [newest] = await listRuns();
  if (!newest) throw messages.createError('noRuns');
  return newest.directory;
}

async function readPointer(name: string): Promise<RunPointer | undefined> {
  const text = await readFile(join(registryDir(), name), 'utf8');
  try {
    return pointerSchema.parse(JSON.parse(text));
  } catch {
    return undefined; // its run can still be opened by its directory
  }
}

function registryDir(): string {
  return join(homedir(), Global.SF_STATE_FOLDER, 'bulkops', 'runs');
}
