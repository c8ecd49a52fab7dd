import { type Org } from '../org.js';
import { type Router } from './router.js';

const VERSIONS = ['51.0', '58.0', '60.0', '62.0', '64.0', '65.0', '66.0'];

/** What `sf org login access-token` and jsforce ask before anything else (BULK_API §7). */
export function serveIdentity(router: Router, org: Org): void {
  router.on('GET', '/services/data', (exchange) => {
    exchange.answer(
      200,
      VERSIONS.map((version) => ({ label: `v${version}`, url: `/services/data/v${version}`, version }))
    );
  });
  router.on('GET', '/services/data/v:version', (exchange, { version = '' }) => {
    const base = `/services/data/v${version}`;
    exchange.answer(200, {
      sobjects: `${base}/sobjects`,
      query: `${base}/query`,
      queryAll: `${base}/queryAll`,
      composite: `${base}/composite`,
      limits: `${base}/limits`,
      jobs: `${base}/jobs`,
      identity: identityUrl(org)
    });
  });
  router.on('GET', '/services/oauth2/userinfo', (exchange) => {
    exchange.answer(200, {
      sub: identityUrl(org),
      user_id: org.userId,
      organization_id: org.id,
      preferred_username: org.username,
      name: 'Emulated User',
      email: org.username
    });
  });
  router.on('GET', '/id/:org/:user', (exchange) => {
    exchange.answer(200, {
      id: identityUrl(org),
      user_id: org.userId,
      organization_id: org.id,
      username: org.username
    });
  });
  router.on('GET', '/services/data/v:version/limits', (exchange) => {
    exchange.answer(200, {
      DailyApiRequests: { Max: org.calls.max, Remaining: Math.max(org.calls.max - org.calls.used, 0) },
      DailyBulkApiBatches: { Max: org.maxBatches, Remaining: Math.max(org.maxBatches - org.batchesUsed(), 0) },
      DailyBulkV2QueryJobs: { Max: 10_000, Remaining: 10_000 },
      DailyBulkV2QueryFileStorageMB: { Max: 976_562, Remaining: 976_562 },
      DataStorageMB: { Max: 10_240, Remaining: 9000 },
      FileStorageMB: { Max: 10_240, Remaining: 9000 }
    });
  });
}

/** Where the service tells who the user of a session is. */
export function identityUrl({ url, id, userId }: Org): string {
  return `${url}/id/${id}/${userId}`;
}
