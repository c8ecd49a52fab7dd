import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileChunks } from '../../input/chunks.js';
import { DELIMITERS } from '../../input/delimiters.js';
import { free } from '../../input/freed.js';
import { canonicalForm } from '../../schema/canonical.js';
import { type CutPart } from './cut.js';
import { FileWriter } from '../parts/fileWriter.js';
import { hash53 } from '../../input/hash53.js';
import { type NewPartRow, partPaths, PartWriter, removePart } from '../parts/partFile.js';
import { readKeyHashes } from '../parts/keyHashes.js';
import { eachRow, onItsWay } from '../parts/partRows.js';
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
 * A bucket is grouped in memory, in little more than its size; one that is larger than `most` is parted again, by another hash, but for a group that is
 * that large by itself.
 */
const BUCKET_BYTES = { wanted: 4_000_000, most: 16_000_000 } as const;
/** Files that are open at the same time, of which some systems allow 256. */
const MOST_BUCKETS = 64;
const MOST_LEVELS = 3;
const WRITE_BYTES = 64 * 1024;

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
  const groupOf = groupNaming(asked);
  const buckets = await Buckets.create(join(directory, '0'), bytes / bucketBytes.wanted);
  for (const { part, rows: count } of asked.parts) {
    const paths = partPaths(asked.partsDir, part);
    const keys = await readKeyHashes(paths.keys, count);
    await eachRow(paths, (placed) => {
      const row = { ...onItsWay(placed), key: keys?.[placed.at] };
      return buckets.add(row, groupOf(row.sent, row.number));
    });
    free(keys);
    await removePart(paths);
  }
  const layer = new Layer(asked, partPlan({ ...asked.plan, inputBytes: bytes }, bytes / rows));
  for (const bucket of await buckets.close()) await layGroups(bucket, { layer, groupOf, bucketBytes, level: 1 });
  await rm(directory, { recursive: true });
  return layer.close();
}

type Laying = {
  readonly layer: Layer;
  readonly groupOf: (sent: Buffer, number: number) => string;
  readonly bucketBytes: { readonly wanted: number; readonly most: number };
  readonly level: number;
};

async function layGroups(bucket: Bucket, laying: Laying): Promise<void> {
  const { layer, groupOf, bucketBytes, level } = laying;
  if (bucket.hasOneGroup && bucket.bytes > bucketBytes.most) {
    for await (const row of rowsOf(bucket)) await layer.add(row);
    return;
  }
  if (bucket.bytes > bucketBytes.most && level < MOST_LEVELS) {
    const finer = await Buckets.create(bucket.path, bucket.bytes / bucketBytes.wanted);
    for await (const row of rowsOf(bucket)) await finer.add(row, groupOf(row.sent, row.number), level);
    await rm(bucket.path);
    for (const one of await finer.close()) await layGroups(one, { ...laying, level: level + 1 });
    return;
  }
  await layInMemory(await readFile(bucket.path), laying);
  await rm(bucket.path);
}

/** Brings the groups of a bucket together by the places of their rows. */
async function layInMemory(bytes: Buffer, { layer, groupOf }: Laying): Promise<void> {
  const groups = new Map<string, number[]>();
  for (let at = 0; at < bytes.length; at = endOfRow(bytes, at)) {
    const { sent, number } = rowAt(bytes, at);
    const name = groupOf(sent, number);
    const group = groups.get(name);
    if (group) group.push(at);
    else groups.set(name, [at]);
  }
  for (const group of groups.values()) {
    await layer.beginGroup(group.length);
    for (const at of group) {
      const waiting = layer.add(rowAt(bytes, at));
      if (waiting) await waiting;
    }
  }
  free(bytes);
}

