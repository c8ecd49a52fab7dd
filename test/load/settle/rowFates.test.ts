import { expect } from 'chai';
import { RowFates } from '../../../src/load/settle/rowFates.js';

const ID = '003000000000001AAA';

function setId(fates: RowFates, at: number, id: string): void {
  const bytes = Buffer.from(`"${id}"`);
  fates.setId(at, bytes, 1, bytes.length - 1);
}

describe('load/rowFates', () => {
  it('knows nothing of a row until something was heard', () => {
    const fates = new RowFates(3);
    expect(fates.unknown).to.equal(3);
    expect(fates.of(0)).to.deep.equal({ kind: 'unknown' });
  });

  it('gives back what was said of each row', () => {
    const fates = new RowFates(6);
    fates.succeeded(0, true);
    setId(fates, 0, ID);
    fates.succeeded(1, false);
    setId(fates, 1, ID.slice(0, 15));
    fates.failed(2, 'A:b:--');
    setId(fates, 2, '');
    fates.failed(3, 'C:d:--');
    setId(fates, 3, ID);
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
    for (let at = 0; at < 1000; at += 1) fates.failed(at, `E${at % 3}`);
    for (let at = 0; at < 1000; at += 1)
      expect(fates.of(at)).to.deep.equal({ kind: 'failed', id: '', error: `E${at % 3}` });
  });

  it('takes the first 18 characters of what is longer than an Id', () => {
    const fates = new RowFates(2);
    fates.succeeded(0, true);
    setId(fates, 0, `${ID}XYZ`);
    expect(fates.of(0)).to.deep.include({ id: ID });
    expect(fates.of(1)).to.deep.equal({ kind: 'unknown' });
  });
});
