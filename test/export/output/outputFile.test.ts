import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { OutputWriter } from '../../../src/export/output/outputFile.js';
import { rejection } from '../../rejection.js';

describe('export/output/outputFile', () => {
  const written: Buffer[] = [];
  const sink = (room = Infinity) => ({
    write: (bytes: Buffer): Promise<void> => {
      written.push(Buffer.from(bytes));
      if (Buffer.concat(written).length <= room) return Promise.resolve();
      return Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
    },
    close: () => Promise.resolve()
  });
  beforeEach(() => void written.splice(0));

  it('tells the bytes that it has written, packed where that is asked for', async () => {
    const writer = new OutputWriter('/out.gz', sink(), true);
    for (let n = 0; n < 3; n += 1) await writer.write(Buffer.from(`row ${n}\n`), 1);
    const { rows, bytes } = await writer.finish();
    const packed = Buffer.concat(written);
    expect({ rows, bytes }).to.deep.equal({ rows: 3, bytes: packed.length });
    expect(gunzipSync(packed).toString()).to.equal('row 0\nrow 1\nrow 2\n');
  });

  it('says of a full disk what it is, also where the bytes are packed on the way', async () => {
    for (const isPacked of [false, true]) {
      const writer = new OutputWriter('/out', sink(100_000), isPacked);
      const error = await rejection(
        (async () => {
          for (let n = 0; n < 100; n += 1) await writer.write(randomBytes(50_000), 1);
        })()
      );
      expect(error).to.include({ code: 'ENOSPC' });
      await writer.abandon();
    }
  });
});
