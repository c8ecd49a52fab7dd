import { execFileSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { checkSource, type InputSource, openSource } from '../../src/input/open.js';
import { isReadOnce, sourceBytes, sourceName, STDIN } from '../../src/input/rawSource.js';
import { sfRejection } from '../rejection.js';
import { tempDir } from '../tempDir.js';

/** As `open.ts` reads files: what lies across a border of these is what goes wrong. */
const CHUNK = 256 * 1024;
const TEXT = 'Name,City\r\nZoë,"Köln, 漢字 😀"\r\n';

async function readAll(source: InputSource): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const chunk of openSource(source)) pieces.push(Buffer.from(chunk));
  return Buffer.concat(pieces).toString();
}

function utf16be(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}

describe('input/open', () => {
  const dir = tempDir();

  async function file(bytes: Buffer | string, name = 'input.csv'): Promise<string> {
    const path = join(dir.path, name);
    await writeFile(path, bytes);
    return path;
  }

  const texts: ReadonlyArray<[string, Buffer]> = [
    ['UTF-8', Buffer.from(TEXT)],
    ['UTF-8 with BOM', Buffer.from(`\ufeff${TEXT}`)],
    ['UTF-16 LE with BOM', Buffer.from(`\ufeff${TEXT}`, 'utf16le')],
    ['UTF-16 LE without BOM', Buffer.from(TEXT, 'utf16le')],
    ['UTF-16 BE with BOM', utf16be(`\ufeff${TEXT}`)],
    ['UTF-16 BE without BOM', utf16be(TEXT)]
  ];
  for (const [name, bytes] of texts) {
    it(`reads ${name} as UTF-8 without BOM`, async () => {
      expect(await readAll({ path: await file(bytes) })).to.equal(TEXT);
    });
    it(`reads gzipped ${name}`, async () => {
      expect(await readAll({ path: await file(gzipSync(bytes), 'input.csv.gz') })).to.equal(TEXT);
    });
  }

  it('reads a file of several gzip members, as `cat a.gz b.gz` makes', async () => {
    const path = await file(Buffer.concat([gzipSync('A,B\n'), gzipSync('1,2\n')]), 'two.gz');
    expect(await readAll({ path })).to.equal('A,B\n1,2\n');
  });

  it('reads files of no, one, two and three bytes, and those of a BOM alone', async () => {
    for (const text of ['', 'a', 'ab', 'abc', 'ü', '漢'])
      expect(await readAll({ path: await file(text) })).to.equal(text);
    expect(await readAll({ path: await file(Buffer.from([0xef, 0xbb, 0xbf])) })).to.equal('');
    expect(await readAll({ path: await file(Buffer.from([0xff, 0xfe])) })).to.equal('');
    expect(await readAll({ path: await file(gzipSync(''), 'empty.gz') })).to.equal('');
  });

  it('does not read UTF-8 as what was named for it, which would garble every character that is not ASCII', async () => {
    const text = `x\n${'y\n'.repeat(CHUNK)}"Jörg",Müller\n`;
    for (const encoding of ['windows-1252', 'latin1', 'ISO-8859-15']) {
      const error = await sfRejection(readAll({ path: await file(text), encoding }));
      expect(error.name).to.equal('IsUtf8Error');
      expect(error.message).to.contain('"Jörg" would come out as "JÃ¶rg"');
    }
    expect(await readAll({ path: await file('ASCII alone'), encoding: 'latin1' })).to.equal('ASCII alone');
    const mixed = Buffer.concat([Buffer.from('Müller\n'), Buffer.from('J\xf6rg', 'latin1')]);
    expect(await readAll({ path: await file(mixed), encoding: 'latin1' })).to.equal('MÃ¼ller\nJörg');
    expect(await readAll({ path: await file(Buffer.from([0xc2, 0xa3])), encoding: 'gbk' })).to.have.length(1);
  });

  it('removes the BOM at the beginning and no other', async () => {
    expect(await readAll({ path: await file('\ufeff\ufeffa\n\ufeffb') })).to.equal('\ufeffa\n\ufeffb');
  });

  it('leaves every character whole that lies across two chunks', async () => {
    for (const character of ['ü', '漢', '😀'])
      for (let before = 0; before <= 4; before += 1) {
        const text = 'x'.repeat(CHUNK - before) + character + 'y'.repeat(CHUNK);
        expect((await readAll({ path: await file(text) })) === text, `${character} ${before} bytes before`).to.equal(
          true
        );
      }
  });

  it('leaves every UTF-16 character whole that lies across two chunks', async () => {
    for (let before = 0; before <= 4; before += 1) {
      const text = `a${'x'.repeat(CHUNK / 2 - before)}😀${'y'.repeat(100)}`;
      expect((await readAll({ path: await file(Buffer.from(text, 'utf16le')) })) === text, `${before} before`).to.equal(
        true
      );
    }
  });

  it('names the offset of the first byte that is no UTF-8, wherever the chunks end', async () => {
    const bad: ReadonlyArray<[string, number[], number, string]> = [
      ['a lone continuation byte', [0x80], 0, '80'],
      ['a byte that begins nothing', [0xff], 0, 'FF'],
      ['windows-1252 é before a letter', [0xe9, 0x61], 0, 'E9'],
      ['a character that is cut short by another', [0xe6, 0xbc, 0x41], 0, 'E6'],
      ['an overlong slash', [0xc0, 0xaf], 0, 'C0'],
      ['a surrogate', [0xed, 0xa0, 0x80], 0, 'ED'],
      ['beyond Unicode', [0xf5, 0x80, 0x80, 0x80], 0, 'F5'],
      ['after a good character', [0xc3, 0xbc, 0xfc, 0x20], 2, 'FC'],
      ['after the longest character', [0xf0, 0x9f, 0x98, 0x80, 0xfe, 0x20], 4, 'FE']
    ];
    for (const [name, bytes, badAt, hex] of bad)
      for (const before of [0, 4, 9, CHUNK - 5, CHUNK - 3, CHUNK - 2, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1]) {
        const path = await file(Buffer.concat([Buffer.alloc(before, 'x'), Buffer.from(bytes), Buffer.from('\nmore')]));
        const error = await sfRejection(readAll({ path }));
        expect(error.name, `${name} at ${before}`).to.equal('NotUtf8Error');
        expect(error.message).to.match(new RegExp(`0x${hex} at offset ${before + badAt} `));
      }
  });

  it('counts the offset with the BOM', async () => {
    const path = await file(Buffer.concat([Buffer.from('\ufeffabc'), Buffer.from([0xfc, 0x20])]));
    expect((await sfRejection(readAll({ path }))).message).to.contain('at offset 6 ');
  });

  it('finds a character that the end of the file cuts short', async () => {
    for (const before of [10, CHUNK - 2, CHUNK - 1, CHUNK])
      for (const cut of [1, 2, 3]) {
        const path = await file(Buffer.concat([Buffer.alloc(before, 'x'), Buffer.from('😀').subarray(0, cut)]));
        const error = await sfRejection(readAll({ path }));
        expect(error.message).to.contain(`0xF0 at offset ${before} `);
      }
  });

  it('finds the first bad byte of any bytes, as a strict decoder would', async () => {
    const bytes = fc
      .uint8Array({ minLength: 1, maxLength: 40 })
      .filter((some) => !some.includes(0) && ![0xff, 0xfe].includes(some[0] ?? 0));
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          bytes,
          fc.string({ unit: 'grapheme' }).map((text) => Buffer.from(text.replaceAll('\0', '')))
        ),
        async (some) => {
          const path = await file(Buffer.from(some));
          const whole = wholeText(some);
          if (whole !== undefined) expect(await readAll({ path })).to.equal(whole);
          else {
            const { message } = await sfRejection(readAll({ path }));
            const offset = Number(/at offset (\d+) /.exec(message)?.[1]);
            // Everything before it is sound, and with it nothing is, however much of what follows is taken too.
            expect(wholeText(some.subarray(0, offset))).to.not.equal(undefined);
            for (let end = offset + 1; end <= Math.min(offset + 4, some.length); end += 1)
              expect(wholeText(some.subarray(offset, end))).to.equal(undefined);
          }
        }
      ),
      { numRuns: 150 }
    );
  });

  it('names the offset of a NUL byte', async () => {
    for (const before of [5, CHUNK - 1, CHUNK + 7]) {
      const error = await sfRejection(readAll({ path: await file(`${'x'.repeat(before)}\0yz`) }));
      expect(error.name).to.equal('HoldsNulError');
      expect(error.message).to.contain(`at offset ${before}`);
    }
  });

  it('reads the encoding that is named, with or without a BOM', async () => {
    const latin = Buffer.from('Zo\u00eb\n', 'latin1');
    expect(await readAll({ path: await file(latin), encoding: 'windows-1252' })).to.equal('Zoë\n');
    expect(await readAll({ path: await file(latin), encoding: 'ISO-8859-1' })).to.equal('Zoë\n');
    expect(await readAll({ path: await file(Buffer.from([0x80])), encoding: 'windows-1252' })).to.equal('€');
    expect(await readAll({ path: await file(Buffer.from([0x8a, 0xbf, 0x8e, 0x9a])), encoding: 'shift_jis' })).to.equal(
      '漢字'
    );
    expect(await readAll({ path: await file(`\ufeff${TEXT}`), encoding: 'UTF-8' })).to.equal(TEXT);
    expect(await readAll({ path: await file(Buffer.from('ü', 'utf16le')), encoding: 'utf-16le' })).to.equal('ü');
  });

  it('believes a BOM more than the encoding that is named', async () => {
    const named = { encoding: 'windows-1252' };
    expect(await readAll({ path: await file(`\ufeff${TEXT}`), ...named })).to.equal(TEXT);
    expect(await readAll({ path: await file(Buffer.from(`\ufeff${TEXT}`, 'utf16le')), ...named })).to.equal(TEXT);
    expect(await readAll({ path: await file(utf16be(`\ufeff${TEXT}`)), encoding: 'utf-16le' })).to.equal(TEXT);
  });

  it('refuses the name of an encoding that there is not', async () => {
    const error = await sfRejection(checkSource({ path: await file(''), encoding: 'klingon' }));
    expect(error.name).to.equal('UnknownEncodingError');
    expect(error.message).to.contain('klingon');
  });

  it('refuses bytes that the named or detected encoding has no character for, instead of writing others', async () => {
    const loneSurrogate = Buffer.from([0x61, 0, 0x62, 0, 0x00, 0xd8, 0x63, 0]);
    const cases: ReadonlyArray<[string, Buffer, string | undefined, number]> = [
      ['a lone surrogate', loneSurrogate, undefined, 4],
      ['a lone surrogate of the other order', Buffer.from(loneSurrogate).swap16(), undefined, 4],
      ['half a character at the end', Buffer.from([0x61, 0, 0x62, 0, 0x63]), undefined, 4],
      ['a byte that Shift JIS has not', Buffer.from([0x61, 0x62, 0xff, 0x63]), 'shift_jis', 2],
      ['half a character of Shift JIS at the end', Buffer.from([0x0a, 0x62, 0x8a]), 'shift_jis', 2],
      [
        'a byte far on',
        Buffer.concat([Buffer.alloc(3 * CHUNK + 1, 'ab\n'), Buffer.from([0xff]), Buffer.alloc(CHUNK, 'c')]),
        'euc-jp',
        3 * CHUNK + 1
      ]
    ];
    for (const [name, bytes, encoding, offset] of cases) {
      const error = await sfRejection(readAll({ path: await file(bytes), encoding }));
      expect(error.name, name).to.equal('NotInEncodingError');
      expect(error.message, name).to.contain(`offset ${offset}`);
    }
  });

  it('reads long texts of encodings whose characters have several bytes, with and without row ends', async () => {
    const kanji = Buffer.from([0x8a, 0xbf, 0x8e, 0x9a]);
    for (const separator of ['\n', '\r', '']) {
      const unit = Buffer.concat([kanji, Buffer.from(`a${separator}`)]);
      const bytes = Buffer.concat(Array.from({ length: 300_000 }, () => unit));
      const text = await readAll({ path: await file(bytes), encoding: 'shift_jis' });
      expect(text === `漢字a${separator}`.repeat(300_000), JSON.stringify(separator)).to.equal(true);
    }
  });

  it('refuses a NUL in a text of another encoding too', async () => {
    const nuls: ReadonlyArray<[Buffer, string | undefined, number]> = [
      [Buffer.from('ab\0c', 'utf16le'), undefined, 4],
      [utf16be('\u0100\u0001ab\0'), 'utf-16be', 8],
      [Buffer.from('abc\0'), 'windows-1252', 3]
    ];
    for (const [bytes, encoding, offset] of nuls) {
      const error = await sfRejection(readAll({ path: await file(bytes), encoding }));
      expect(error.name).to.equal('HoldsNulError');
      expect(error.message).to.contain(`offset ${offset}`);
    }
  });

  it('says that a .gz is none, or is cut short', async () => {
    const packed = gzipSync(Buffer.alloc(10_000, 'abc\n'));
    for (const bytes of [
      Buffer.from('plain text'),
      packed.subarray(0, packed.length - 9),
      packed.subarray(0, 15),
      Buffer.alloc(0)
    ]) {
      const error = await sfRejection(readAll({ path: await file(bytes, 'x.gz') }));
      expect(error.name).to.equal('NotGzipError');
    }
  });

  it('says what is wrong with a .gz', async () => {
    const packed = gzipSync(Buffer.alloc(10_000, 'abc\n'));
    const message = async (bytes: Buffer): Promise<string> =>
      (await sfRejection(readAll({ path: await file(bytes, 'x.gz') }))).message;
    expect(await message(packed.subarray(0, packed.length - 9))).to.match(/cut short/);
    expect(await message(Buffer.concat([packed, Buffer.from('more')]))).to.match(/something else follows/);
    expect(await message(Buffer.from('plain'))).to.match(/no gzip/);
  });

  it('unpacks what begins as gzip does, whatever the name', async () => {
    expect(await readAll({ path: await file(gzipSync(TEXT), 'input.csv') })).to.equal(TEXT);
    expect(await readAll({ path: await file(gzipSync(TEXT), 'INPUT.CSV.GZ') })).to.equal(TEXT);
    expect(await sourceBytes(await file(gzipSync(TEXT), 'input.csv'))).to.equal(undefined);
  });

  it('reads a pipe, packed or not, such as the shell makes of <(…)', async function () {
    if (process.platform === 'win32') this.skip();
    for (const bytes of [Buffer.from(TEXT), gzipSync(TEXT)]) {
      const path = join(dir.path, 'pipe');
      execFileSync('mkfifo', [path]);
      const [text] = await Promise.all([readAll({ path }), writeFile(path, bytes)]);
      expect(text).to.equal(TEXT);
      expect([await isReadOnce(path), await sourceBytes(path)]).to.deep.equal([true, undefined]);
      await rm(path);
    }
  });

  const mistaken: ReadonlyArray<[what: string, bytes: Buffer | string, said: RegExp]> = [
    ['a workbook of Excel', Buffer.from('504b0304140006000800', 'hex'), /ZIP archive.*\.xlsx/],
    ['an old workbook of Excel', Buffer.from('d0cf11e0a1b11ae10000', 'hex'), /workbook.*\.xls/],
    ['a PDF', '%PDF-1.7\n', /PDF/],
    ['a Parquet file', Buffer.from('504152311504', 'hex'), /Parquet/],
    ['what zstd has packed', Buffer.from('28b52ffd2400', 'hex'), /not with gzip/],
    ['UTF-32', Buffer.from('fffe000041000000', 'hex'), /UTF-32/],
    ['a page that asks to log in', '\ufeff \n<!DOCTYPE HTML><html>', /HTML/],
    ['XML', '<?xml version="1.0"?>', /XML/]
  ];
  for (const [what, bytes, said] of mistaken)
    it(`says that it was given ${what}`, async () => {
      const error = await sfRejection(readAll({ path: await file(bytes) }));
      expect(error.name).to.equal('NotTextError');
      expect(error.message).to.match(said);
    });

  it('takes a header for one that begins nearly so', async () => {
    for (const text of ['PK,Name\n', '%PDF,x\n', '<htmlish,x\n', 'PAR1,x\n', 'BZh1,x\n'])
      expect(await readAll({ path: await file(text) })).to.equal(text);
  });

  it('calls standard input by its name', () => {
    expect([sourceName(STDIN), sourceName('a.csv')]).to.deep.equal(['standard input', 'a.csv']);
  });

  it('says at once that a file is missing or a directory', async () => {
    const missing = await sfRejection(checkSource({ path: join(dir.path, 'none.csv') }));
    expect(missing.name).to.equal('FileMissingError');
    expect(missing.message).to.contain('none.csv');
    expect((await sfRejection(checkSource({ path: dir.path }))).name).to.equal('FileUnreadableError');
    await checkSource({ path: await file('') });
    await checkSource({ path: '-' });
  });

  it('knows the bytes of a plain file, and of nothing else', async () => {
    expect(await sourceBytes(await file(TEXT))).to.equal(Buffer.byteLength(TEXT));
    expect(await sourceBytes(await file(gzipSync(TEXT), 'x.gz'))).to.equal(undefined);
    expect(await sourceBytes('-')).to.equal(undefined);
  });
});

function wholeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
