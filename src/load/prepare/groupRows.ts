import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DELIMITERS } from '../../input/delimiters.js';
import { canonicalForm } from '../../schema/canonical.js';
import { type CutPart } from './cut.js';
import { FileWriter } from '../parts/fileWriter.js';
import { hash53 } from '../../input/hash53.js';
import { type NewPartRow, partPaths, PartWriter, removePart } from '../parts/partFile.js';
import { eachRow } from '../parts/partRows.js';
import { partPlan } from './partPlan.js';
import { type Prepared, sentHeader } from './prepared.js';

export type Grouping = {
  readonly parts: readonly CutPart[];
  /** Place of the column among the sent ones. */
  readonly column: number;
  readonly prepared: Prepared;
  readonly plan: { readonly partBytes: number; readonly concurrency: number };
  readonly partsDir: string;
};

/**
 * A bucket is grouped in memory, in about twice its size; one that is larger than `most` is parted again, by another hash, but for a group that is
 * that large by itself.
 */
const BUCKET_BYTES = { wanted: 16_000_000, most: 48_000_000 } as const;
/** Files that are open at the same time, of which some systems allow 256. */
const MOST_BUCKETS = 64;
const MOST_LEVELS = 3;
const WRITE_BYTES = 64 * 1024;
const ROW_HEAD_BYTES = 12;

/**
 * Lays the rows of all parts into new parts in which rows with the same value in a column lie next to each other, so that those that lock the same
 * parent share a batch (BULK_API §5). A group is in one part where it fits into one. Rows without a value lock nothing, and fill up. Memory
 * does not grow with the rows: they go through files of buckets, whose groups are brought together one bucket after another.
 */
export async function groupRows(
  asked: Grouping,
  bucketBytes: { readonly wanted: number; readonly most: number } = BUCKET_BYTES
): Promise<CutPart[]> {
  const bytes = asked.parts.reduce((sum, part) => sum + part.bytes, 0);
  const rows = asked.parts.reduce((sum, part) => sum + part.rows, 0);
  if (rows === 0) return [...asked.parts];
  const directory = join(asked.partsDir, 'groups');
  await mkdir(directory, { recursive: true });
  const keyOf = groupKey(asked);
  const buckets = await Buckets.create(join(directory, '0'), bytes / bucketBytes.wanted);
  for (const { part } of asked.parts) {
    const paths = partPaths(asked.partsDir, part);
    await eachRow(paths, ({ number, sent, input }) => {
      const own = input === sent ? undefined : input.buffer;
      return buckets.add({ number, sent: sent.buffer, input: own }, keyOf(sent.buffer, number));
    });
    await removePart(paths);
  }
  const layer = new Layer(asked, partPlan({ ...asked.plan, inputBytes: bytes }, bytes / rows));
  for (const bucket of await buckets.close()) await layGroups(bucket, { layer, keyOf, bucketBytes, level: 1 });
  await rm(directory, { recursive: true });
  return layer.close();
}

type Laying = {
  readonly layer: Layer;
  readonly keyOf: (sent: Buffer, number: number) => string;
  readonly bucketBytes: { readonly wanted: number; readonly most: number };
  readonly level: number;
};

