import { expect } from 'chai';
import { SfError } from '@salesforce/core';
import { asSfError } from '../../src/shell/asSfError.js';

const ofSystem = (code: string): Error =>
  Object.assign(new Error(`${code}: something, write`), { code, syscall: 'write' });

describe('shell/asSfError', () => {
  const names: ReadonlyArray<[thrown: string, error: Error, name: string]> = [
    ['a full disk', ofSystem('ENOSPC'), 'DiskFullError'],
    ['a full quota', ofSystem('EDQUOT'), 'DiskFullError'],
    ['a missing right', ofSystem('EACCES'), 'NotAllowedError'],
    ['a disk for reading only', ofSystem('EROFS'), 'NotAllowedError'],
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

  it('takes an error before there is a run for one of usage, unless it has a code of its own', () => {
    expect(asSfError(new SfError('no', 'FileMissingError'), undefined).exitCode).to.equal(2);
    expect(asSfError(new SfError('no', 'OtherError', [], 69), undefined).exitCode).to.equal(69);
  });
});
