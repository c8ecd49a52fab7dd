import { isUtf8 } from 'node:buffer';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Messages } from '@salesforce/core';
import { firstBytes, rejoin } from './chunks.js';
import { KIND_BYTES, mistakenKind } from './fileKind.js';
import { type InputFormat } from './format.js';
import { rawChunks, sourceName, STDIN } from './rawSource.js';
import { decoderFor, transcoded } from './transcode.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'input');

/** A file, or `-` for standard input. Without a format the file's extension says it. */
export type InputSource = { readonly path: string; readonly encoding?: string; readonly format?: InputFormat };

/**
 * Fails where a source can't be read at all, before any work is done.
 * @throws SfError `FileMissingError`, `FileUnreadableError`, `UnknownEncodingError`
 */
export async function checkSource({ path, encoding }: InputSource): Promise<void> {
  if (encoding) decoderFor(encoding);
  if (path === STDIN) return;
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw messages.createError('fileMissing', [path], [resolve('.')]);
    throw messages.createError('fileUnreadable', [path, error.message]);
  });
  if (found.isDirectory()) throw messages.createError('fileUnreadable', [path, 'it is a directory']);
}

/**
 * The text of a source as UTF-8 without BOM: unpacked if it begins as gzip does; UTF-8 and UTF-16 are known by their BOM whatever was named, UTF-16 also by a NUL in every other one of the
 * first bytes; everything else must be UTF-8 or have its encoding named.
 * @throws SfError `NotUtf8Error`, `NotInEncodingError` and `HoldsNulError` with the byte's offset in the unpacked file; `NotGzipError`;
 * `NotTextError` for other kinds of files; `FileUnreadableError`
 */
export async function* openSource(source: InputSource): AsyncGenerator<Buffer> {
  const chunks = rawChunks(source.path);
  const head = await firstBytes(chunks, KIND_BYTES);
  const kind = mistakenKind(head);
  if (kind !== undefined) {
    await chunks.return(undefined);
    throw messages.createError('notText', [sourceName(source.path), messages.getMessage(`kind.${kind}`)]);
  }
  const encoding = markedEncoding(head) ?? source.encoding?.toLowerCase() ?? detectedEncoding(head);
  const all = rejoin(head, chunks);
  if (encoding === 'utf-8' || encoding === 'utf8')
    yield* checkedUtf8(all, sourceName(source.path), hasUtf8Bom(head) ? 3 : 0);
  else yield* transcoded(all, sourceName(source.path), encoding);
}

function hasUtf8Bom(head: Buffer): boolean {
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
}

/** By a byte order mark, which no text of another encoding begins with: it goes before what was named. */
function markedEncoding(head: Buffer): string | undefined {
  if (hasUtf8Bom(head)) return 'utf-8';
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  return head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : undefined;
}

function detectedEncoding(head: Buffer): string {
  if (head.length >= 4 && head[1] === 0 && head[3] === 0) return 'utf-16le';
  if (head.length >= 4 && head[0] === 0 && head[2] === 0) return 'utf-16be';
  return 'utf-8';
}

/** Passes UTF-8 on unchanged, less `bomBytes`; a character may lie across two chunks. */
async function* checkedUtf8(chunks: AsyncIterable<Buffer>, path: string, bomBytes: number): AsyncGenerator<Buffer> {
  let offset = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole = wholeCharacters(bytes);
    check(bytes.subarray(0, whole), path, offset);
    yield bytes.subarray(offset === 0 ? bomBytes : 0, whole);
    rest = Buffer.from(bytes.subarray(whole));
    offset += whole;
  }
  check(rest, path, offset);
}

function check(bytes: Buffer, path: string, offset: number): void {
  const nul = bytes.indexOf(0);
  if (nul >= 0) throw messages.createError('holdsNul', [path, offset + nul]);
  if (isUtf8(bytes)) return;
  const bad = firstInvalid(bytes);
  throw messages.createError('notUtf8', [
    path,
    (bytes[bad] ?? 0).toString(16).padStart(2, '0').toUpperCase(),
    offset + bad
  ]);
}

/** How many of the bytes are whole characters: a character that only begins at the end is left for the next chunk. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0b1100_0000) === 0b1000_0000) continue;
    return characterBytes(byte) > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** Called once, for an error. */
function firstInvalid(bytes: Buffer): number {
  let at = 0;
  while (at < bytes.length) {
    const length = characterBytes(bytes[at] ?? 0);
    if (length === 0 || !isUtf8(bytes.subarray(at, at + length))) return at;
    at += length;
  }
  return at;
}

/** How many bytes a character that begins with this one has; 0 where none does. */
function characterBytes(byte: number): number {
  if (byte < 0b1000_0000) return 1;
  if (byte < 0b1100_0000) return 0;
  return byte >= 0b1111_0000 ? 4 : byte >= 0b1110_0000 ? 3 : 2;
}
