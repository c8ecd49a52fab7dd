import { type BucketFiles } from './bucketFiles.js';

const USUAL_BYTES = 64;

/** The texts of one bucket of consecutive numbers. They are asked for while thousands of rows go by, and as strings they would be old by then. */
export class Reasons {
  public bucket = -1;
  private texts: Buffer;
  /** Where the text of each number begins and ends. */
  private readonly starts: Uint32Array;
  private readonly ends: Uint32Array;

  public constructor(private readonly numbersOfBucket: number) {
    this.texts = Buffer.allocUnsafe(numbersOfBucket * USUAL_BYTES);
    this.starts = new Uint32Array(numbersOfBucket);
    this.ends = new Uint32Array(numbersOfBucket);
  }

  /** Takes those of a bucket in the place of those that it has. */
  public async read(bucket: number, filed: BucketFiles): Promise<void> {
    let filled = 0;
    await filed.each(bucket, (number, text) => {
      const end = filled + Buffer.byteLength(text);
      if (end > this.texts.length) this.texts = Buffer.concat([this.texts], end * 2);
      this.texts.write(text, filled);
      this.starts[number % this.numbersOfBucket] = filled;
      this.ends[number % this.numbersOfBucket] = end;
      filled = end;
    });
    this.bucket = bucket;
  }

  /** The text of a number that has one. */
  public of(number: number): string {
    const at = number % this.numbersOfBucket;
    return this.texts.toString('utf8', this.starts[at], this.ends[at]);
  }
}
