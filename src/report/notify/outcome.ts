/** How a run has come to its end, as far as those are concerned who were not watching: the table of `--notify-on`. */
export const OUTCOMES = {
  done: { mark: '✅', style: 'good' },
  partial: { mark: '⚠️', style: 'warning' },
  failed: { mark: '❌', style: 'attention' },
  timeout: { mark: '⏳', style: 'warning' }
} as const satisfies Readonly<Record<string, { readonly mark: string; readonly style: string }>>;

export type Outcome = keyof typeof OUTCOMES;

export const OUTCOME_NAMES = Object.keys(OUTCOMES) as Outcome[];

/** What a run's status means; undefined for a run that was left to the org on purpose, which has not ended. */
export function outcomeOf(status: string, isAsync: boolean): Outcome | undefined {
  switch (status) {
    case 'Success':
    case 'Checked':
    case 'JobComplete':
    case 'Closed': // the reader of the output has had enough
      return 'done';
    case 'PartialSuccess':
      return 'partial';
    case 'InProgress':
      return isAsync ? undefined : 'timeout';
    default:
      return 'failed'; // Failed, Stopped, Interrupted, Aborted, and whatever we do not know to be good
  }
}
