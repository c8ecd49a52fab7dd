import { SfError } from '@salesforce/core';
import { isHopeless } from '../export/hopeless.js';
import { EXIT } from './exitCodes.js';
import { systemError } from './systemError.js';

/** An error for the user: before there is a run it is one of usage, after that it says how to go on. */
export function asSfError(error: unknown, runId: string | undefined): SfError {
  const wrapped = asUserError(error);
  const next = continuation(wrapped, runId);
  if (next !== undefined) wrapped.actions = [...(wrapped.actions ?? []), `Continue with: ${next}`];
  else if (!runId && wrapped.name.endsWith('Error') && wrapped.exitCode === EXIT.failed) wrapped.exitCode = EXIT.usage;
  return wrapped;
}

/** The command that goes on with a run that an error has ended, where there is a run and it can go on. */
export function continuation(error: SfError, runId: string | undefined): string | undefined {
  return runId === undefined || isHopeless(error) ? undefined : `sf bulkops resume --run-id ${runId}`;
}

/** An SfError as it is, and anything else as one. */
export function asUserError(error: unknown): SfError {
  if (error instanceof SfError) return error as SfError;
  return SfError.wrap(error instanceof Error ? plain(error) : new Error(String(error)));
}

/** oclif gives a TypeError an exit code of its own, and the file system's errors have no name. */
function plain(error: Error): Error {
  const known = systemError(error);
  if (known) return known;
  // The base class looks through the causes for a TypeError.
  const named = new Error(error.message, { cause: error instanceof TypeError ? error.stack : error });
  named.name = 'code' in error && typeof error.code === 'string' ? `${error.code}Error` : 'LoadError';
  return named;
}
