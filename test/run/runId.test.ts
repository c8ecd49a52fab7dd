import { expect } from 'chai';
import { newRunId } from '../../src/run/runId.js';

const AT = Date.UTC(2026, 10, 23, 21, 15, 7, 999);

describe('run/runId', () => {
  it('says when, what, of which object, and four digits', () => {
    expect(newRunId(AT, { command: 'upsert', subject: 'Contact' }, () => 0x7f3a / 0x10000)).to.equal(
      '20261123-211507-upsert-Contact-7f3a'
    );
  });

  it('always has four digits', () => {
    expect(newRunId(AT, { command: 'export', subject: 'X__c' }, () => 0)).to.match(/-X__c-0000$/);
    expect(newRunId(AT, { command: 'export', subject: 'X__c' }, () => 1 - Number.EPSILON)).to.match(/-X__c-ffff$/);
  });

  it('is a name that any file system takes', () => {
    expect(newRunId(AT, { command: 'upsert', subject: '../a b\\c:"d"' }, () => 0)).to.equal(
      '20261123-211507-upsert-abcd-0000'
    );
  });

  it('sorts by time', () => {
    const early = newRunId(AT, { command: 'upsert', subject: 'Z' }, () => 0.9);
    const late = newRunId(AT + 1000, { command: 'delete', subject: 'A' }, () => 0);
    expect([late, early].sort()).to.deep.equal([early, late]);
  });
});
