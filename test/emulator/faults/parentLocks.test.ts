import { expect } from 'chai';
import { type IngestJob, type IngestState } from '../../../src/emulator/bulk/ingestJob.js';
import { faultPlan } from '../../../src/emulator/faults/faultFile.js';
import { parentLocks } from '../../../src/emulator/faults/parentLocks.js';

const job = (id: string, state: IngestState): IngestJob => ({
  id,
  object: 'Contact',
  operation: 'update',
  columnDelimiter: 'COMMA',
  lineEnding: 'LF',
  apiVersion: 66,
  createdById: '005',
  createdMs: 0,
  state,
  isUploaded: true,
  modifiedMs: 0,
  processed: 0,
  failed: 0,
  retries: 0,
  processingMs: 0
});

describe('emulator/faults/parentLocks', () => {
  const [fault] = faultPlan({ faults: [{ fault: 'lock-parents', field: 'AccountId', ms: 500 }] }).faults;
  let nowMs = 0;
  const childOf = (parent: string) => (column: string) => (column === 'AccountId' ? parent : '');

  function locks(): ReturnType<typeof parentLocks> {
    if (fault?.fault !== 'lock-parents') throw new Error('another fault was read');
    return parentLocks([{ fault, strikes: () => true }], () => nowMs);
  }

  it('lock a row whose parent another job at work has just written, and name the parent', () => {
    const lock = locks();
    const [first, second] = [job('1', 'InProgress'), job('2', 'InProgress')];
    expect(lock(first, childOf('001A'))).to.equal(undefined);
    expect(lock(first, childOf('001A')), 'its own').to.equal(undefined);
    expect(lock(second, childOf('001B')), 'another parent').to.equal(undefined);
    expect(lock(second, childOf('')), 'no parent').to.equal(undefined);
    expect(lock(second, childOf('001A'))?.text).to.equal(
      'UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record or 1 records: 001A:--'
    );
  });

  it('are let go after their time, and when their job is over', () => {
    const lock = locks();
    const [first, second] = [job('1', 'InProgress'), job('2', 'InProgress')];
    lock(first, childOf('001A'));
    nowMs += 500;
    expect(lock(second, childOf('001A'))).to.equal(undefined);
    second.state = 'JobComplete';
    expect(lock(first, childOf('001A'))).to.equal(undefined);
  });
});
