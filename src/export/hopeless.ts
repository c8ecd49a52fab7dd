/** Names of errors that would come again if the export went on: the way out is a new one. */
const HOPELESS: ReadonlySet<string> = new Set([
  'QueryRefusedError',
  'QueryFailedError',
  'QueryAbortedError',
  'QueryTimedOutError',
  'RangeTimedOutError',
  'ResultsGoneError',
  'SplitTooFineError'
]);

/** Whether an error ends an export for good: no resume can get past it. */
export function isHopeless({ name }: { readonly name: string }): boolean {
  return HOPELESS.has(name);
}
