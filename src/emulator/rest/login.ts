import { type Org } from '../org.js';
import { identityUrl } from './identity.js';
import { type Router } from './router.js';

export const TOKEN_PATH = '/services/oauth2/token';

type Asked = { readonly fields: URLSearchParams; readonly org: Org };

/** Why the caller gets no session, by how it asks for one; undefined where it gets one. */
const GRANTS: Readonly<Record<string, (asked: Asked) => string | undefined>> = {
  'urn:ietf:params:oauth:grant-type:jwt-bearer': ({ fields, org }) =>
    subject(fields.get('assertion') ?? '') === org.username ? undefined : "user hasn't approved this consumer",
  password: ({ fields, org }) =>
    fields.get('username') === org.username && fields.get('password') ? undefined : 'authentication failure',
  client_credentials: ({ fields }) => (fields.get('client_id') ? undefined : 'no client credentials user enabled'),
  refresh_token: ({ fields }) => (fields.get('refresh_token') ? undefined : 'expired access/refresh token')
};

/**
 * Gives a session to who asks for one as CI and scripts do: by a signed statement (`sf org login jwt`), by password, by the credentials of an app,
 * by a refresh token. There is no connected app that could check a signature or a secret, so only the form and the user are looked at.
 */
export function serveLogin(router: Router, org: Org, newSession: () => string): void {
  router.on('POST', TOKEN_PATH, async (exchange) => {
    const fields = new URLSearchParams(await exchange.text());
    const grant = GRANTS[fields.get('grant_type') ?? ''];
    if (!grant) {
      exchange.answer(400, { error: 'unsupported_grant_type', error_description: 'grant type not supported' });
      return;
    }
    const refusal = grant({ fields, org });
    if (refusal !== undefined) {
      exchange.answer(400, { error: 'invalid_grant', error_description: refusal });
      return;
    }
    exchange.answer(200, {
      access_token: newSession(),
      instance_url: org.url,
      id: identityUrl(org),
      scope: 'api',
      token_type: 'Bearer',
      issued_at: String(org.now())
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
