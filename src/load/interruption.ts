/** Ends a load in this process, not in the org: the user wants out, or `--wait` ran out. The run can be resumed. */
export class Interruption extends Error {
  public constructor(public readonly why: 'interrupt' | 'wait') {
    super(why);
  }
}
