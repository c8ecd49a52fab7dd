import { fileChunks } from '../../input/chunks.js';
import { free } from '../../input/freed.js';
import { AheadReader } from './aheadReader.js';
import { type PartPaths } from './partFile.js';
import { eachRow, ENTRY, entry, type OnRow, readIndex, rowNumbers } from './partRows.js';
import { Span } from './span.js';

/** What is kept of each row; bytes of the input are counted with their LF, 0 where the input had the row as it is sent. */
const PLACE = { part: 0, number: 1, sentStart: 2, sentBytes: 3, inputStart: 4, inputBytes: 5, size: 6 } as const;
type Fact = Exclude<keyof typeof PLACE, 'size'>;
/** Of rows that are in memory at the same time. */
const WINDOW_BYTES = 8 * 1024 * 1024;

/**
 * Where rows of some parts lie in their files, so that they can be read in any order: in memory are 24 bytes for each, and a window of the rows
 * themselves. A row is known by its place in the order in which they were added.
 */
export class RowPlaces {
  private readonly parts: PartPaths[] = [];
  private places = new Uint32Array(0);

  public constructor(private readonly windowBytes = WINDOW_BYTES) {}

  /** The row's number in the input. */
  public numberOf(at: number): number {
    return this.fact(at, 'number');
  }

  /**
   * Adds rows of a part in the order in which they are sent.
   * @param wanted which ones, ascending; all of them where they are not named
   */
  public async add(paths: PartPaths, wanted?: ArrayLike<number>): Promise<void> {
    const part = this.parts.push(paths) - 1;
    const index = await readIndex(paths);
    const rows = index.length / ENTRY.size;
    const count = wanted?.length ?? rows;
    let to = this.makeRoom(count);
    let next = 0;
    let sentStart = await headerBytes(paths.sent);
    let inputStart = 0;
    for (let at = 0; at < rows && next < count; at += 1) {
      const sentBytes = entry(index, at, 'sentBytes');
      const inputBytes = entry(index, at, 'inputBytes');
      if (!wanted || wanted[next] === at) {
        this.places.set([part, entry(index, at, 'number'), sentStart, sentBytes, inputStart, inputBytes], to);
        to += PLACE.size;
        next += 1;
      }
      sentStart += sentBytes + 1;
      inputStart += inputBytes;
    }
    free(index);
    if (next < count) throw new Error(`a part of ${rows} rows has not the ${count} that are wanted of it`);
  }

  /** Goes through rows in any order; their `at` is the place. A row holds until the next one, as those of `eachRow`. */
  public async each(order: Uint32Array, onRow: OnRow): Promise<void> {
    for (let start = 0; start < order.length;) {
      let end = start;
      let bytes = 0;
      for (; end < order.length; end += 1) {
        const more = this.bytesOf(order[end] ?? 0);
        if (end > start && bytes + more > this.windowBytes) break;
        bytes += more;
      }
      await this.eachOfWindow(order.subarray(start, end), Buffer.allocUnsafeSlow(bytes), onRow);
      start = end;
    }
  }

  /** Gives its memory back. */
  public close(): void {
    free(this.places);
    this.places = new Uint32Array(0);
  }

  /** @param memory of the size of the window's rows, which lie in it one after the other, each with its input behind it */
  private async eachOfWindow(window: Uint32Array, memory: Buffer, onRow: OnRow): Promise<void> {
    await this.copy('sent', window, memory);
    await this.copy('input', window, memory);
    const [sent, input] = [new Span(), new Span()];
    let end = 0;
    for (const at of window) {
      const start = end;
      const sentEnd = start + this.fact(at, 'sentBytes');
      end += this.bytesOf(at);
      sent.set(memory, start, sentEnd);
      if (end > sentEnd) input.set(memory, sentEnd, end - 1);
      const waiting = onRow({ at, number: this.numberOf(at), sent, input: end > sentEnd ? input : sent });
      if (waiting) await waiting;
    }
    free(memory);
  }

  /** Copies what one file of each part has of a window's rows, in the order in which they lie there. */
  private async copy(what: 'sent' | 'input', window: Uint32Array, memory: Buffer): Promise<void> {
    const to = new Uint32Array(window.length);
    for (let i = 1; i < window.length; i += 1) to[i] = (to[i - 1] ?? 0) + this.bytesOf(window[i - 1] ?? 0);
    let reader: AheadReader | undefined;
    try {
      for (const i of to.map((_, i) => i).sort((a, b) => (window[a] ?? 0) - (window[b] ?? 0))) {
        const at = window[i] ?? 0;
        const bytes = this.fact(at, `${what}Bytes`);
        if (bytes === 0) continue;
        const path = this.parts[this.fact(at, 'part')]?.[what] ?? '';
        if (reader?.path !== path) {
          await reader?.close();
          reader = await AheadReader.open(path);
        }
        const start = this.fact(at, `${what}Start`);
        const place = (to[i] ?? 0) + (what === 'input' ? this.fact(at, 'sentBytes') : 0);
        // A promise for each row would cost more than all the rest of this.
        if (!reader.copyNow(start, start + bytes, memory, place))
          await reader.copy(start, start + bytes, memory, place);
      }
    } finally {
      await reader?.close();
    }
  }

  /** Makes room for more rows. @returns where it begins */
  private makeRoom(rows: number): number {
    const { places } = this;
    const { length } = places;
    this.places = new Uint32Array(length + rows * PLACE.size);
    this.places.set(places);
    free(places);
    return length;
  }

  private bytesOf(at: number): number {
    return this.fact(at, 'sentBytes') + this.fact(at, 'inputBytes');
  }

  private fact(at: number, what: Fact): number {
    return this.places[at * PLACE.size + PLACE[what]] ?? 0;
  }
}

/**
 * Goes through the rows of a part in the order of the input, whatever their order in the part: rows are moved together by `--group-by` and by retries.
 * A row holds until the next one.
 */
export async function eachRowInOrder(paths: PartPaths, onRow: OnRow): Promise<void> {
  const numbers = await rowNumbers(paths);
  if (numbers.every((number, at) => at === 0 || number > (numbers[at - 1] ?? 0))) {
    free(numbers);
    return eachRow(paths, onRow);
  }
  const places = new RowPlaces();
  await places.add(paths);
  const order = numbers.map((_, at) => at).sort((a, b) => (numbers[a] ?? 0) - (numbers[b] ?? 0));
  free(numbers);
  await places.each(order, onRow).finally(() => places.close());
}

async function headerBytes(path: string): Promise<number> {
  let bytes = 0;
  for await (const chunk of fileChunks(path)) {
    const end = chunk.indexOf(LF);
    if (end >= 0) return bytes + end + 1;
    bytes += chunk.length;
  }
  throw new Error('a part file has no header');
}

const LF = 0x0a;
