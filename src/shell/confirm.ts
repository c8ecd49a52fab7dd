import { Messages } from '@salesforce/core';
import { asUsageError } from './usageError.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'confirm');

type Asking = {
  jsonEnabled(): boolean;
  confirm(question: { message: string }): Promise<boolean>;
};

type Asked = { readonly 'no-prompt': boolean };

/** @throws SfError `NeedsNoPromptError`: nobody is there to be asked */
export function checkCanAsk(flags: Asked, command: Pick<Asking, 'jsonEnabled'>): void {
  if (!flags['no-prompt'] && command.jsonEnabled()) throw asUsageError(messages.createError('needsNoPrompt'));
}

/**
 * Asks before something is changed that is not easily had back, unless the user has said that it shall not.
 * @param question made only where it is asked
 * @throws SfError `NeedsNoPromptError`, `NotConfirmedError`
 */
export async function confirm(flags: Asked, command: Asking, question: () => string): Promise<void> {
  if (flags['no-prompt']) return;
  checkCanAsk(flags, command);
  if (!(await command.confirm({ message: question() }))) throw messages.createError('notConfirmed');
}
