import { type Org } from '../org.js';
import { type Router } from './router.js';

export const TOKEN_PATH = '/services/oauth2/token';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/**
 * Gives a session for a signed statement of who wants one (`sf org login jwt`), which is how CI logs in. There is no connected app whose
 * certificate could check the signature, so only the form and the user are looked at.
 */
export function serveLogin(router: Router, org: Org, newSession: () => string): void {
  router.on('POST', TOKEN_PATH, async (exchange) => {
    const asked = new URLSearchParams(await exchange.text());
    if (asked.get('grant_type') !== JWT_BEARER) {
      exchange.answer(400, { error: 'unsupported_grant_type', error_description: 'grant type not supported' });
      return;
    }
    if (subject(asked.get('assertion') ?? '') !== org.username) {
      exchange.answer(400, { error: 'invalid_grant', error_description: "user hasn't approved this consumer" });
      return;
    }
    exchange.answer(200, {
      access_token: newSession(),
      instance_url: org.url,
      id: `${org.url}/id/${org.id}/${org.userId}`,
      scope: 'api',
      token_type: 'Bearer'
    });
  });
}

/** The user whom a JWT speaks of; undefined for what is no JWT. */
function subject(jwt: string): unknown {
  const [, claims, signature] = jwt.split('.');
  if (!claims || !signature) return undefined;
  try {
    return (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sub?: unknown } | null)?.sub;
  } catch {
    return undefined;
  }
}
