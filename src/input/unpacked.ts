import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

const CHUNK_BYTES = 256 * 1024;

/** A gzip stream unpacked. A source that breaks breaks the unpacking too, also one that broke before anybody read it: else its reader would wait for ever. */
export function unpacked(packed: Readable): Readable {
  // The reader has the error from the last stream.
  return pipeline(packed, createGunzip({ chunkSize: CHUNK_BYTES }), () => undefined);
}
