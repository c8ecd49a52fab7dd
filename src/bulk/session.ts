import { type Connection, Messages } from '@salesforce/core';
import { BulkError } from './bulkError.js';
import { TryAgain } from './retrying.js';
import { type Call } from './transport.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'transport');

/** The session of a connection, which is renewed once for each call when the org says that it is over. */
export class Session {
  private renewing?: Promise<void>;
  private readonly renewedFor = new WeakSet<Call>();

  public constructor(private readonly connection: Connection) {}

  public get token(): string | undefined {
    return this.connection.accessToken ?? undefined;
  }

  /** A 401 was no deed: the call is made again with the session that a renewal gives, once. @param token with which it was made */
  public async renewed(call: Call, token: string | undefined): Promise<BulkError | TryAgain> {
    const over = new BulkError({
      name: 'SessionExpired',
      kind: 'auth',
      message: messages.getMessage('sessionExpired', [this.connection.getUsername() ?? 'the user']),
      actions: messages.getMessages('sessionExpired.actions', [this.connection.instanceUrl]),
      httpStatus: 401
    });
    if (this.renewedFor.has(call)) return over;
    this.renewedFor.add(call);
    try {
      await this.renewal(token);
    } catch (cause) {
      // A session without a refresh token can't be renewed, but one more try tells whether it is really over.
      over.cause = cause;
    }
    return new TryAgain(over, 0);
  }

  /** Calls whose sessions end together share one renewal: the org may take back a refresh token that is used twice. */
  private async renewal(token: string | undefined): Promise<void> {
    if (this.token !== token) return; // another call has renewed it meanwhile
    this.renewing ??= this.connection.refreshAuth().finally(() => (this.renewing = undefined));
    await this.renewing;
  }
}
