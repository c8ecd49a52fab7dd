/**
 * Frees memory that nobody reads any more: at once, where the garbage collector lets tens of megabytes of it lie until it searches the whole heap for
 * them. Whoever reads it all the same finds it empty. Memory as small as this may be the pool that all small buffers share, and is left alone.
 */
export function free(memory: ArrayBufferLike | undefined): void {
  if (memory instanceof ArrayBuffer && memory.byteLength > Buffer.poolSize) memory.transfer(0);
}
