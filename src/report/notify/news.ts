import { type SfError } from '@salesforce/core';
import { count } from '../format.js';
import { type Outcome } from './outcome.js';

/** What is known of a run before it has a result. */
export type Subject = {
  /** As a person types it after `sf bulkops`: `upsert`, `cleanup apply`. */
  readonly command: string;
  readonly sobject?: string;
  /** Username of the org. */
  readonly org?: string;
};

/** What the results of all kinds of runs have in common; the rest goes along as it is. */
export type Told = {
  readonly status: string;
  readonly runId?: string;
  readonly sobject?: string;
  readonly rows?: Readonly<Record<string, number>>;
  readonly counts?: Readonly<Record<string, number>>;
  readonly errors?: ReadonlyArray<{ readonly code: string; readonly message: string; readonly count: number }>;
  readonly durationMs?: number;
  readonly next?: string;
};

/** A notification before it has a form. Texts are as they came, and every form escapes them. */
export type News = {
  readonly outcome: Outcome;
  /** One sentence. */
  readonly title: string;
  readonly runId?: string;
  readonly org?: string;
  readonly counts: ReadonlyArray<readonly [name: string, number: string]>;
  /** At most three, most frequent first. */
  readonly errors: ReadonlyArray<{ readonly code: string; readonly message: string; readonly count: number }>;
  readonly durationMs?: number;
  /** The command that continues. */
  readonly next?: string;
  /** What webhooks without a form of their own get: exactly the `--json` result. */
  readonly summary: unknown;
};

const MOST_ERRORS = 3;
const MOST_MESSAGE_CHARACTERS = 300;

/** Of a run that has a result. */
export function newsOfResult(outcome: Outcome, subject: Subject, result: Told): News {
  const counts = Object.entries(result.rows ?? result.counts ?? {}).filter(([, n]) => n > 0);
  return {
    outcome,
    title: `${nameOf({ ...subject, sobject: result.sobject ?? subject.sobject })} ${ENDINGS[result.status] ?? result.status}`,
    runId: result.runId,
    org: subject.org,
    counts: counts.map(([name, n]) => [name, count(n)]),
    errors: (result.errors ?? [])
      .slice(0, MOST_ERRORS)
      .map((error) => ({ ...error, message: shortened(error.message) })),
    durationMs: result.durationMs,
    next: result.next,
    summary: result
  };
}

type Broken = Pick<News, 'runId' | 'next'> & { readonly durationMs: number };

/** Of a run that an error has ended. */
export function newsOfError(subject: Subject, error: SfError, { runId, durationMs, next }: Broken): News {
  const { name, message, actions = [] } = error;
  return {
    outcome: 'failed',
    title: `${nameOf(subject)} ${ENDINGS.Failed}`,
    runId,
    org: subject.org,
    counts: [],
    errors: [{ code: name, message: shortened(message), count: 1 }],
    durationMs,
    next,
    summary: { status: 'Failed', runId, ...subject, error: { name, message, actions }, durationMs, next }
  };
}

/** How a status reads after the name of a run. */
const ENDINGS: Readonly<Record<string, string>> = {
  Success: 'is done',
  JobComplete: 'is done',
  Closed: 'ended with its reader',
  Checked: 'is checked, and nothing was sent',
  PartialSuccess: 'is done, but not for all rows',
  InProgress: 'is not over, and the wait is',
  Stopped: 'was stopped before its end',
  Failed: 'failed',
  Aborted: 'was aborted',
  Interrupted: 'was interrupted'
};

function nameOf({ command, sobject }: Subject): string {
  return sobject ? `${command} of ${sobject}` : command;
}

function shortened(text: string): string {
  return text.length <= MOST_MESSAGE_CHARACTERS ? text : `${text.slice(0, MOST_MESSAGE_CHARACTERS)}…`;
}
