import { Messages } from '@salesforce/core';
import { BulkError } from '../../bulk/bulkError.js';
import { type IngestResultKind } from '../../bulk/ingest.js';
import { rejoin } from '../../input/chunks.js';
import { DELIMITERS, type DelimiterName } from '../../input/delimiters.js';
import { RecordBatch, type RecordProblem } from '../../input/recordBatch.js';
import { scanRecords } from '../../input/records.js';
import { type JobRead } from './jobResults.js';
import { type RowFates } from './rowFates.js';
import { keyedRecord, RowKey } from './rowKey.js';
import { type RowMatcher } from './rowMatcher.js';
import { type SecondLook } from './secondLook.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'load');

/** What one result says of the rows of a part; made once for a result, since it is asked a hundred thousand times. */
export class ResultReader {
  public strays = 0;
  /** The sent columns that the result does not have. */
  public lacking: readonly number[] = [];
  /** Ids of records that the result says were created from rows that have equals: none is created twice. */
  private readonly created = new Set<string>();
  private readonly key: RowKey;
  private delimiter: DelimiterName;
  /** A last record that has no row end, so that its last value may have been cut. */
  private openEnd?: Buffer;
  private layout: ResultLayout = { id: -1, created: -1, error: -1, placeOf: [] };
  private readonly record = keyedRecord([]);
  private batch = RecordBatch.NONE;
  private at = 0;
  /** So many of the batch's results have their rows already, or -1 for those without one. */
  private taken = 0;
  private hashes = new Float64Array(0);
  private rows = new Int32Array(0);

  public constructor(
    private readonly kind: IngestResultKind,
    private readonly to: {
      readonly job: JobRead;
      readonly matcher: RowMatcher;
      readonly fates: RowFates;
      /** For what the matcher does not find. */
      readonly secondLook?: SecondLook;
    }
  ) {
    this.key = new RowKey(to.job.plan);
    this.delimiter = to.job.delimiter;
  }

  public async read(body: AsyncIterable<Buffer>): Promise<void> {
    const chunks = await withHead(body);
    if (!chunks) return;
    this.delimiter = delimiterOf(chunks.head, this.to.job);
    for await (const batch of scanRecords(chunks.all, { delimiter: this.delimiter })) {
      this.batch = batch;
      const first = batch.firstNumber === 0 ? 1 : 0;
      if (first === 1) this.layOut(batch.values(0));
      this.takeRows(first);
      for (this.at = first; this.at < batch.count; this.at += 1) {
        // A record that was cut short is no result: its row stays unknown, and the results are read again.
        if (!isWhole(batch.problem(this.at))) continue;
        if (isOpen(batch, this.at)) this.openEnd = Buffer.from(batch.record(this.at));
        else if (!this.giveFate()) this.strays += 1;
      }
    }
  }

  public get hasOpenEnd(): boolean {
    return this.openEnd !== undefined;
  }

  /** Takes the last record for whole. */
  public async takeOpenEnd(): Promise<void> {
    for await (const batch of scanRecords(onlyChunk(this.openEnd), { delimiter: this.delimiter, columns: 0 })) {
      this.batch = batch;
      this.at = 0;
      this.taken = 0;
      if (!this.giveFate()) this.strays += 1;
    }
  }

  /** @throws BulkError, which lets the results be read again, for something that is none: the page of a proxy, say */
  private layOut(header: readonly string[]): void {
    const layout = resultLayout(header, this.to.job.columns);
    const isResult = this.kind === 'unprocessedrecords' ? layout.placeOf.some((place) => place >= 0) : layout.id >= 0;
    this.layout = layout;
    this.record.placeOf = layout.placeOf;
    this.lacking = layout.placeOf.flatMap((place, column) => (place < 0 ? [column] : []));
    if (isResult) return;
    const message = messages.getMessage('notAResult', [this.kind, this.to.job.jobId]);
    throw new BulkError({ name: 'UnexpectedAnswer', kind: 'network', message });
  }

  /** Takes the rows of all results of the batch at once, where their hashes tell which these are. */
  private takeRows(first: number): void {
    const { matcher } = this.to;
    const { batch } = this;
    this.taken = matcher.takeAll ? batch.count : 0;
    if (this.taken > this.hashes.length) {
      this.hashes = new Float64Array(this.taken * 2);
      this.rows = new Int32Array(this.taken * 2);
    }
    for (let at = 0; at < this.taken; at += 1) {
      const isResult = at >= first && isWhole(batch.problem(at)) && !isOpen(batch, at) && this.readKey(at);
      this.hashes[at] = isResult ? this.key.hash : NaN;
    }
    matcher.takeAll?.(this.hashes, this.taken, this.rows);
  }

  /** False where a column is not there without which nothing is known: a value that is not there is not an empty one. */
  private readKey(at: number): boolean {
    const { key, record } = this;
    record.batch = this.batch;
    record.at = at;
    key.ofRecord(record);
    return key.isKey || this.lacking.length === 0;
  }

