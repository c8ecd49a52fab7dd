import { rm } from 'node:fs/promises';
import { DELIMITERS } from '../input/delimiters.js';
import { type PartNumber } from '../run/loadEvents.js';
import { assemble } from './parts/assemble.js';
import { fragmentSource, FragmentWriter } from './parts/fragment.js';
import { type RecordSource } from './parts/mergeRecords.js';
import { type LoadRun } from './loadRun.js';
import { eachRowInOrder } from './parts/rowPlaces.js';
import { type Prepared } from './prepare/prepared.js';
import { readRetryRows } from './parts/retryRows.js';
import { failedPrefix, fatesPath, type FragmentKind, type FragmentOrigin, fragmentPath } from './settle/settle.js';
import { succeededRows } from './settle/succeededRows.js';
import { isOver, partsToRetry, unsettledParts } from './state.js';
import { isThere } from '../run/isThere.js';

/**
 * Writes the result files of a load that has ended or was stopped. What is left of the parts is removed when nothing can go on; a stopped
 * load keeps it for a resume. A dry run has sent nothing, and says only what was rejected.
 */
export async function finish(run: LoadRun, prepared: Prepared, isDryRun = false): Promise<void> {
  const kinds = KINDS_WANTED[run.asked.results];
  const sources = new Map<FragmentKind, RecordSource[]>();
  for (const kind of kinds) sources.set(kind, await settledRecords(kind, run, prepared));
  for (const kind of kinds)
    for (const origin of ['scan', 'duplicates'] as const satisfies FragmentOrigin[]) {
      const path = fragmentPath(run.settledDir, origin, kind);
      if (await isThere(path)) sources.get(kind)?.unshift(fragmentSource(path));
    }
  if (!isDryRun)
    for (const { kind, path } of await leftBehind(run, prepared)) sources.get(kind)?.push(fragmentSource(path));
  const written = await assemble({
    runDir: run.directory,
    inputHeader: prepared.inputHeader,
    delimiter: prepared.delimiter,
    sources
  });
  await run.emit({ type: 'results-written', ...written }, { durable: true });
  if (isDryRun || isOver(run.state)) await removeSpool(run);
}

/** Removes what is left of parts and fragments, as often as it is asked to. */
export async function removeSpool(run: LoadRun): Promise<void> {
  await Promise.all([run.partsDir, run.settledDir].map((directory) => rm(directory, { recursive: true, force: true })));
}

const KINDS_WANTED = {
  all: ['success', 'failed', 'unaccounted', 'skipped'],
  failed: ['failed', 'unaccounted', 'skipped'],
  none: []
} as const satisfies Record<string, readonly FragmentKind[]>;

/** Of settled parts only: what lies beside it is of a try that broke off. */
async function settledRecords(kind: FragmentKind, run: LoadRun, prepared: Prepared): Promise<RecordSource[]> {
  const sources: RecordSource[] = [];
  for (const [number, part] of run.state.parts) {
    if (part.at !== 'settled') continue;
    const rows = {
      success: part.fates.succeeded,
      failed: part.fates.failed,
      unaccounted: part.fates.unaccounted,
      skipped: 0
    }[kind];
    if (rows === 0) continue;
    const fates = fatesPath(run.settledDir, number);
    const staysInPart = kind === 'success' && (await isThere(fates));
    sources.push(
      staysInPart
        ? succeededRows(run.paths(number), fates, prepared.delimiter)
        : fragmentSource(fragmentPath(run.settledDir, number, kind))
    );
  }
  return sources;
}

/** Files the rows that a stopped load has not sent, or would have sent again. */
async function leftBehind(run: LoadRun, prepared: Prepared): Promise<Array<{ kind: FragmentKind; path: string }>> {
  const left: Array<{ kind: FragmentKind; path: string }> = [];
  for (const part of unsettledParts(run.state))
    left.push({ kind: 'skipped', path: await fileRows(run, prepared, { part, kind: 'skipped' }) });
  for (const part of partsToRetry(run.state)) {
    const { places, reasons } = await readRetryRows(run.settledDir, part);
    const errors = new Map(reasons.map(({ error }, i) => [places[i] ?? -1, error]));
    left.push({ kind: 'failed', path: await fileRows(run, prepared, { part, kind: 'failed', errors }) });
  }
  return left;
}

type Filing = { readonly part: PartNumber; readonly kind: FragmentKind; readonly errors?: ReadonlyMap<number, string> };

async function fileRows(run: LoadRun, prepared: Prepared, { part, kind, errors }: Filing): Promise<string> {
  const path = `${fragmentPath(run.settledDir, part, kind)}.left`;
  const delimiter = DELIMITERS[prepared.delimiter];
  const writer = await FragmentWriter.create(path);
  await eachRowInOrder(run.paths(part), ({ at, number, input }) => {
    const error = errors ? errors.get(at) : NOT_SENT;
    if (error === undefined) return;
    return writer.append(number, failedPrefix({ id: '', error }, number, delimiter), input);
  });
  await writer.close();
  return path;
}

const NOT_SENT = 'BULKOPS_NOT_SENT:the load was stopped before the row was sent:--';
