import { isTerminal } from '../bulk/job.js';
import { type JobFate } from './watchJobs.js';

/** What has become of all watched jobs: of several fates the one that a person must know of. */
export type WatchStatus = 'Success' | 'PartialSuccess' | 'Failed' | 'InProgress' | 'Interrupted';

/** @param isInterrupted whether the user ended the watch */
export function watchStatus(fates: readonly JobFate[], isInterrupted: boolean): WatchStatus {
  if (fates.some(({ job, isGone }) => isGone || job.state === 'Failed' || job.state === 'Aborted')) return 'Failed';
  if (fates.some(({ job }) => !isTerminal(job.state))) return isInterrupted ? 'Interrupted' : 'InProgress';
  return fates.some(({ job }) => job.numberRecordsFailed > 0) ? 'PartialSuccess' : 'Success';
}
