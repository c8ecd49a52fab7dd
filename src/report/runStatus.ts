import { type ExportStatus } from '../export/exportResult.js';
import { type LoadStatus } from '../load/loadResult.js';

/** What a list of runs says beside the statuses that runs end with. */
type Standing = 'Running' | 'Gone' | 'Unreadable';

/** Every status that a run can be listed with, those most looked for first; cleanups end with statuses that loads have too. */
const MEANINGS = {
  Running: 'a process works on it',
  Interrupted: 'nobody works on it, and it is not over',
  InProgress: 'goes on in the org',
  Stopped: 'by its limits; can be resumed',
  Failed: 'rows are unaccounted, the org refused a whole job, or an export can go no further',
  PartialSuccess: 'done, but not for all rows',
  Success: 'all done',
  Checked: 'a dry run',
  Closed: 'the reader of its output had enough',
  Gone: 'its directory was removed',
  Unreadable: 'what lies in its directory is no run'
} as const satisfies Readonly<Record<LoadStatus | ExportStatus | Standing, string>>;

export type RunStatus = keyof typeof MEANINGS;

export const RUN_STATUSES = Object.keys(MEANINGS) as RunStatus[];
