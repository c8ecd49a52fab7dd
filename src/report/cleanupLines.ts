import { type CleanupEvent } from '../run/cleanupEvents.js';
import { count, counted } from './format.js';
import { plainText } from './table.js';

/** What a terminal or a log says of an event of a cleanup; undefined for those that are not worth a line. */
export function cleanupLine(event: CleanupEvent): string | undefined {
  switch (event.type) {
    case 'plan-taken':
      return `The plan: ${counted(event.clusters, 'cluster')}, ${counted(event.updates, 'update')}, ${counted(event.deletes, 'delete')}.`;
    case 'backed-up':
      return `Backed up ${counted(event.records, 'record')} as they are.`;
    case 'drift-checked':
      return event.recordsSkipped === 0
        ? undefined
        : `Leaving ${counted(event.recordsSkipped, 'record')} alone: they, or others of their clusters, changed since the plan.`;
    case 'step-starting':
      return event.rows === 0 ? undefined : `Step ${event.step}: ${counted(event.rows, 'row')}…`;
    case 'step-finished':
      return event.succeeded + event.failed === 0
        ? undefined
        : `Step ${event.step}: ${count(event.succeeded)} done, ${count(event.failed)} refused.`;
    case 'merged':
      return `Merged ${counted(event.merged.length, 'record')}, ${count(event.errors.length)} refused.`;
    case 'undeleted':
      return `Brought ${counted(event.records, 'record')} back from the recycle bin; ${count(event.gone)} are no more in it.`;
    case 'verified':
      return `Checked ${counted(event.checked, 'record')} by query; ${count(event.wrong)} are not as they should be.`;
    case 'warning':
      return `Warning: ${plainText(event.message)}`;
    case 'merging':
    case 'cleanup-resumed':
    case 'undo-starting':
    case 'cleanup-finished':
      return undefined;
    default:
      return event satisfies never;
  }
}
