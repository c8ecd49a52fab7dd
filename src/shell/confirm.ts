import { Messages } from '@salesforce/core';
import { asUsageError } from './usageError.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'confirm');

type Asking = {
  jsonEnabled(): boolean;
  confirm(question: { message: string; ms: number }): Promise<boolean>;
};

type Asked = { readonly 'no-prompt': boolean };

/** The official default is ten seconds, which is short for reading what will be changed. */
const TIME_TO_READ_MS = 600_000;

/**
 * @param isTerminal whether somebody can type: a question to a closed input would end the process without a word
 * @throws SfError `NeedsNoPromptError`: nobody is there to be asked
 */
export function checkCanAsk(
  flags: Asked,
  command: Pick<Asking, 'jsonEnabled'>,
  isTerminal = process.stdin.isTTY
): void {
  if (!flags['no-prompt'] && (command.jsonEnabled() || !isTerminal))
    throw asUsageError(messages.createError('needsNoPrompt'));
}

/**
 * Asks before something is changed that is not easily had back, unless the user has said that it shall not.
 * @param question made only where it is asked
 * @throws SfError `NeedsNoPromptError`, `NotConfirmedError`
 */
export async function confirm(
  flags: Asked,
  command: Asking,
  question: () => string,
  isTerminal = process.stdin.isTTY
): Promise<void> {
  if (flags['no-prompt']) return;
  checkCanAsk(flags, command, isTerminal);
  if (!(await command.confirm({ message: question(), ms: TIME_TO_READ_MS })))
    throw messages.createError('notConfirmed');
}
