import { SfError } from '@salesforce/core';
import { EXIT } from './exitCodes.js';

/** The same error with the exit code of wrong usage: nothing was sent. */
export function asUsageError(error: unknown): unknown {
  if (error instanceof SfError) error.exitCode = EXIT.usage;
  return error;
}
