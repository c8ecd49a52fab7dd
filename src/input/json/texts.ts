import { Messages } from '@salesforce/core';
import { HeldBytes } from '../heldBytes.js';
import { Wrapping } from './wrapping.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'input');

/** The text of one record where it lies in `bytes`; whether it is a record at all is not known yet. It holds until the next one is asked for. */
export type RecordText = { readonly bytes: Buffer; readonly start: number; readonly end: number };

/** More than any record that the service takes: one that goes on longer has no end. */
const MOST_RECORD_BYTES = 8 * 1024 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Cuts a JSON document into the texts of its records, on its bytes: a list of records, or an object that holds one as `records`, also within
 * `result`, as `sf data query --json` writes it. A record that is no JSON is still one text, as long as its braces and quotes
 * close.
 * @param path for messages
 * @throws SfError `JsonBrokenError` and `JsonUnclosedError` with the byte's offset in the unpacked text, `JsonNoRecordsError`, `JsonIncompleteError`, `NoRowEndError`
 */
export async function* documentTexts(chunks: AsyncIterable<Buffer>, path: string): AsyncGenerator<RecordText> {
  const wrapping = new Wrapping(path);
  const held = new HeldText();
  let number = 0;
  for await (const chunk of chunks) {
    held.add(chunk);
    for (;;) {
      if (!wrapping.isInList) {
        held.take(wrapping.read(held.bytes, held.from, held.offset));
        if (!wrapping.isInList) break;
      }
      const found = nextElement(held);
      if (found === 'unfinished') break;
      if (found === 'list-end') wrapping.leaveList();
      else {
        number += 1;
        yield found;
      }
    }
    held.check(number + 1, path);
  }
  if (wrapping.isInList) throw messages.createError('jsonUnclosed', [path, held.offset + held.from]);
  wrapping.end();
}

/**
 * The lines of NDJSON that are not blank.
 * @throws SfError `ListInLinesError` where the first is the beginning of a list, `NoRowEndError`
 */
export async function* lineTexts(chunks: AsyncIterable<Buffer>, path: string): AsyncGenerator<RecordText> {
  const held = new HeldText();
  let number = 0;
  for await (const chunk of chunks) {
    held.add(chunk);
    for (;;) {
      const { bytes, from } = held;
      const end = bytes.indexOf('\n', from);
      if (end < 0) break;
      held.take(end + 1);
      const text = trimmed(bytes, from, end);
      if (!text) continue;
      number += 1;
      if (number === 1) checkNoList(text, path);
      yield text;
    }
    held.check(number + 1, path);
  }
  const last = trimmed(held.bytes, held.from, held.bytes.length);
  if (!last) return;
  if (number === 0) checkNoList(last, path);
  yield last;
}

/** No record is a list; what begins with one is a document, whose last line alone may look like a record. */
function checkNoList({ bytes, start }: RecordText, path: string): void {
  if (bytes[start] === OPEN_LIST) throw messages.createError('listInLines', [path]);
}

/** Text that was read and not yet taken. */
class HeldText {
  /** Up to here it was taken. */
  public from = 0;
  /** Of `bytes` in the whole text. */
  public offset = 0;
  private readonly held = new HeldBytes();

  public get bytes(): Buffer {
    return this.held.bytes;
  }

  public add(chunk: Buffer): void {
    this.held.drop(this.from);
    this.offset += this.from;
    this.from = 0;
    this.held.add(chunk);
  }

  public take(to: number): void {
    this.from = to;
  }

  /** @throws SfError `NoRowEndError` for a record that does not come to its end */
  public check(number: number, path: string): void {
    if (this.bytes.length - this.from > MOST_RECORD_BYTES)
      throw messages.createError('noRowEnd', [messages.getMessage('rowOfFile', [number, path])]);
  }
}

/** The next element of the list, whole; what stands between elements is passed over. */
function nextElement(held: HeldText): RecordText | 'list-end' | 'unfinished' {
  const { bytes } = held;
  let start = held.from;
  while (start < bytes.length && (isSpace(bytes[start]) || bytes[start] === COMMA)) start += 1;
  held.take(start);
  if (start === bytes.length) return 'unfinished';
  if (bytes[start] === CLOSE_LIST) {
    held.take(start + 1);
    return 'list-end';
  }
  const end = elementEnd(bytes, start);
  if (end < 0) return 'unfinished';
  held.take(end);
  return { bytes, start, end };
}

/** Where an element ends, or -1 when it goes on beyond the bytes. */
function elementEnd(bytes: Buffer, start: number): number {
  let depth = 0;
  for (let position = start; position < bytes.length; position += 1) {
    const byte = bytes[position];
    if (byte === QUOTE) {
      position = stringEnd(bytes, position + 1);
      if (position < 0) return -1;
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth += 1;
    else if (depth > 0 && (byte === CLOSE_OBJECT || byte === CLOSE_LIST)) {
      depth -= 1;
      if (depth === 0) return position + 1;
    } else if (depth === 0 && (byte === COMMA || byte === CLOSE_LIST)) return position;
  }
  return -1;
}

/** Place of the quote that closes a string, or -1. */
function stringEnd(bytes: Buffer, from: number): number {
  for (let position = from; position < bytes.length; position += 1) {
    const byte = bytes[position];
    if (byte === QUOTE) return position;
    if (byte === BACKSLASH) position += 1;
  }
  return -1;
}

function trimmed(bytes: Buffer, from: number, to: number): RecordText | undefined {
  let start = from;
  let end = to;
  while (start < end && isSpace(bytes[start])) start += 1;
  while (end > start && isSpace(bytes[end - 1])) end -= 1;
  return start < end ? { bytes, start, end } : undefined;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
