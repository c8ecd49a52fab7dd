import { free } from './freed.js';

const NONE = -1;
/** Hashes that were put together by their lowest bits differ in those above. */
const LOWEST_BITS = 2 ** 21;

/** Finds places in a list of hashes (`hash53`) by them: 8 to 16 bytes for each. */
export class HashTable {
  /** For each slot the place of the hash that stands there, or NONE. */
  private readonly slots: Int32Array;

  /** @param hashes which the table looks at, and which may become NaN: such a one is not found any more */
  public constructor(private readonly hashes: Float64Array) {
    this.slots = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(hashes.length, 8) * 2))).fill(NONE);
  }

  /** Adds the hash at a place. @returns the place where the same hash is already, which is left there; -1 where it is new */
  public add(place: number): number {
    const slot = this.slotOf(this.hashes[place] ?? NaN);
    const found = this.slots[slot] ?? NONE;
    if (found === NONE) this.slots[slot] = place;
    return found;
  }

  /** The place of a hash; -1 where it is not there. */
  public find(hash: number): number {
    return this.slots[this.slotOf(hash)] ?? NONE;
  }

  /**
   * As `find` for the first `count` of some hashes. First a slot of each is looked at, and then what stands there: so the processor waits for the
   * memory of many at the same time.
   */
  public findAll(wanted: Float64Array, count: number, places: Int32Array): void {
    const { hashes, slots } = this;
    for (let i = 0; i < count; i += 1) places[i] = slots[this.firstSlotOf(wanted[i] ?? NaN)] ?? NONE;
    for (let i = 0; i < count; i += 1) {
      const place = places[i] ?? NONE;
      const hash = wanted[i] ?? NaN;
      if (place !== NONE && hashes[place] !== hash) places[i] = this.find(hash);
    }
  }

  /** Gives its memory back; the hashes are not its own. */
  public close(): void {
    free(this.slots);
  }

  /** The slot of the hash, or the free one where it belongs. */
  private slotOf(hash: number): number {
    const { hashes, slots } = this;
    const mask = slots.length - 1;
    for (let slot = this.firstSlotOf(hash); ; slot = (slot + 1) & mask) {
      const place = slots[slot] ?? NONE;
      if (place === NONE || hashes[place] === hash) return slot;
    }
  }

  private firstSlotOf(hash: number): number {
    return (hash / LOWEST_BITS) & (this.slots.length - 1);
  }
}
