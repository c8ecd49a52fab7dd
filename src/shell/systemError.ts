import { Messages, type SfError } from '@salesforce/core';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'system');

const BY_CODE = {
  ENOSPC: 'diskFull',
  EDQUOT: 'diskFull',
  EACCES: 'notAllowed',
  EPERM: 'notAllowed',
  EROFS: 'notAllowed',
  EMFILE: 'tooManyFiles',
  ENFILE: 'tooManyFiles'
} as const;

/** An error of the file system in words that say what to do about it; undefined for all others. */
export function systemError(error: Error): SfError | undefined {
  const code = 'code' in error && 'syscall' in error ? String(error.code) : '';
  const name = Object.entries(BY_CODE).find(([known]) => known === code)?.[1];
  if (!name) return undefined;
  const translated = messages.createError(name, [error.message]);
  translated.cause = error;
  return translated;
}
