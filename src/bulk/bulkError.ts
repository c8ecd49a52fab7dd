import { SfError } from '@salesforce/core';

/**
 * What an error means for whoever made the call:
 * - `ambiguous`: no answer came, or one that does not say whether the call was carried out;
 * - `network`: nothing was carried out, or nothing could be: the org was not reached, or a body broke off;
 * - `refused`: the org said no; the same call would be refused again;
 * - `limit`: an allowance of the org is used up for today;
 * - `auth`: the session is over and could not be renewed;
 * - `gone`: there is no such thing (any more).
 */
export type BulkErrorKind = 'ambiguous' | 'network' | 'refused' | 'limit' | 'auth' | 'gone';

type BulkErrorDetails = {
  readonly name: string;
  readonly kind: BulkErrorKind;
  readonly message: string;
  readonly actions?: string[];
  readonly httpStatus?: number;
  /** The org's own, for example INVALIDJOBSTATE. */
  readonly errorCode?: string;
  /** How long the answer asked to wait before anything is tried again, where it did. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
};

/** A call to the service that did not go well. Decide by `kind` or `errorCode`, never by the text. */
export class BulkError extends SfError {
  public readonly kind: BulkErrorKind;
  public readonly httpStatus?: number;
  public readonly errorCode?: string;
  public readonly retryAfterMs?: number;

  public constructor(details: BulkErrorDetails) {
    super(
      details.message,
      details.name,
      details.actions ?? [],
      details.cause instanceof Error ? details.cause : undefined
    );
    this.kind = details.kind;
    this.httpStatus = details.httpStatus;
    this.errorCode = details.errorCode;
    this.retryAfterMs = details.retryAfterMs;
  }
}

export function isBulkError(error: unknown): error is BulkError {
  return error instanceof BulkError;
}

/** The org answered with success and something else than was asked for. */
export function unexpectedAnswer(what: string): BulkError {
  return new BulkError({
    name: 'UnexpectedAnswer',
    kind: 'refused',
    message: `The org answered with something that is not ${what}.`
  });
}
