/**
 * Frees memory that nobody reads any more: at once, where the garbage collector lets tens of megabytes of it lie until it searches the whole heap for
 * them. Whoever reads it all the same finds it empty. Only memory that a view fills alone is its own: other small memory may be the pool that all small
 * buffers share, and is left alone.
 */
export function free(view: NodeJS.ArrayBufferView | undefined): void {
  if (!view || view.byteLength === 0) return;
  const { buffer, byteLength } = view;
  const isOwn = byteLength === buffer.byteLength || buffer.byteLength > Buffer.poolSize;
  if (isOwn && buffer instanceof ArrayBuffer) buffer.transfer(0);
}
