import { expect } from 'chai';
import { BatchWriter } from '../../src/input/batchWriter.js';

describe('input/batchWriter', () => {
  it('tells of newlines and values wherever its records lie once they outgrow their room', () => {
    const writer = new BatchWriter(16, 1);
    const values = ['a', `${'b'.repeat(100)}\r`, `"${'c'.repeat(1000)}"`, '\n', 'd'.repeat(5000)];
    for (const value of values) {
      writer.begin(value.length + 2);
      writer.text(`"${value}"`);
      writer.endField();
      writer.end(true);
    }
    const { batch } = writer;
    expect(batch.count).to.equal(values.length);
    for (const [i, value] of values.entries()) {
      expect(batch.record(i).toString()).to.equal(`"${value}"`);
      expect(batch.hasNewline(i), String(i)).to.equal(/[\r\n]/.test(value));
    }
  });
});