  private takeRow(): number | undefined {
    const { at } = this;
    if (at >= this.taken) return this.readKey(at) ? this.to.matcher.take(this.key) : undefined;
    const row = this.rows[at] ?? -1;
    return row < 0 ? undefined : row;
  }

  /** False when no row of the part is left that the result could be about. */
  private giveFate(): boolean {
    const { matcher, fates, secondLook } = this.to;
    const { batch, at, layout, record } = this;
    const first = this.takeRow();
    record.batch = batch;
    record.at = at;
    const row = first ?? secondLook?.take(record, fates);
    if (row === undefined) return false;
    const foundBy = first === undefined && secondLook ? secondLook : matcher;
    if (foundBy.tookOneOfEquals && this.isDoubled()) {
      foundBy.putBack(row);
      return false;
    }
    if (this.kind === 'unprocessedrecords') {
      fates.unprocessed(row);
      return true;
    }
    if (this.kind === 'failedResults') fates.failed(row, this.valueAt(layout.error));
    else fates.succeeded(row, this.isCreated());
    if (this.seek(layout.id)) fates.setId(row, batch.bytes, batch.valueStart, batch.valueEnd);
    return true;
  }

  /** Equal rows of an insert are told apart by nothing else: a record that is named twice would settle two of them. */
  private isDoubled(): boolean {
    if (this.kind !== 'successfulResults' || !this.isCreated()) return false;
    const id = this.valueAt(this.layout.id);
    if (id === '') return false;
    const before = this.created.size;
    return this.created.add(id).size === before;
  }

  private isCreated(): boolean {
    if (!this.seek(this.layout.created)) return false;
    const { bytes, valueStart, valueEnd } = this.batch;
    if (valueEnd - valueStart !== TRUE.length) return false;
    for (let i = 0; i < TRUE.length; i += 1) if (((bytes[valueStart + i] ?? 0) | LOWER_CASE) !== TRUE[i]) return false;
    return true;
  }

  /** Finds an Id or a boolean: without its quotes, and with nothing in it that would have to be undoubled. False where the result has no such column. */
  private seek(place: number): boolean {
    if (place >= 0) this.batch.seek(this.at, place);
    return place >= 0;
  }

  private valueAt(place: number): string {
    return place < 0 ? '' : this.batch.field(this.at, place);
  }
}

/** The limits are for what is sent: a result is longer by its quotes and its own columns. */
function isWhole(problem: RecordProblem | undefined): boolean {
  return problem === undefined || problem === 'record-too-long' || problem === 'field-too-long';
}

/** Whether a record ends with the body and not with a row end or a quote: then nothing says that its last value is whole. */
function isOpen(batch: RecordBatch, i: number): boolean {
  const end = batch.recordEnd(i);
  return end === batch.bytes.length && batch.bytes[end - 1] !== QUOTE;
}

const QUOTE = 0x22;
const TRUE = [...Buffer.from('true')];
/** The bit by which a lower-case letter differs from its upper-case one. */
const LOWER_CASE = 0x20;

/** Where things are in a result file; -1 for what it does not have. Columns are found by name: their order is not promised. */
type ResultLayout = {
  readonly id: number;
  readonly created: number;
  readonly error: number;
  /** For each sent column its place in the result. */
  readonly placeOf: readonly number[];
};

function resultLayout(header: readonly string[], columns: readonly string[]): ResultLayout {
  const names = header.map((name) => name.trim().toLowerCase());
  const place = (name: string): number => names.indexOf(name.toLowerCase());
  return { id: place('sf__Id'), created: place('sf__Created'), error: place('sf__Error'), placeOf: columns.map(place) };
}

/** The first bytes of a body and the whole of it; undefined for an empty one (a 204, or nothing to say). */
async function withHead(
  body: AsyncIterable<Buffer>
): Promise<{ head: Buffer; all: AsyncIterable<Buffer> } | undefined> {
  const chunks = body[Symbol.asyncIterator]();
  for (;;) {
    const first = await chunks.next();
    if (first.done) return undefined;
    const head = withoutBom(first.value);
    if (head.length > 0) return { head, all: rejoin(head, chunks) };
  }
}

function withoutBom(head: Buffer): Buffer {
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? head.subarray(3) : head;
}

async function* onlyChunk(bytes: Buffer | undefined): AsyncGenerator<Buffer> {
  if (bytes) yield await Promise.resolve(bytes);
}

/**
 * The delimiter of a result file. It is the job's, or a comma where the service does not honour it (BULK_API §1: unconfirmed), so the
 * header decides: after sf__Id, or by which of the two parts more names.
 */
function delimiterOf(head: Buffer, job: JobRead): DelimiterName {
  if (job.delimiter === 'COMMA') return 'COMMA';
  const end = head.indexOf(0x0a);
  const line = head.toString('utf8', 0, end < 0 ? head.length : end);
  return line.split(DELIMITERS[job.delimiter]).length >= line.split(',').length ? job.delimiter : 'COMMA';
}