/** The value of the column as the org compares it; for a row without one a name of its own. */
function groupNaming({ column, prepared }: Grouping): Laying['groupOf'] {
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

  public add(row: NewPartRow): void | Promise<void> {
    const { part } = this;
    const isFull = part && (part.rows >= this.partRows || part.bytes + row.sent.length + 1 > this.asked.plan.partBytes);
    return part && !isFull ? part.append(row) : this.addToNext(row);
  }

  private async addToNext(row: NewPartRow): Promise<void> {
    await this.closePart();
    await (await this.nextPart()).append(row);
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

type Bucket = { readonly path: string; readonly bytes: number; readonly hasOneGroup: boolean };

/** Files of rows, each with the rows of some groups. */
class Buckets {
  private readonly groups: Array<string | undefined> = [];
  private readonly isMixed: boolean[] = [];
  private readonly head = Buffer.alloc(HEAD.size);

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

  public add(row: NewPartRow, group: string, level = 0): void | Promise<void> {
    const bucket = hash53(level === 0 ? group : `${group}\u0000${level}`) % this.files.length;
    if (this.groups[bucket] === undefined) this.groups[bucket] = group;
    else if (this.groups[bucket] !== group) this.isMixed[bucket] = true;
    const { head } = this;
    const { number, sent, input, key = NaN } = row;
    head.writeUInt32LE(number, HEAD.number);
    head.writeUInt32LE(sent.length, HEAD.sentBytes);
    head.writeUInt32LE(input ? input.length + 1 : 0, HEAD.inputBytes);
    head.writeDoubleLE(key, HEAD.key);
    const file = this.files[bucket];
    // A promise for each row would cost more than all the rest of this.
    if (!file?.appendNow(head, 0, head.length)) return file?.append(Buffer.concat([head, sent, input ?? NOTHING]));
    if (!file.appendNow(sent, 0, sent.length)) return file.append(Buffer.concat([sent, input ?? NOTHING]));
    if (input && !file.appendNow(input, 0, input.length)) return file.append(input);
  }

  public async close(): Promise<Bucket[]> {
    const buckets: Bucket[] = [];
    for (const [at, file] of this.files.entries()) {
      await file.close();
      buckets.push({ path: this.paths[at] ?? '', bytes: file.bytes, hasOneGroup: !this.isMixed[at] });
    }
    return buckets;
  }
}

const NOTHING = Buffer.alloc(0);

/** What stands before a row in a bucket, little-endian; `key` is NaN where the row has none, `inputBytes` 0 where it is sent as it came and one more than its bytes otherwise. */
const HEAD = { number: 0, sentBytes: 4, inputBytes: 8, key: 12, size: 20 } as const;

/** The row at a place of a bucket, all of which must be there. */
function rowAt(bytes: Buffer, at: number): NewPartRow {
  const inputBytes = bytes.readUInt32LE(at + HEAD.inputBytes);
  const key = bytes.readDoubleLE(at + HEAD.key);
  const sentEnd = at + HEAD.size + bytes.readUInt32LE(at + HEAD.sentBytes);
  return {
    number: bytes.readUInt32LE(at + HEAD.number),
    sent: bytes.subarray(at + HEAD.size, sentEnd),
    input: inputBytes > 0 ? bytes.subarray(sentEnd, sentEnd + inputBytes - 1) : undefined,
    key: Number.isNaN(key) ? undefined : key
  };
}

/** Where the next row begins; beyond the bytes where the row is not all there. */
function endOfRow(bytes: Buffer, at: number): number {
  if (at + HEAD.size > bytes.length) return Infinity;
  const inputBytes = bytes.readUInt32LE(at + HEAD.inputBytes);
  return at + HEAD.size + bytes.readUInt32LE(at + HEAD.sentBytes) + Math.max(inputBytes - 1, 0);
}

/** The rows of a bucket that memory need not hold, in the order in which they came; their buffers hold until the next one. */
async function* rowsOf({ path }: Bucket): AsyncGenerator<NewPartRow> {
  let rest: Buffer = NOTHING;
  for await (const chunk of fileChunks(path)) {
    rest = Buffer.concat([rest, chunk]);
    let at = 0;
    for (let end = endOfRow(rest, at); end <= rest.length; end = endOfRow(rest, at)) {
      yield rowAt(rest, at);
      at = end;
    }
    rest = rest.subarray(at);
  }
  if (rest.length > 0) throw new Error(`${path} ends within a row`);
}
