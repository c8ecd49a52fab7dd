import { Messages } from '@salesforce/core';
import { Flags } from '@salesforce/sf-plugins-core';
import { asUsageError } from './usageError.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'runFlags');

const MINUTE_MS = 60_000;

/** Whole minutes, as `--wait` of the official commands takes them; theirs lets a minimum of 0 pass, and `5 hours` for 5 minutes. */
export const waitFlag = Flags.custom<{ readonly milliseconds: number }>({
  char: 'w',
  parse: (text) => {
    if (!/^\d{1,7}$/.test(text.trim())) throw asUsageError(messages.createError('waitMalformed', [text]));
    return Promise.resolve({ milliseconds: Number(text) * MINUTE_MS });
  }
});
