import { Connection } from '@jsforce/jsforce-node';
import { expect } from 'chai';
import { type Emulator, startEmulator } from '../../../src/emulator/emulator.js';
import { rejection } from '../../rejection.js';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

describe('emulator: login', () => {
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

  const taken: ReadonlyArray<[how: string, fields: Record<string, string>]> = [
    ['a JWT', { grant_type: JWT_BEARER, assertion: jwt({ sub: 'nightly@example.com' }) }],
    ['a password', { grant_type: 'password', username: 'nightly@example.com', password: 'secret' }],
    ['the credentials of an app', { grant_type: 'client_credentials', client_id: 'app', client_secret: 'secret' }],
    ['a refresh token', { grant_type: 'refresh_token', refresh_token: 'token', client_id: 'app' }]
  ];
  for (const [how, fields] of taken)
    it(`gives a session that the org takes for ${how}`, async () => {
      const { status, body } = await ask(fields);
      expect(status).to.equal(200);
      const limits = await fetch(`${emulator.org.url}/services/data/v66.0/limits`, {
        headers: { authorization: `Bearer ${String(body.access_token)}` }
      });
      expect(limits.status).to.equal(200);
    });

  it('lets jsforce log in by password, and tells it who it is', async () => {
    const connection = new Connection({ loginUrl: emulator.org.url, version: '62.0' });
    const user = await connection.login('nightly@example.com', 'secret');
    expect(user).to.deep.include({ organizationId: emulator.org.id, id: emulator.org.userId });
    expect(connection.instanceUrl).to.equal(emulator.org.url);
    expect(await connection.identity()).to.deep.include({ username: 'nightly@example.com' });
    const { totalSize } = await connection.query('SELECT Id FROM User');
    expect(totalSize).to.equal(1);
  });

  it('lets nobody else in by password', async () => {
    const connection = new Connection({ loginUrl: emulator.org.url });
    const error = await rejection(connection.login('else@example.com', 'secret'));
    expect(error).to.have.property('message').that.contains('INVALID_LOGIN');
  });

  const refused: ReadonlyArray<[what: string, fields: Record<string, string>, error: string]> = [
    ['another user', { grant_type: JWT_BEARER, assertion: jwt({ sub: 'else@example.com' }) }, 'invalid_grant'],
    ['what is no JWT', { grant_type: JWT_BEARER, assertion: 'a.%%%.c' }, 'invalid_grant'],
    ['nothing', { grant_type: JWT_BEARER }, 'invalid_grant'],
    ['a password of nobody', { grant_type: 'password', username: 'else@example.com', password: 'x' }, 'invalid_grant'],
    ['a user without a password', { grant_type: 'password', username: 'nightly@example.com' }, 'invalid_grant'],
    ['an app without a name', { grant_type: 'client_credentials' }, 'invalid_grant'],
    ['no refresh token', { grant_type: 'refresh_token' }, 'invalid_grant'],
    ['another grant', { grant_type: 'authorization_code', code: 'x' }, 'unsupported_grant_type']
  ];
  for (const [what, fields, error] of refused)
    it(`gives ${what} none`, async () => {
      const { status, body } = await ask(fields);
      expect(status).to.equal(400);
      expect(body.error).to.equal(error);
    });
});
