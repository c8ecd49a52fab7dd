import { Messages } from '@salesforce/core';
import { Flags } from '@salesforce/sf-plugins-core';
import { OUTCOME_NAMES } from '../report/notify/outcome.js';
import { Webhook } from '../report/notify/webhook.js';
import { asUsageError } from './usageError.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'runFlags');

const described = (flag: string): { summary: string; description: string; helpGroup: string } => ({
  summary: messages.getMessage(`flags.${flag}.summary`),
  description: messages.getMessage(`flags.${flag}.description`),
  helpGroup: 'Run'
});

const webhook = Flags.custom<Webhook>({ parse: (text) => Promise.resolve(webhookOf(text)) });

/** What every command that makes or continues a run takes; `announced` does what they ask. */
export const runFlags = {
  notify: webhook({ multiple: true, helpValue: '<url>', ...described('notify') }),
  // No values with commas between them: sf would warn of every comma in the arguments, those of a query too.
  'notify-on': Flags.option({ options: OUTCOME_NAMES, multiple: true, ...described('notify-on') })(),
  events: Flags.string({ helpValue: '<file>|-', ...described('events') })
};

/** The webhooks of the flag, or of BULKOPS_NOTIFY where it is not given: addresses with white space between them. */
export function webhooksOf(
  given: readonly Webhook[] | undefined,
  environment = process.env.BULKOPS_NOTIFY
): readonly Webhook[] {
  return given ?? (environment ?? '').split(/\s+/).filter(Boolean).map(webhookOf);
}

function webhookOf(text: string): Webhook {
  try {
    return Webhook.parse(text);
  } catch (error) {
    throw asUsageError(error);
  }
}
