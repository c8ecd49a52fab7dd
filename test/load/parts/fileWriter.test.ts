import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { FileWriter } from '../../../src/load/parts/fileWriter.js';
import { tempDir } from '../../tempDir.js';

describe('load/fileWriter', () => {
  const dir = tempDir();

  it('counts bytes and keeps the order, whichever way they are appended', async () => {
    const step = fc.record({
      text: fc
        .tuple(fc.string({ unit: 'grapheme', maxLength: 30 }), fc.constantFrom(1, 1, 300))
        .map(([text, times]) => text.repeat(times)),
      how: fc.constantFrom('now', 'line', 'slow')
    });
    const gather = fc.oneof(fc.integer({ min: 16, max: 64 }), fc.integer({ min: 4000, max: 40_000 }));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), gather, async (steps, gathered) => {
        const path = `${dir.path}/bytes`;
        const writer = await FileWriter.create(path, gathered);
        let wanted = '';
        for (const { text, how } of steps) {
          const some = Buffer.from(text);
          const isLine = how === 'line';
          wanted += text + (isLine ? '\n' : '');
          const isIn =
            how === 'now'
              ? writer.appendNow(some, 0, some.length)
              : isLine && writer.appendLineNow(some, 0, some.length);
          if (!isIn) await writer.append(Buffer.from(text + (isLine ? '\n' : '')));
        }
        await writer.close();
        expect(await readFile(path, 'utf8')).to.equal(wanted);
        expect(writer.bytes).to.equal(Buffer.byteLength(wanted));
      }),
      { numRuns: 60 }
    );
  });
});
