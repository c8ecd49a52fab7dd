import { type LoadState } from '../state.js';

/** How long the org takes for a row, by the quickest of the jobs that are settled: what it does when little is in its way. Undefined before there is one. */
export function msPerRow({ parts }: LoadState): number | undefined {
  let least = Infinity;
  for (const part of parts.values())
    if (part.at === 'settled' && part.job?.processingMs && part.job.processed > 0)
      least = Math.min(least, part.job.processingMs / part.job.processed);
  return least < Infinity ? least : undefined;
}
