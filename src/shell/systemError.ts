import { Messages, SfError } from '@salesforce/core';
import { EXIT } from './exitCodes.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'system');

const BY_CODE = {
  ENOSPC: 'diskFull',
  EDQUOT: 'diskFull',
  EACCES: 'notAllowed',
  EPERM: 'notAllowed',
  EROFS: 'notAllowed',
  ENOENT: 'notThere',
  ENOTDIR: 'notThere',
  EMFILE: 'tooManyFiles',
  ENFILE: 'tooManyFiles'
} as const;

/** An error of the file system or the network in words that say what to do about it, and what Ctrl-C broke off; undefined for all others. */
export function systemError(error: Error): SfError | undefined {
  if (error.name === 'AbortError') return interrupted();
  return unreachable(error) ?? fileSystemError(error);
}

/** For a command that Ctrl-C has ended before there was anything to go on with. */
export function interrupted(): SfError {
  const error = messages.createError('interrupted');
  error.exitCode = EXIT.interrupted;
  return error;
}

/** The connection of `sf` says no more than "fetch failed", in a TypeError, which the base class takes for a defect with an exit code of its own. */
function unreachable(error: Error): SfError | undefined {
  if (!(error instanceof TypeError) || error.message !== 'fetch failed' || !(error.cause instanceof Error))
    return undefined;
  const { cause } = error;
  const code = 'code' in cause ? String(cause.code) : cause.name;
  const message = messages.getMessage('unreachable', [cause.message === '' ? code : cause.message]);
  // The name that the transport of the Bulk API gives it.
  return new SfError(message, 'OrgUnreachable', messages.getMessages('unreachable.actions'));
}

function fileSystemError(error: Error): SfError | undefined {
  const code = 'code' in error && 'syscall' in error ? String(error.code) : '';
  const name = Object.entries(BY_CODE).find(([known]) => known === code)?.[1];
  if (!name) return undefined;
  const translated = messages.createError(name, [error.message]);
  translated.cause = error;
  return translated;
}
