import { Messages } from '@salesforce/core';
import { Flags } from '@salesforce/sf-plugins-core';
import { type JobId, JOB_STATES } from '../bulk/job.js';
import { JOB_KINDS } from '../bulk/jobs.js';
import { jobIdIn } from '../bulk/recordId.js';
import { asUsageError } from './usageError.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'job');

const summary = (flag: string): { summary: string } => ({ summary: messages.getMessage(`flags.${flag}.summary`) });

const jobId = Flags.custom<JobId>({
  char: 'i',
  parse: (text) => {
    const id = jobIdIn(text);
    if (!id) throw asUsageError(messages.createError('jobIdMalformed', [text]));
    return Promise.resolve(id);
  }
});

export const orgFlags = { 'target-org': Flags.requiredOrg(), 'api-version': Flags.orgApiVersion() };

export const oneJobFlag = { 'job-id': jobId({ required: true, ...summary('job-id') }) };

export const someJobsFlag = { 'job-id': jobId({ required: true, multiple: true, ...summary('job-ids') }) };

/** Which jobs are meant, by what they are. */
export const filterFlags = {
  state: Flags.option({ options: JOB_STATES, multiple: true, delimiter: ',', ...summary('state') })(),
  sobject: Flags.string({ char: 's', ...summary('sobject') }),
  operation: Flags.option({
    options: ['insert', 'update', 'upsert', 'delete', 'hardDelete', 'query', 'queryAll'] as const,
    multiple: true,
    delimiter: ',',
    ...summary('operation')
  })(),
  kind: Flags.option({ options: JOB_KINDS, ...summary('kind') })(),
  user: Flags.string({ ...summary('user') })
};

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** A moment in milliseconds since 1970: `3h`, `1d`, `2w` before now, or a date or time (ISO 8601). */
export const moment = Flags.custom<number>({
  parse: (text) => {
    const [, count, unit] = /^(\d+)\s*([mhdw])$/.exec(text.trim()) ?? [];
    const isDate = /^\d{4}-\d\d-\d\d/.test(text.trim());
    const atMs = count
      ? Date.now() - Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS]
      : isDate
        ? Date.parse(text.trim())
        : NaN;
    if (Number.isNaN(atMs)) throw asUsageError(messages.createError('momentMalformed', [text]));
    return Promise.resolve(atMs);
  }
});

export const endFlags = {
  'job-id': jobId({ multiple: true, exactlyOne: ['job-id', 'older-than'], ...summary('job-ids') }),
  'older-than': moment({ exclusive: ['job-id'], helpValue: '<time>', ...summary('older-than') }),
  ...filterFlags,
  'no-prompt': Flags.boolean({ default: false, ...summary('no-prompt') })
};
