import { isBulkError } from './bulkError.js';
import { type Transport } from './transport.js';
import { isRecord } from './isRecord.js';

/** An allowance of the org over 24 hours. */
export type Allowance = { readonly used: number; readonly max: number };

/** What the org says of the allowances that loads use up; one that it does not name is missing. */
export type OrgLimits = { readonly calls?: Allowance; readonly batches?: Allowance };

/**
 * The org's limits (REST API guide, Limits), one API call; undefined when the org does not tell them, as it does not to users without
 * the permission "View Setup and Configuration".
 * @throws BulkError `limit` when the calls of the day are used up already, `auth` when the session is over
 */
export async function orgLimits(transport: Transport): Promise<OrgLimits | undefined> {
  try {
    const body = await transport.json({ method: 'GET', path: '/limits', isRepeatable: true });
    return { calls: allowance(body, 'DailyApiRequests'), batches: allowance(body, 'DailyBulkApiBatches') };
  } catch (error) {
    if (!isBulkError(error) || error.kind === 'limit' || error.kind === 'auth') throw error;
    return undefined; // a load is not to fail for want of a look at its allowance
  }
}

function allowance(body: unknown, name: string): Allowance | undefined {
  const limit = isRecord(body) ? body[name] : undefined;
  if (!isRecord(limit) || typeof limit.Max !== 'number' || typeof limit.Remaining !== 'number') return undefined;
  return { used: limit.Max - limit.Remaining, max: limit.Max };
}
