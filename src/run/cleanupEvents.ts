/** A step of a cleanup that one load carries out, in a directory of its own under `steps/`. */
export type CleanupStepName = string;

/** What happened in applying or undoing a plan, in the order in which it became durable. Fields are only ever added: old journals must replay. */
export type CleanupEvent =
  /** The plan lies in the run directory, edits worked in: what happens from here on depends on no other file. */
  | { readonly type: 'plan-taken'; readonly clusters: number; readonly updates: number; readonly deletes: number }
  /** Every record that will be touched is on disk as it was. Nothing was changed before this. */
  | { readonly type: 'backed-up'; readonly records: number }
  /** Records that changed since the plan were found; they and their clusters are left alone. */
  | { readonly type: 'drift-checked'; readonly clustersSkipped: number; readonly recordsSkipped: number }
  /** The intent: the step's rows are fixed, its load may have begun. */
  | { readonly type: 'step-starting'; readonly step: CleanupStepName; readonly rows: number }
  | {
      readonly type: 'step-finished';
      readonly step: CleanupStepName;
      readonly succeeded: number;
      readonly failed: number;
    }
  /** The intent: the platform is asked to merge these losers; without a `merged` after it only the org can tell whether it did. */
  | {
      readonly type: 'merging';
      readonly batch: number;
      readonly losers: readonly string[];
      /** Of each of these losers its survivor. */
      readonly survivors?: readonly string[];
    }
  | {
      readonly type: 'merged';
      readonly batch: number;
      readonly merged: readonly string[];
      readonly errors: readonly MergeError[];
    }
  /** Deleted records were asked back. Asking twice does no harm. */
  | { readonly type: 'undeleted'; readonly records: number; readonly gone: number }
  /** Another process goes on. */
  | { readonly type: 'cleanup-resumed' }
  /** From here on the run is undone by another one, and never resumed. */
  | { readonly type: 'undo-starting'; readonly by: string }
  | { readonly type: 'verified'; readonly checked: number; readonly wrong: number }
  | { readonly type: 'warning'; readonly message: string }
  /** summary.json stands. */
  | { readonly type: 'cleanup-finished' };

export type MergeError = {
  readonly loser: string;
  readonly message: string;
  /** The service's code; missing in journals of older versions. */
  readonly code?: string;
};
