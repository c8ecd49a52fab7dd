import { appendFile, mkdir, open, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { Journal, readJournal } from '../../src/run/journal.js';
import { rejection, sfRejection } from '../rejection.js';
import { tempDir } from '../tempDir.js';

type Event = unknown;
type FileHandlePrototype = { appendFile: (this: unknown, data: string) => Promise<void> };

const DURABLE = { durable: true };
const LAZY = { durable: false };
const NOW = Date.UTC(2026, 10, 23, 21, 15);

describe('run/journal', () => {
  const dir = tempDir();
  let runs = 0;
  const file = (runDir = dir.path): string => join(runDir, 'journal.ndjson');

  async function freshDir(): Promise<string> {
    const runDir = join(dir.path, String((runs += 1)));
    await mkdir(runDir);
    return runDir;
  }

  async function write(events: readonly Event[], runDir = dir.path): Promise<void> {
    const { journal } = await Journal.open<Event>(runDir, () => NOW);
    for (const [at, event] of events.entries()) await journal.append(event, at % 2 === 0 ? DURABLE : LAZY);
    await journal.close();
  }

  const eventsIn = async (runDir = dir.path): Promise<Event[]> =>
    (await readJournal<Event>(runDir)).map(({ event }) => event);

  /** What an event may hold: texts of the org, of the file system and of the user. */
  const event = fc.record({
    type: fc.constantFrom('part-cut', 'job-state'),
    message: fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\u2028\u2029', '\ud800', '","chain":"0123456789abcdef"}', '\r\n\0')
    )
  });

  it('gives back what was written, numbered and dated', async () => {
    await write([{ type: 'a' }, { type: 'b', text: 'ü\n"' }]);
    expect(await readJournal(dir.path)).to.deep.equal([
      { n: 1, at: '2026-11-23T21:15:00.000Z', event: { type: 'a' } },
      { n: 2, at: '2026-11-23T21:15:00.000Z', event: { type: 'b', text: 'ü\n"' } }
    ]);
  });

  it('gives back any event, whatever characters are in its texts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 8 }), async (events) => {
        const runDir = await freshDir();
        await write(events, runDir);
        expect(await eventsIn(runDir)).to.deep.equal(events);
      }),
      { numRuns: 60 }
    );
  });

  it('goes on where it ended, as often as it is opened', async () => {
    await write([{ n: 1 }]);
    await write([{ n: 2 }, { n: 3 }]);
    await write([]);
    await write([{ n: 4 }]);
    expect((await readJournal(dir.path)).map(({ n }) => n)).to.deep.equal([1, 2, 3, 4]);
    const { journal, entries } = await Journal.open(dir.path);
    expect(entries.map(({ event: written }) => written)).to.deep.equal([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }]);
    await journal.close();
  });

  it('keeps the order of calls that do not wait for each other', async () => {
    const { journal } = await Journal.open<Event>(dir.path);
    await Promise.all(Array.from({ length: 200 }, (_, at) => journal.append({ at }, at % 7 === 0 ? DURABLE : LAZY)));
    await journal.close();
    expect(await eventsIn()).to.deep.equal(Array.from({ length: 200 }, (_, at) => ({ at })));
  });

  it('has it on disk when a durable event is fulfilled', async () => {
    const { journal } = await Journal.open<Event>(dir.path);
    await journal.append({ at: 1 }, LAZY);
    await journal.append({ at: 2 }, DURABLE);
    expect(await eventsIn()).to.deep.equal([{ at: 1 }, { at: 2 }]);
    await journal.close();
  });

  it('drops a last line that a crash cut short, wherever, and goes on after the one before', async () => {
    await write([{ at: 1 }, { at: 2 }, { text: 'ü😀' }]);
    const whole = await readFile(file());
    const secondEnd = whole.indexOf(0x0a, whole.indexOf(0x0a) + 1) + 1;
    for (let end = secondEnd; end < whole.length; end += 1) {
      await writeFile(file(), whole.subarray(0, end));
      expect(await eventsIn()).to.deep.equal([{ at: 1 }, { at: 2 }]);
      await write([{ at: 3 }]);
      expect(await eventsIn()).to.deep.equal([{ at: 1 }, { at: 2 }, { at: 3 }]);
    }
  });

  it('knows any prefix of itself as the journal of an earlier moment', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 1, maxLength: 6 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (events, share) => {
          const runDir = await freshDir();
          await write(events, runDir);
          const whole = await readFile(file(runDir));
          const end = Math.floor(whole.length * share);
          await truncate(file(runDir), end);
          const lines = whole.subarray(0, end).filter((byte) => byte === 0x0a).length;
          expect(await eventsIn(runDir)).to.deep.equal(events.slice(0, lines));
        }
      ),
      { numRuns: 60 }
    );
  });

  const tampered: ReadonlyArray<[string, (lines: string[]) => string[], number]> = [
    ['a changed value', ([a = '', b = '', c = '']) => [a, b.replace('"at":2', '"at":7'), c], 2],
    ['a changed time', ([a = '', b = '', c = '']) => [a.replace('2026', '2025'), b, c], 1],
    ['a missing first line', ([, b = '', c = '']) => [b, c], 1],
    ['a missing middle line', ([a = '', , c = '']) => [a, c], 2],
    ['two lines in another order', ([a = '', b = '', c = '']) => [a, c, b], 2],
    ['a line twice', ([a = '', b = '', c = '']) => [a, b, b, c], 3],
    ['a blank line', ([a = '', b = '', c = '']) => [a, '', b, c], 2],
    ['a line that is none of ours', ([a = '', b = '', c = '']) => [a, b, c, '{"n":4}'], 4],
    ['a space at the end of a line', ([a = '', b = '', c = '']) => [a, `${b} `, c], 2],
    ['CRLF for LF', ([a = '', b = '', c = '']) => [`${a}\r`, b, c], 1]
  ];
  for (const [name, change, line] of tampered)
    it(`finds ${name}`, async () => {
      await write([{ at: 1 }, { at: 2 }, { at: 3 }]);
      const lines = (await readFile(file(), 'utf8')).trimEnd().split('\n');
      await writeFile(
        file(),
        change(lines)
          .map((text) => `${text}\n`)
          .join('')
      );
      for (const read of [readJournal, (path: string) => Journal.open(path)]) {
        const error = await sfRejection(read(dir.path));
        expect(error.name).to.equal('JournalTamperedError');
        expect(error.message).to.contain(`Line ${line} `);
      }
    });

  it('finds any byte that was changed before the last line', async () => {
    await write([{ at: 1 }, { at: 2 }, { at: 3 }]);
    const whole = await readFile(file());
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const changed = Buffer.from(whole);
        changed[at] = ((changed[at] ?? 0) + by) % 256;
        await writeFile(file(), changed);
        const found = await readJournal(dir.path).catch((error: Error) => error.name);
        // Without its row end the last line is one that a crash cut short.
        if (at === whole.length - 1) expect(found).to.have.length(2);
        else expect(found).to.equal('JournalTamperedError');
      }),
      { numRuns: 300 }
    );
  });

  it('writes nothing after a write that failed, so that what is there can be read again', async () => {
    await write([{ at: 1 }]);
    const { journal } = await Journal.open<Event>(dir.path);
    const handle = await open(file(), 'r');
    const prototype = Object.getPrototypeOf(handle) as FileHandlePrototype;
    await handle.close();
    const original = prototype.appendFile;
    prototype.appendFile = async function (data) {
      await original.call(this, data.slice(0, 20));
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    };
    try {
      expect((await rejection(journal.append({ at: 2 }, DURABLE))).message).to.contain('no space');
    } finally {
      prototype.appendFile = original;
    }
    expect((await rejection(journal.append({ at: 3 }, DURABLE))).message).to.contain('no space');
    await journal.close();
    expect(await eventsIn()).to.deep.equal([{ at: 1 }]);
    await write([{ at: 2 }]);
    expect(await eventsIn()).to.deep.equal([{ at: 1 }, { at: 2 }]);
  });

  it('says as it is that there is no journal to read', async () => {
    expect(await rejection(readJournal(dir.path))).to.have.property('code', 'ENOENT');
  });

  it('is readable for its owner alone', async function () {
    if (process.platform === 'win32') this.skip();
    await write([{ at: 1 }]);
    const handle = await open(file(), 'r');
    expect((await handle.stat()).mode & 0o777).to.equal(0o600);
    await handle.close();
  });

  it('reads a journal without the line end that an editor took away as one that was cut short', async () => {
    await write([{ at: 1 }, { at: 2 }]);
    await truncate(file(), (await readFile(file())).length - 1);
    expect(await eventsIn()).to.deep.equal([{ at: 1 }]);
    await appendFile(file(), '\n');
    expect(await eventsIn()).to.deep.equal([{ at: 1 }, { at: 2 }]);
  });
});
