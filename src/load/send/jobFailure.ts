import { type JobInfo } from '../../bulk/job.js';

/**
 * Why a job did not come to its end, by the exception code before the first colon of its errorMessage (BULK_API §4). Permanent: the
 * same rows would be refused again; transient: they may go again; quota: the org takes no more for now.
 */
export type JobFailure = { readonly class: 'transient' | 'permanent' | 'quota'; readonly message: string };

const CLASS_OF_CODE: Readonly<Record<string, JobFailure['class']>> = {
  ClientInputError: 'permanent',
  ExceededQuota: 'quota',
  FeatureNotEnabled: 'permanent',
  InvalidBatch: 'permanent',
  InvalidJob: 'permanent',
  InvalidJobState: 'transient',
  InvalidOperation: 'permanent',
  InvalidUser: 'permanent',
  Timeout: 'transient',
  TooManyLockFailure: 'transient',
  InternalServerError: 'transient',
  Unknown: 'transient'
};

/** A job that was aborted has no message: somebody, or the platform, took it away, and its rows may go again. */
export function jobFailure(job: JobInfo | undefined): JobFailure {
  const message = job?.errorMessage ?? (job ? `the job ended as ${job.state}` : 'the job is gone from the org');
  const code = message.split(':', 1)[0]?.trim() ?? '';
  return { class: CLASS_OF_CODE[code] ?? 'transient', message };
}
