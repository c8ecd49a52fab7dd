import { join } from 'node:path';
import { expect } from 'chai';
import { BucketFiles } from '../../../src/load/prepare/bucketFiles.js';
import { Reasons } from '../../../src/load/prepare/reasons.js';
import { tempDir } from '../../tempDir.js';

describe('load/reasons', () => {
  const dir = tempDir();

  it('are those of the bucket that was read last, in whatever order they were filed', async () => {
    const files = await BucketFiles.create(join(dir.path, 'reasons'));
    const textOf = (number: number): string => `${number} ü `.repeat(number);
    for (const number of [7, 2, 29, 20, 11, 13]) await files.add(Math.floor(number / 10), number, textOf(number));
    await files.flush();
    const reasons = new Reasons(10);
    for (const [bucket, numbers] of [
      [0, [2, 7]],
      [2, [20, 29]],
      [1, [11, 13]]
    ] as const) {
      await reasons.read(bucket, files);
      expect(reasons.bucket).to.equal(bucket);
      for (const number of numbers) expect(reasons.of(number)).to.equal(textOf(number));
    }
    await files.remove();
  });
});
