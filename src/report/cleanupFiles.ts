import { join } from 'node:path';
import { BACKUP } from '../cleanup/apply/backup.js';
import { type CleanupResult } from '../cleanup/cleanupResult.js';
import { isThere } from '../run/isThere.js';
import { PLAN_FILES } from '../cleanup/plan/planFiles.js';
import { type LoadResult } from '../load/loadResult.js';
import { type CleanupStepName } from '../run/cleanupEvents.js';
import { fileFacts } from './fileFacts.js';
import { type FileRow } from './html/runSections.js';

type Listed = { readonly parts: readonly string[]; readonly what: string; readonly rows?: number };

/** The files of a cleanup that people look into, what needs them first, with their sizes and hashes. */
export async function cleanupFiles(
  directory: string,
  { files }: CleanupResult,
  steps: ReadonlyMap<CleanupStepName, LoadResult>
): Promise<FileRow[]> {
  const all = [...steps];
  const listed: Listed[] = [
    ...(files.skipped === undefined ? [] : [{ parts: ['skipped.csv'], what: 'records that were left alone, and why' }]),
    ...all.flatMap(([step, { rows }]): Listed[] => [
      ...some(rows.failed + rows.rejected, step, 'failed.csv', `rows of ${step} that were refused, and why`),
      ...some(rows.unaccounted, step, 'unaccounted.csv', `rows of ${step} of which the org says nothing`)
    ]),
    ...backups([...steps.keys()]),
    { parts: ['plan', PLAN_FILES.clusters], what: 'which records were planned to be one' },
    { parts: ['plan', PLAN_FILES.updates], what: 'what was planned to be written' },
    ...all.map(([step, { rows }]) => ({
      parts: ['actions', `${step}.csv`],
      what: `what ${step} has sent`,
      rows: rows.read
    })),
    ...all.flatMap(([step, { rows }]) => some(rows.succeeded, step, 'success.csv', `rows of ${step} that succeeded`))
  ];
  const found: FileRow[] = [];
  for (const { parts, what, rows } of listed) {
    const path = join(directory, ...parts);
    if (await isThere(path)) found.push({ ...(await fileFacts(path)), name: parts.join('/'), what, rows });
  }
  return found;
}

function some(rows: number, step: CleanupStepName, file: string, what: string): Listed[] {
  return rows === 0 ? [] : [{ parts: ['steps', step, file], what, rows }];
}

function backups(steps: readonly CleanupStepName[]): Listed[] {
  const of = (name: string, what: string): Listed => ({ parts: [BACKUP.directory, name], what });
  return [
    of(BACKUP.records, 'every record that was touched, as it was before'),
    // Those of steps that move no children are not there.
    ...steps.map((step) => of(`${step}.csv`, `children that ${step} has moved, and whose they were before`)),
    of(BACKUP.bound, 'children that nobody but the platform can move, and whose they were')
  ];
}
