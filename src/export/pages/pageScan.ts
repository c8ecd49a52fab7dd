import { crc32 } from 'node:zlib';
import { type DelimiterName, DELIMITERS } from '../../input/delimiters.js';
import { headerNames } from './header.js';
import { IdRange, type PageIds } from './idRange.js';

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;
/** Above it begin letters and digits: every byte that means something to CSV, the delimiter aside, lies below. */
const LAST_LOW = 0x22;
/** No header that the service sends is longer (5,000 columns of names with their paths). */
const MOST_HEADER_BYTES = 2 * 1024 * 1024;

/** Where the scanner stands within a record. */
const AT_FIELD = 0; // before the first byte of a field
const PLAIN = 1; // in a field without quotes
const QUOTED = 2; // within quotes
const AFTER_QUOTE = 3; // behind a quote that ends the field, or is the first of a doubled one

export type PageBytes = {
  readonly rows: number;
  readonly bytes: number;
  /** The header line with its end. */
  readonly header: Buffer;
  readonly crc: number;
  readonly isTerminated: boolean;
  /** Where it has a column Id. */
  readonly ids?: PageIds;
  /** Why it can't be a whole page of CSV. */
  readonly problem?: string;
};

/**
 * Counts the rows of a page on its raw bytes as they pass, and holds each against the header: as many fields, quotes as CSV has them. It
 * makes no strings and no objects, since each byte of an export passes here.
 */
export class PageScan {
  private readonly delimiter: number;
  /** Bytes above it are text in any state. */
  private readonly ceiling: number;
  private state = AT_FIELD;
  private wasCr = false;
  private fields = 0;
  private isBlank = true;
  private columns = -1;
  private records = 0;
  private bytes = 0;
  private crc = 0;
  private problem?: string;
  private readonly headerPieces: Buffer[] = [];
  private headerBytes = 0;
  private isHeaderOver = false;
  private readonly ids = new IdRange();
  /** -1 where there is none. */
  private idColumn = -1;

  public constructor(private readonly delimiterName: DelimiterName) {
    this.delimiter = DELIMITERS[delimiterName].charCodeAt(0);
    this.ceiling = Math.max(LAST_LOW, this.delimiter);
  }

  /** Takes the next bytes; they may be used again afterwards. */
  public add(chunk: Buffer): void {
    this.bytes += chunk.length;
    this.crc = crc32(chunk, this.crc);
    let start = 0;
    if (!this.isHeaderOver) {
      start = this.scan(chunk, 0, true);
      this.keepHeader(chunk.subarray(0, start));
      if (this.isHeaderOver) this.idColumn = idColumnOf(this.header, this.delimiterName);
    }
    if (start < chunk.length) this.scan(chunk, start, false);
  }

  public end(): PageBytes {
    const isTerminated = this.isBlank && this.state === AT_FIELD;
    if (this.state === QUOTED) this.problem ??= 'it breaks off within quotes';
    else if (!isTerminated) {
      this.endField(NO_BYTES, 0, 0);
      this.endRecord();
    }
    return {
      rows: Math.max(this.records - 1, 0),
      bytes: this.bytes,
      header: this.header,
      crc: this.crc,
      isTerminated,
      ids: this.ids.ids,
      problem: this.problem
    };
  }

  private get header(): Buffer {
    return Buffer.concat(this.headerPieces);
  }

  /** @returns where it stopped: at the end of the chunk, or behind the header if that is all that is wanted */
  private scan(chunk: Buffer, from: number, isHeader: boolean): number {
    const { delimiter, ceiling } = this;
    const { length } = chunk;
    let { state } = this;
    let at = from;
    /** Where the field under way begins, as far as this chunk has it. */
    let field = from;
    while (at < length) {
      if (state === QUOTED) {
        while (at < length && chunk[at] !== QUOTE) at += 1;
        if (at === length) break;
        at += 1;
        state = AFTER_QUOTE;
        continue;
      }
      const byte = chunk[at] ?? 0;
      at += 1;
      if (state === PLAIN && byte > ceiling) continue;
      if (byte === LF || byte === CR) {
        this.endField(chunk, field, at - 1);
        field = at;
        this.lineEnd(byte);
        state = AT_FIELD;
        if (!isHeader || byte !== LF) continue;
        this.isHeaderOver = true;
        break;
      }
      this.isBlank = false;
      this.wasCr = false;
      if (byte === delimiter) {
        this.endField(chunk, field, at - 1);
        field = at;
        this.fields += 1;
        state = AT_FIELD;
      } else if (byte === QUOTE) {
        if (state === PLAIN) this.problem ??= `a quote stands within a value in row ${this.records}`;
        state = QUOTED;
      } else {
        if (state === AFTER_QUOTE) this.problem ??= `text follows a closing quote in row ${this.records}`;
        state = PLAIN;
      }
    }
    this.keepField(chunk, field);
    this.state = state;
    return at;
  }

  private endField(chunk: Buffer, from: number, to: number): void {
    if (this.fields === this.idColumn && !this.isBlank) this.ids.add(chunk, from, to);
  }

  /** What the chunk has of a field that may go on in the next one. */
  private keepField(chunk: Buffer, from: number): void {
    if (this.fields === this.idColumn && from < chunk.length) this.ids.carry(chunk, from);
  }

  private lineEnd(byte: number): void {
    // The second half of a line end that has been seen.
    if (byte === LF && this.wasCr) this.wasCr = false;
    else {
      this.endRecord();
      this.wasCr = byte === CR;
    }
  }

  private endRecord(): void {
    const fields = this.fields + 1;
    if (this.columns < 0) this.columns = fields;
    // A row of one empty value may be an empty line; where there are more columns no row is.
    else if (fields !== this.columns)
      this.problem ??= `row ${this.records} has ${fields} values where there are ${this.columns} columns`;
    this.records += 1;
    this.fields = 0;
    this.isBlank = true;
  }

  private keepHeader(piece: Buffer): void {
    this.headerBytes += piece.length;
    if (this.headerBytes > MOST_HEADER_BYTES) this.problem ??= 'its header does not end';
    else this.headerPieces.push(Buffer.from(piece));
  }
}

const NO_BYTES = Buffer.alloc(0);

function idColumnOf(header: Buffer, delimiter: DelimiterName): number {
  return headerNames(header, delimiter).findIndex((name) => name.toLowerCase() === 'id');
}
