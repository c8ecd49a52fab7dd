import { Messages } from '@salesforce/core';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'transport');

/** As undici takes them; empty for none, so that it does not look for itself. */
export type Proxies = { readonly httpProxy: string; readonly httpsProxy: string };

type Environment = Readonly<Record<string, string | undefined>>;

const PROTOCOLS: ReadonlySet<string> = new Set(['http:', 'https:', 'socks5:', 'socks:']);

/**
 * The proxies that the environment names; undefined where it names none. As with curl, `proxy.example.com:8080` is one that is spoken to by HTTP.
 * @throws SfError for one that is no address; it does not repeat it, since there may be a password in it
 */
export function environmentProxies(environment: Environment = process.env): Proxies | undefined {
  const httpProxy = proxyIn(environment, 'http_proxy');
  const httpsProxy = proxyIn(environment, 'https_proxy');
  return httpProxy || httpsProxy ? { httpProxy, httpsProxy } : undefined;
}

function proxyIn(environment: Environment, lowerName: string): string {
  const name = environment[lowerName] === undefined ? lowerName.toUpperCase() : lowerName;
  const given = environment[name]?.trim() ?? '';
  if (given === '') return '';
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `http://${given}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !PROTOCOLS.has(url.protocol)) throw messages.createError('proxyInvalid', [name]);
  url.pathname = url.search = url.hash = '';
  return url.href;
}
