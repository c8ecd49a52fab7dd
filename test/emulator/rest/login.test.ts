import { expect } from 'chai';
import { type Emulator, startEmulator } from '../../../src/emulator/emulator.js';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

describe('login with a JWT', () => {
  let emulator: Emulator;
  before(async () => {
    emulator = await startEmulator({ username: 'nightly@example.com' });
  });
  after(async () => emulator.close());

  const jwt = (claims: unknown) =>
    ['{"alg":"RS256"}', JSON.stringify(claims), 'signature']
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.');

  async function ask(fields: Record<string, string>): Promise<{ status: number; body: Record<string, unknown> }> {
    const answer = await fetch(`${emulator.org.url}/services/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams(fields)
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  it('gives the user a session that the org takes', async () => {
    const { status, body } = await ask({ grant_type: JWT_BEARER, assertion: jwt({ sub: 'nightly@example.com' }) });
    expect(status).to.equal(200);
    const limits = await fetch(`${emulator.org.url}/services/data/v66.0/limits`, {
      headers: { authorization: `Bearer ${String(body.access_token)}` }
    });
    expect(limits.status).to.equal(200);
  });

  const refused: ReadonlyArray<[what: string, fields: Record<string, string>, error: string]> = [
    ['another user', { grant_type: JWT_BEARER, assertion: jwt({ sub: 'else@example.com' }) }, 'invalid_grant'],
    ['what is no JWT', { grant_type: JWT_BEARER, assertion: 'a.%%%.c' }, 'invalid_grant'],
    ['nothing', { grant_type: JWT_BEARER }, 'invalid_grant'],
    ['another grant', { grant_type: 'password', username: 'nightly@example.com' }, 'unsupported_grant_type']
  ];
  for (const [what, fields, error] of refused)
    it(`gives ${what} none`, async () => {
      const { status, body } = await ask(fields);
      expect(status).to.equal(400);
      expect(body.error).to.equal(error);
    });
});
