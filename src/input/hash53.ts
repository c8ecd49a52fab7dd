/** A hash of 53 bits, so that a double holds it; two lanes of multiply and xor. Not for secrets. */
export function hash53(text: string): number {
  let high = HIGH;
  let low = LOW;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, HIGH_FACTOR);
    low = Math.imul(low ^ code, LOW_FACTOR);
  }
  return mixed(high, low);
}

/** The same of the first bytes of a buffer: of ASCII it is the hash of the text. */
export function hash53OfBytes(bytes: Uint8Array, length: number): number {
  let high = HIGH;
  let low = LOW;
  for (let at = 0; at < length; at += 1) {
    const code = bytes[at] ?? 0;
    high = Math.imul(high ^ code, HIGH_FACTOR);
    low = Math.imul(low ^ code, LOW_FACTOR);
  }
  return mixed(high, low);
}

const HIGH = 0xdeadbeef;
const LOW = 0x41c6ce57;
const HIGH_FACTOR = 0x9e3779b1;
const LOW_FACTOR = 0x5f356495;

function mixed(high: number, low: number): number {
  const upper = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  const lower = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(upper ^ (upper >>> 13), 0xc2b2ae35);
  return (upper & 0x1fffff) * 0x1_0000_0000 + (lower >>> 0);
}
