import { createHash } from 'node:crypto';
import { fileChunks } from '../../input/chunks.js';

export type FileHash = { readonly bytes: number; readonly sha256: string };

/** Length and SHA-256 of a file, read once. @param onChunk is given the bytes as they pass; they hold until the next */
export async function hashFile(path: string, onChunk: (chunk: Buffer) => void = () => undefined): Promise<FileHash> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of fileChunks(path)) {
    hash.update(chunk);
    bytes += chunk.length;
    onChunk(chunk);
  }
  return { bytes, sha256: hash.digest('hex') };
}
