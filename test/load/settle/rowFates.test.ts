import { expect } from 'chai';
import { RowFates } from '../../../src/load/settle/rowFates.js';

const ID = '003000000000001AAA';

describe('load/rowFates', () => {
  it('knows nothing of a row until something was heard', () => {
    const fates = new RowFates(3);
    expect(fates.unknown).to.equal(3);
    expect(fates.of(0)).to.deep.equal({ kind: 'unknown' });
  });

  it('gives back what was said of each row', () => {
    const fates = new RowFates(6);
    fates.succeeded(0, Buffer.from(ID), true);
    fates.succeeded(1, Buffer.from(ID.slice(0, 15)), false);
    fates.failed(2, Buffer.alloc(0), 'A:b:--');
    fates.failed(3, Buffer.from(ID), 'C:d:--');
    fates.unprocessed(4);
    expect([0, 1, 2, 3, 4, 5].map((at) => fates.of(at))).to.deep.equal([
      { kind: 'succeeded', id: ID, created: true },
      { kind: 'succeeded', id: ID.slice(0, 15), created: false },
      { kind: 'failed', id: '', error: 'A:b:--' },
      { kind: 'failed', id: ID, error: 'C:d:--' },
      { kind: 'unprocessed' },
      { kind: 'unknown' }
    ]);
    expect(fates.unknown).to.equal(1);
  });

  it('keeps an error text of many rows once, and tells texts apart', () => {
    const fates = new RowFates(1000);
    for (let at = 0; at < 1000; at += 1) fates.failed(at, Buffer.alloc(0), `E${at % 3}`);
    for (let at = 0; at < 1000; at += 1)
      expect(fates.of(at)).to.deep.equal({ kind: 'failed', id: '', error: `E${at % 3}` });
  });

  it('takes the first 18 characters of what is longer than an Id', () => {
    const fates = new RowFates(2);
    fates.succeeded(0, Buffer.from(`${ID}XYZ`), true);
    expect(fates.of(0)).to.deep.include({ id: ID });
    expect(fates.of(1)).to.deep.equal({ kind: 'unknown' });
  });
});
