/** The command of a run that applies a plan, as run.json names it. */
export const APPLY_COMMAND = 'cleanup-apply';
/** The command of a run that undoes an apply. */
export const UNDO_COMMAND = 'cleanup-undo';

/** Whose events a journal holds: `LoadEvent`, `ExportEvent` or `CleanupEvent`. */
export type RunKind = 'load' | 'export' | 'cleanup';

const KINDS: ReadonlyMap<string, RunKind> = new Map([
  ['insert', 'load'],
  ['update', 'load'],
  ['upsert', 'load'],
  ['delete', 'load'],
  ['export', 'export'],
  [APPLY_COMMAND, 'cleanup'],
  [UNDO_COMMAND, 'cleanup']
]);

/** What a run is, by its command in run.json; undefined for one of a later version that this one does not know. */
export function runKind({ command }: { readonly command: string }): RunKind | undefined {
  return KINDS.get(command);
}
