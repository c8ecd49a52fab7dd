import { Messages } from '@salesforce/core';
import { type JobId, type JobState } from '../bulk/job.js';
import { type AnyJob, type JobKind } from '../bulk/jobs.js';
import { type JobEnd } from '../jobs/endJobs.js';
import { counted } from '../report/format.js';
import { namedJobs } from '../jobs/users.js';
import { endsText, jobTable } from '../report/jobText.js';
import { confirm } from './confirm.js';
import { EXIT } from './exitCodes.js';
import { filterOf, type JobSession, type OrgFlags, theJob } from './jobSession.js';
import { cellsOfStdout } from './screen.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'job');

type Command = {
  jsonEnabled(): boolean;
  log(text: string): void;
  confirm(question: { message: string; ms: number }): Promise<boolean>;
};

export type EndFlags = OrgFlags & {
  readonly 'job-id'?: readonly JobId[];
  readonly 'older-than'?: number;
  readonly kind?: JobKind;
  readonly state?: readonly JobState[];
  readonly sobject?: string;
  readonly operation?: readonly string[];
  readonly user?: string;
  readonly 'no-prompt': boolean;
};

type Ending = {
  readonly verb: 'abort' | 'delete';
  /** Jobs in these states are meant where neither ids nor states are given. */
  readonly states: readonly JobState[];
  readonly end: (found: readonly AnyJob[]) => Promise<JobEnd[]>;
};

/** Most jobs that are shown before the question, and found by a filter. */
const MOST_SHOWN = 20;
const MOST_FOUND = 100_000;

/**
 * Finds the jobs that are meant, asks, ends them, and turns what became of them into an exit code.
 * @throws as `confirm`
 */
export async function carryOutEnd(
  flags: EndFlags,
  { session, ending, command }: { readonly session: JobSession; readonly ending: Ending; readonly command: Command }
): Promise<JobEnd[]> {
  const jobs = await meantJobs(flags, session, ending);
  if (jobs.length === 0) {
    command.log(messages.getMessage('list.none'));
    return [];
  }
  // Names cost a call, and nobody reads them where nothing is asked.
  const shown = flags['no-prompt'] ? [] : await namedJobs(jobs.slice(0, MOST_SHOWN), session.reads);
  await confirm(flags, command, () => {
    command.log(jobTable(shown, cellsOfStdout()));
    return messages.getMessage(`${ending.verb}.question`, [
      counted(jobs.length, 'job'),
      session.org.getUsername() ?? ''
    ]);
  });
  const ends = await ending.end(jobs);
  command.log(endsText(ends));
  process.exitCode = exitCode(ends);
  return ends;
}

async function meantJobs(flags: EndFlags, session: JobSession, { states }: Ending): Promise<readonly AnyJob[]> {
  if (flags['job-id']) {
    const jobs = [];
    for (const id of new Set(flags['job-id'])) jobs.push(await theJob(id, session));
    return jobs;
  }
  const { selectJobs } = await import('../jobs/selectJobs.js');
  const filter = await filterOf(flags, session);
  const meant = { ...filter, states: filter.states ?? states, beforeMs: flags['older-than'] };
  return (await selectJobs(session.transport, meant, { order: 'created', limit: MOST_FOUND })).jobs;
}

function exitCode(ends: readonly JobEnd[]): number {
  const refused = ends.filter(({ outcome }) => outcome === 'refused').length;
  if (refused === 0) return EXIT.done;
  return refused === ends.length ? EXIT.failed : EXIT.partial;
}
