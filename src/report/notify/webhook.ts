import { inspect } from 'node:util';
import { Messages } from '@salesforce/core';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'notify');

/** The form in which a webhook wants to be told. */
export type WebhookKind = 'slack' | 'teams' | 'json';

/** Hosts whose form is known. Others say it by a prefix: `slack+https://chat.example.com/hooks/x`. */
const KNOWN_HOSTS: ReadonlyArray<{ readonly host: RegExp; readonly kind: WebhookKind }> = [
  { host: /(^|\.)hooks\.slack(-gov)?\.com$/, kind: 'slack' },
  { host: /\.logic\.azure\.(com|us)$/, kind: 'teams' },
  { host: /\.api\.powerplatform\.com$/, kind: 'teams' },
  { host: /\.webhook\.office\.com$/, kind: 'teams' }
];

/**
 * Where a notification goes. Whoever knows the URL can write there, so it is a secret: it leaves this object for the request alone, and
 * everything that prints the object prints its host.
 */
export class Webhook {
  readonly #url: URL;

  private constructor(
    public readonly kind: WebhookKind,
    url: URL
  ) {
    this.#url = url;
  }

  /** @throws SfError `WebhookMalformedError`, which does not repeat the text */
  public static parse(text: string): Webhook {
    const [, prefix, address = ''] = /^(?:(slack|teams|json)\+)?(.*)$/is.exec(text.trim()) ?? [];
    if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) throw messages.createError('webhookMalformed');
    const url = new URL(address);
    const kind =
      KINDS.find((known) => known === prefix?.toLowerCase()) ??
      KNOWN_HOSTS.find(({ host }) => host.test(url.hostname))?.kind ??
      'json';
    return new Webhook(kind, url);
  }

  /** All that may be said of it. */
  public get host(): string {
    return this.#url.host;
  }

  /** For the request and nothing else. */
  public get request(): { readonly origin: string; readonly path: string; readonly authorization?: string } {
    const { origin, pathname, search, username, password } = this.#url;
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return {
      origin,
      path: pathname + search,
      authorization: username === '' ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`
    };
  }

  public toString(): string {
    return this.host;
  }

  public toJSON(): string {
    return this.host;
  }

  public [inspect.custom](): string {
    return `Webhook(${this.host})`;
  }
}

const KINDS: readonly WebhookKind[] = ['slack', 'teams', 'json'];