async function layGroups(bucket: Bucket, laying: Laying): Promise<void> {
  const { layer, keyOf, bucketBytes, level } = laying;
  if (bucket.hasOneKey && bucket.bytes > bucketBytes.most) {
    for await (const row of rowsOf(bucket)) await layer.add(row);
    return;
  }
  if (bucket.bytes > bucketBytes.most && level < MOST_LEVELS) {
    const finer = await Buckets.create(bucket.path, bucket.bytes / bucketBytes.wanted);
    for await (const row of rowsOf(bucket)) await finer.add(row, keyOf(row.sent, row.number), level);
    await rm(bucket.path);
    for (const one of await finer.close()) await layGroups(one, { ...laying, level: level + 1 });
    return;
  }
  const groups = new Map<string, NewPartRow[]>();
  for await (const { number, sent, input } of rowsOf(bucket)) {
    const key = keyOf(sent, number);
    const row = { number, sent: Buffer.from(sent), input: input && Buffer.from(input) };
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  await rm(bucket.path);
  for (const group of groups.values()) {
    await layer.beginGroup(group.length);
    for (const row of group) await layer.add(row);
  }
}

/** The value of the column as the org compares it; for a row without one a key of its own. */
function groupKey({ column, prepared }: Grouping): Laying['keyOf'] {
  const delimiter = DELIMITERS[prepared.delimiter].charCodeAt(0);
  const form = canonicalForm(prepared.columns[column]?.type ?? 'unknown');
  return (sent, number) => {
    const value = form(fieldOf(sent, delimiter, column)).toLowerCase();
    return value === '' ? `\u0000${number}` : value;
  };
}

/** The value of a field of a well-formed record. */
function fieldOf(record: Buffer, delimiter: number, column: number): string {
  let start = 0;
  for (let field = 0; ; field += 1) {
    let end = start;
    if (record[start] === QUOTE) {
      end = start + 1;
      while (end < record.length && !(record[end] === QUOTE && record[end + 1] !== QUOTE))
        end += record[end] === QUOTE ? 2 : 1;
    }
    while (end < record.length && record[end] !== delimiter) end += 1;
    if (field === column) {
      const text = record.toString('utf8', start, end);
      return text.startsWith('"') ? text.slice(1, text.lastIndexOf('"')).replaceAll('""', '"') : text;
    }
    start = end + 1;
  }
}

const QUOTE = 0x22;

/** Writes rows into parts, a group into one where it fits. */
class Layer {
  private readonly parts: CutPart[] = [];
  private part?: PartWriter;
  private partRows = 0;

  public constructor(
    private readonly asked: Grouping,
    private readonly plan: (partIndex: number) => number
  ) {}

  /** Ends the part under way where the group would be cut in two, and not in the next one. */
  public async beginGroup(rows: number): Promise<void> {
    if (this.part && rows > 1 && this.part.rows + rows > this.partRows && rows <= this.partRows) await this.closePart();
  }

  public async add(row: NewPartRow): Promise<void> {
    const { partBytes } = this.asked.plan;
    const isFull = this.part && (this.part.rows >= this.partRows || this.part.bytes + row.sent.length + 1 > partBytes);
    if (isFull) await this.closePart();
    await (this.part ?? (await this.nextPart())).append(row);
  }

  public async close(): Promise<CutPart[]> {
    await this.closePart();
    return this.parts;
  }

  private async nextPart(): Promise<PartWriter> {
    const index = this.parts.length;
    this.partRows = this.plan(index);
    this.part = await PartWriter.create(partPaths(this.asked.partsDir, index + 1), sentHeader(this.asked.prepared));
    return this.part;
  }

  private async closePart(): Promise<void> {
    const { part } = this;
    this.part = undefined;
    if (part) this.parts.push({ part: this.parts.length + 1, ...(await part.close()) });
  }
}

type Bucket = { readonly path: string; readonly bytes: number; readonly hasOneKey: boolean };

/** Files of rows, each with the rows of some keys: three 32-bit numbers (row number, bytes as sent, bytes of the input's own) and the bytes. */
class Buckets {
  private readonly keys: Array<string | undefined> = [];
  private readonly isMixed: boolean[] = [];
  private readonly head = Buffer.alloc(ROW_HEAD_BYTES);

  private constructor(
    private readonly paths: readonly string[],
    private readonly files: readonly FileWriter[]
  ) {}

  /** @param path to which the number of each bucket is added */
  public static async create(path: string, wanted: number): Promise<Buckets> {
    const count = Math.min(Math.max(Math.ceil(wanted), 1), MOST_BUCKETS);
    const paths = Array.from({ length: count }, (_, bucket) => `${path}-${bucket}`);
    const files: FileWriter[] = [];
    for (const one of paths) files.push(await FileWriter.create(one, WRITE_BYTES));
    return new Buckets(paths, files);
  }

  public async add({ number, sent, input }: NewPartRow, key: string, level = 0): Promise<void> {
    const bucket = hash53(level === 0 ? key : `${key}\u0000${level}`) % this.files.length;
    if (this.keys[bucket] === undefined) this.keys[bucket] = key;
    else if (this.keys[bucket] !== key) this.isMixed[bucket] = true;
    this.head.writeUInt32LE(number, 0);
    this.head.writeUInt32LE(sent.length, 4);
    this.head.writeUInt32LE(input ? input.length + 1 : 0, 8);
    const file = this.files[bucket];
    for (const bytes of [this.head, sent, input])
      if (bytes && !file?.appendNow(bytes, 0, bytes.length)) await file?.append(bytes);
  }

  public async close(): Promise<Bucket[]> {
    const buckets: Bucket[] = [];
    for (const [at, file] of this.files.entries()) {
      await file.close();
      buckets.push({ path: this.paths[at] ?? '', bytes: file.bytes, hasOneKey: !this.isMixed[at] });
    }
    return buckets;
  }
}

/** The rows of a bucket in the order in which they came; their buffers hold until the next one. */
async function* rowsOf({ path }: Bucket): AsyncGenerator<NewPartRow> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: WRITE_BYTES * 4 })) {
    rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    let at = 0;
    while (rest.length - at >= ROW_HEAD_BYTES) {
      const sentBytes = rest.readUInt32LE(at + 4);
      const inputBytes = rest.readUInt32LE(at + 8);
      const sentEnd = at + ROW_HEAD_BYTES + sentBytes;
      const end = sentEnd + Math.max(inputBytes - 1, 0);
      if (end > rest.length) break;
      yield {
        number: rest.readUInt32LE(at),
        sent: rest.subarray(at + ROW_HEAD_BYTES, sentEnd),
        input: inputBytes > 0 ? rest.subarray(sentEnd, end) : undefined
      };
      at = end;
    }
    rest = rest.subarray(at);
  }
  if (rest.length > 0) throw new Error(`${path} ends within a row`);
}
