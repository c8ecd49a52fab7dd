import { expect } from 'chai';
import { SfError } from '@salesforce/core';
import { asSfError, continuation } from '../../src/shell/asSfError.js';

const ofSystem = (code: string): Error =>
  Object.assign(new Error(`${code}: something, write`), { code, syscall: 'write' });

describe('shell/asSfError', () => {
  const names: ReadonlyArray<[thrown: string, error: Error, name: string]> = [
    ['a full disk', ofSystem('ENOSPC'), 'DiskFullError'],
    ['a full quota', ofSystem('EDQUOT'), 'DiskFullError'],
    ['a missing right', ofSystem('EACCES'), 'NotAllowedError'],
    ['a disk for reading only', ofSystem('EROFS'), 'NotAllowedError'],
    ['a folder that is gone', ofSystem('ENOENT'), 'NotThereError'],
    ['too many open files', ofSystem('EMFILE'), 'TooManyFilesError'],
    ['another error of the system', ofSystem('EIO'), 'EIOError'],
    ['a defect', new TypeError('x is not a function'), 'LoadError']
  ];
  for (const [thrown, error, name] of names)
    it(`says ${name} for ${thrown}, and how to go on`, () => {
      const told = asSfError(error, 'a-run');
      expect([told.name, told.exitCode]).to.deep.equal([name, 1]);
      expect(told.message).to.contain(error.message);
      expect(told.actions?.at(-1)).to.equal('Continue with: sf bulkops resume --run-id a-run');
    });

  it('does not say how to go on with what would only come again', () => {
    for (const name of ['ResultsGoneError', 'QueryTimedOutError', 'RangeTimedOutError']) {
      const told = asSfError(new SfError('it is gone', name, ['Start anew.']), 'a-run');
      expect([told.name, told.exitCode]).to.deep.equal([name, 1]);
      expect(told.actions).to.deep.equal(['Start anew.']);
      expect(continuation(told, 'a-run')).to.equal(undefined);
    }
    expect(continuation(new SfError('later', 'OrgUnreachable'), 'a-run')).to.equal('sf bulkops resume --run-id a-run');
  });

  it('says where an org is that can not be reached', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
    const told = asSfError(new TypeError('fetch failed', { cause: refused }), undefined);
    expect([told.name, told.exitCode]).to.deep.equal(['OrgUnreachable', 1]);
    expect(told.message).to.contain('ECONNREFUSED 127.0.0.1:1');
    const silent = Object.assign(new AggregateError([], ''), { code: 'ETIMEDOUT' });
    expect(asSfError(new TypeError('fetch failed', { cause: silent }), undefined).message).to.contain('ETIMEDOUT');
  });

  it('says of what Ctrl-C has broken off no more than that', () => {
    const told = asSfError(AbortSignal.abort().reason, undefined);
    expect([told.name, told.message, told.exitCode]).to.deep.equal(['InterruptedError', 'Interrupted.', 130]);
  });

  it('shows the base class no TypeError, for which it has an exit code of its own', () => {
    for (const error of [
      new TypeError('x is not a function'),
      new TypeError('fetch failed', { cause: new Error('reset') })
    ])
      for (let at: unknown = asSfError(error, undefined); at instanceof Error; at = at.cause) {
        expect(at).to.not.be.instanceOf(TypeError);
        expect(at.stack).to.not.contain('TypeError');
      }
  });

  it('takes an error before there is a run for one of usage, unless it has a code of its own', () => {
    expect(asSfError(new SfError('no', 'FileMissingError'), undefined).exitCode).to.equal(2);
    expect(asSfError(new SfError('no', 'OtherError', [], 69), undefined).exitCode).to.equal(69);
  });
});
