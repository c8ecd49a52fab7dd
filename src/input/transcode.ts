import { isAscii, isUtf8 } from 'node:buffer';
import { Messages } from '@salesforce/core';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'input');

type Decoder = InstanceType<typeof TextDecoder>;

/**
 * Bytes of a named encoding as UTF-8, without BOM.
 * @param path for messages
 * @throws SfError `UnknownEncodingError`; `NotInEncodingError` and `HoldsNulError` with the byte's offset; `IsUtf8Error` at the end of bytes that are UTF-8 all the same
 */
export async function* transcoded(
  chunks: AsyncIterable<Buffer>,
  path: string,
  encoding: string
): AsyncGenerator<Buffer> {
  const decoder = decoderFor(encoding);
  let offset = 0;
  let rest: Buffer = Buffer.alloc(0);
  const mistaken = new MistakenUtf8(decoder.encoding);
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole = wholeCharacters(bytes, decoder.encoding);
    const piece = bytes.subarray(0, whole);
    mistaken.look(piece);
    yield decoded(piece, decoder, { path, offset, isLast: false });
    rest = Buffer.from(bytes.subarray(whole));
    offset += whole;
  }
  mistaken.look(rest);
  yield decoded(rest, decoder, { path, offset, isLast: true });
  const { word } = mistaken;
  if (word) throw messages.createError('isUtf8', [path, encoding, word.meant, word.read]);
}

/** Encodings of which nobody writes two or three characters in the way of UTF-8. */
const ONE_BYTE = /^(?:windows-125\d|iso-8859-\d+(?:-i)?|macintosh)$/;

/**
 * Whether text in a named encoding is UTF-8: all that is not ASCII in it is well-formed UTF-8 then. Read as what was named, `Müller` would be
 * `MÃ¼ller`.
 */
class MistakenUtf8 {
  /** Of the first one that is not ASCII; undefined where the text is no UTF-8, or ASCII alone. */
  public word?: { readonly meant: string; readonly read: string };
  private isOver: boolean;

  public constructor(private readonly encoding: string) {
    this.isOver = !ONE_BYTE.test(encoding);
  }

  /** @param piece whole characters of either encoding */
  public look(piece: Buffer): void {
    if (this.isOver || isAscii(piece)) return;
    if (isUtf8(piece)) {
      const [meant = ''] = /[^\s"',;|]*[^\0-\x7f][^\s"',;|]*/.exec(piece.toString()) ?? [];
      this.word ??= { meant, read: new TextDecoder(this.encoding).decode(Buffer.from(meant)) };
    } else {
      this.isOver = true;
      this.word = undefined;
    }
  }
}

/**
 * A strict decoder, which also drops a BOM of its encoding.
 * @throws SfError `UnknownEncodingError`
 */
export function decoderFor(encoding: string): Decoder {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch {
    throw messages.createError('unknownEncoding', [encoding]);
  }
}

/** More than any row: bytes in which no row ends are not kept back for ever. */
const MOST_KEPT_BYTES = 1024 * 1024;

/** How many of the bytes end with a character: found by row ends, whose bytes are no part of another character in any encoding but UTF-16. */
function wholeCharacters(bytes: Buffer, encoding: string): number {
  if (isUtf16(encoding)) {
    const even = bytes.length - (bytes.length % 2);
    const upper = bytes[even - (encoding === 'utf-16le' ? 1 : 2)] ?? 0;
    return (upper & 0xfc) === 0xd8 ? even - 2 : even; // the first half of a pair
  }
  const afterRowEnd = Math.max(bytes.lastIndexOf(0x0a), bytes.lastIndexOf(0x0d)) + 1;
  return bytes.length - afterRowEnd > MOST_KEPT_BYTES ? bytes.length : afterRowEnd;
}

function decoded(
  bytes: Buffer,
  decoder: Decoder,
  { path, offset, isLast }: { path: string; offset: number; isLast: boolean }
): Buffer {
  const nul = nulAt(bytes, decoder.encoding);
  if (nul >= 0) throw messages.createError('holdsNul', [path, offset + nul]);
  try {
    return Buffer.from(decoder.decode(bytes, { stream: !isLast }));
  } catch {
    const bad = offset + firstInvalid(bytes, decoder.encoding);
    throw messages.createError('notInEncoding', [path, decoder.encoding, bad]);
  }
}

function nulAt(bytes: Buffer, encoding: string): number {
  if (!isUtf16(encoding)) return bytes.indexOf(0);
  let at = bytes.indexOf(UTF16_NUL);
  while (at % 2 === 1) at = bytes.indexOf(UTF16_NUL, at + 1);
  return at;
}

const UTF16_NUL = Buffer.alloc(2);

/** Where the first character begins that is none. Called once, for an error. */
function firstInvalid(bytes: Buffer, encoding: string): number {
  let good = 0;
  let bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (isValid(bytes.subarray(0, middle), encoding, true)) good = middle;
    else bad = middle;
  }
  // What is good so far may end with the beginning of the bad character.
  while (good > 0 && !isValid(bytes.subarray(0, good), encoding, false)) good -= 1;
  return good;
}

function isValid(bytes: Buffer, encoding: string, isCutShort: boolean): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: isCutShort });
    return true;
  } catch {
    return false; // which is what was asked
  }
}

function isUtf16(encoding: string): boolean {
  return encoding === 'utf-16le' || encoding === 'utf-16be';
}
