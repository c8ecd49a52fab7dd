import { Parser } from '@oclif/core';
import { expect } from 'chai';
import { waitFlag } from '../../src/shell/waitFlag.js';
import { sfRejection } from '../rejection.js';

describe('shell/waitFlag', () => {
  const parsed = async (text: string): Promise<number | undefined> => {
    const { flags } = await Parser.parse([`--wait=${text}`], { flags: { wait: waitFlag() }, strict: true });
    return flags.wait?.milliseconds;
  };

  it('takes whole minutes, none too', async () => {
    expect(await parsed('0')).to.equal(0);
    expect(await parsed('30')).to.equal(1_800_000);
  });

  for (const text of ['-3', '1.5', '5 hours', 'x', ''])
    it(`refuses "${text}" as wrong usage`, async () => {
      const error = await sfRejection(parsed(text));
      expect([error.name, error.exitCode]).to.deep.equal(['WaitMalformedError', 2]);
    });
});
