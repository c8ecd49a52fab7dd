import { readFile } from 'node:fs/promises';
import { free } from '../../input/freed.js';
import { FileWriter } from '../parts/fileWriter.js';

/** What the org said of one row of a part. */
export type RowFate =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'succeeded'; readonly id: string; readonly created: boolean }
  | { readonly kind: 'failed'; readonly id: string; readonly error: string }
  /** No batch reached the row: the org has changed nothing for it. */
  | { readonly kind: 'unprocessed' };

const UNKNOWN: RowFate = { kind: 'unknown' };
const UNPROCESSED: RowFate = { kind: 'unprocessed' };
export const ID_LENGTH = 18;
const BYTES_OF_ROW = 1 + ID_LENGTH;
/** Nothing heard of a row is 0: what a fresh array holds. */
const MARK = { created: 1, updated: 2, failed: 3, unprocessed: 4 } as const;

/** The fates of a part's rows, by their place in the part. Typed arrays: 19 bytes a row, 4 more once one has failed, and each distinct error text once. */
export class RowFates {
  private errorOf?: Int32Array;
  private readonly errors: string[] = [];
  private readonly errorAt = new Map<string, number>();

  /** Of rows of which nothing is known, unless what is known of them is handed over. */
  public constructor(
    public readonly rows: number,
    private readonly marks = Buffer.alloc(rows),
    private readonly ids = Buffer.alloc(rows * ID_LENGTH)
  ) {}

  /**
   * What `write` has kept.
   * @throws Error where it is not of so many rows
   */
  public static async read(path: string, rows: number): Promise<RowFates> {
    const bytes = await readFile(path);
    if (bytes.length !== rows * BYTES_OF_ROW) throw new Error(`${path} is not of ${rows} rows`);
    return new RowFates(rows, bytes.subarray(0, rows), bytes.subarray(rows));
  }

  /** Keeps which rows have succeeded, as what, and their Ids, in 19 bytes a row. Durable when it returns. */
  public async write(path: string): Promise<void> {
    const file = await FileWriter.create(path);
    await file.append(this.marks);
    await file.append(this.ids);
    await file.close();
  }

  public succeeded(at: number, created: boolean): void {
    this.marks[at] = created ? MARK.created : MARK.updated;
  }

  /** A row that has succeeded in an earlier try of it, as what then is said of it shows. */
  public succeededBefore(at: number, id: string): void {
    this.succeeded(at, false);
    const bytes = Buffer.from(id);
    this.setId(at, bytes, 0, bytes.length);
  }

  public failed(at: number, error: string): void {
    this.marks[at] = MARK.failed;
    let place = this.errorAt.get(error);
    if (place === undefined) {
      place = this.errors.push(error) - 1;
      this.errorAt.set(error, place);
    }
    this.errorOf ??= new Int32Array(this.rows);
    this.errorOf[at] = place;
  }

  /** The Id that the org has named for a row, which is ASCII and lies in these bytes. */
  public setId(at: number, bytes: Uint8Array, start: number, end: number): void {
    const first = at * ID_LENGTH;
    const length = Math.min(end - start, ID_LENGTH);
    for (let i = 0; i < ID_LENGTH; i += 1) this.ids[first + i] = i < length ? (bytes[start + i] ?? 0) : 0;
  }

  public unprocessed(at: number): void {
    this.marks[at] = MARK.unprocessed;
  }

  /** As `of`, without making anything: nearly every row has succeeded. */
  public hasSucceeded(at: number): boolean {
    return this.marks[at] === MARK.created || this.marks[at] === MARK.updated;
  }

  public isCreated(at: number): boolean {
    return this.marks[at] === MARK.created;
  }

  /** Copies the Id of a row to the beginning of `into`. @returns false where it has less than its 18 characters, and not all was copied */
  public copyId(at: number, into: Uint8Array): boolean {
    const first = at * ID_LENGTH;
    for (let i = 0; i < ID_LENGTH; i += 1) into[i] = this.ids[first + i] ?? 0;
    return into[ID_LENGTH - 1] !== 0;
  }

  public of(at: number): RowFate {
    switch (this.marks[at]) {
      case MARK.created:
        return { kind: 'succeeded', id: this.idOf(at), created: true };
      case MARK.updated:
        return { kind: 'succeeded', id: this.idOf(at), created: false };
      case MARK.failed:
        return { kind: 'failed', id: this.idOf(at), error: this.errors[this.errorOf?.[at] ?? 0] ?? '' };
      case MARK.unprocessed:
        return UNPROCESSED;
      default:
        return UNKNOWN;
    }
  }

  /** Gives its memory back; nothing is known any more. */
  public close(): void {
    for (const memory of [this.marks, this.ids, this.errorOf]) if (memory) free(memory);
  }

  public get unknown(): number {
    return this.count(0);
  }

  public get created(): number {
    return this.count(MARK.created);
  }

  public get succeededRows(): number {
    return this.created + this.count(MARK.updated);
  }

  public idOf(at: number): string {
    const id = this.ids.toString('latin1', at * ID_LENGTH, (at + 1) * ID_LENGTH);
    const end = id.indexOf('\0');
    return end < 0 ? id : id.slice(0, end);
  }

  private count(mark: number): number {
    const { marks } = this;
    let count = 0;
    for (let at = 0; at < marks.length; at += 1) if (marks[at] === mark) count += 1;
    return count;
  }
}
