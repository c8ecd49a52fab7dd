import { type LoadState } from '../load/state.js';
import { type LoadEvent } from '../run/loadEvents.js';
import { count, counted, duration, size } from './format.js';
import { plainText } from './table.js';

/** With more parts than this a log has totals now and then instead of two lines for each. */
const MOST_PARTS_TOLD = 20;

/** What a log says of an event that is worth a line, whatever the text of the org holds; undefined for the others. */
export function landmarkText(event: LoadEvent, state: LoadState): string | undefined {
  const isTold = state.parts.size <= MOST_PARTS_TOLD;
  switch (event.type) {
    case 'input-scanned':
      return `Read ${counted(event.rows, 'row')} (${size(event.bytes)})${event.rejected > 0 ? `, ${count(event.rejected)} rejected` : ''}`;
    case 'job-created':
      return isTold ? `Part ${event.part}: job ${event.jobId}` : undefined;
    case 'job-replaced':
      return `Part ${event.part}: another job in place of ${event.jobId ?? 'one that gave no answer'} (${plainText(event.reason)})`;
    case 'part-settled':
      return isTold || event.unaccounted > 0 ? settledText(event) : undefined;
    case 'retry-planned':
      return `Retry ${event.attempt}: ${counted(
        event.parts.reduce((sum, { rows }) => sum + rows, 0),
        'row'
      )} in ${counted(event.parts.length, 'job')} after ${duration(event.pauseMs)}`;
    case 'load-stopping':
      return `Stopping: ${plainText(event.message)}`;
    case 'warning':
      return `Warning: ${plainText(event.message)}`;
    default:
      return undefined;
  }
}

function settledText(event: Extract<LoadEvent, { type: 'part-settled' }>): string {
  const pieces = [`${count(event.succeeded)} succeeded`, `${count(event.failed)} failed`];
  if (event.toRetry > 0) pieces.push(`${count(event.toRetry)} go again`);
  if (event.unaccounted > 0) pieces.push(`${count(event.unaccounted)} unaccounted`);
  return `Part ${event.part}: ${pieces.join(', ')}`;
}
