import { free } from '../../input/freed.js';

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
/** Nothing heard of a row is 0: what a fresh array holds. */
const MARK = { created: 1, updated: 2, failed: 3, unprocessed: 4 } as const;

/** The fates of a part's rows, by their place in the part. Typed arrays: about 27 bytes a row and each distinct error text once. */
export class RowFates {
  private readonly marks: Uint8Array;
  private readonly ids: Buffer;
  private readonly errorOf: Int32Array;
  private readonly errors: string[] = [];
  private readonly errorAt = new Map<string, number>();

  public constructor(public readonly rows: number) {
    this.marks = new Uint8Array(rows);
    this.ids = Buffer.alloc(rows * ID_LENGTH);
    this.errorOf = new Int32Array(rows);
  }

  public succeeded(at: number, created: boolean): void {
    this.marks[at] = created ? MARK.created : MARK.updated;
  }

  public failed(at: number, error: string): void {
    this.marks[at] = MARK.failed;
    let place = this.errorAt.get(error);
    if (place === undefined) {
      place = this.errors.push(error) - 1;
      this.errorAt.set(error, place);
    }
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
        return { kind: 'failed', id: this.idOf(at), error: this.errors[this.errorOf[at] ?? 0] ?? '' };
      case MARK.unprocessed:
        return UNPROCESSED;
      default:
        return UNKNOWN;
    }
  }

  /** Gives its memory back; nothing is known any more. */
  public close(): void {
    for (const memory of [this.marks, this.ids, this.errorOf]) free(memory);
  }

  public get unknown(): number {
    const { marks } = this;
    let count = 0;
    for (let at = 0; at < marks.length; at += 1) if (marks[at] === 0) count += 1;
    return count;
  }

  public idOf(at: number): string {
    const id = this.ids.toString('latin1', at * ID_LENGTH, (at + 1) * ID_LENGTH);
    const end = id.indexOf('\0');
    return end < 0 ? id : id.slice(0, end);
  }
}
