import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, stat, truncate } from 'node:fs/promises';
import { fileChunks } from '../../input/chunks.js';
import { PRIVATE_FILE } from '../../run/durably.js';

/** So much of a file is on disk, and this is what it is. */
export type LaidBytes = { readonly bytes: number; readonly sha256: string };

/** A file that grows at its end and can be gone on with in another process, hashed as it grows. */
export class LaidFile {
  private constructor(
    private readonly file: FileHandle,
    private readonly hash: Hash,
    public bytes: number
  ) {}

  /** A new one in place of whatever is there; or, after so many bytes that are known to be right, the one that is there. */
  public static async open(path: string, bytes = 0): Promise<LaidFile> {
    const hash = createHash('sha256');
    if (bytes === 0) return new LaidFile(await open(path, 'w', PRIVATE_FILE), hash, 0);
    await truncate(path, bytes); // what follows was not known to be on disk
    for await (const chunk of fileChunks(path)) hash.update(chunk);
    return new LaidFile(await open(path, 'a'), hash, bytes);
  }

  /** The bytes may be used again when it is fulfilled. */
  public async append(bytes: Buffer): Promise<void> {
    this.bytes += bytes.length;
    this.hash.update(bytes);
    await this.file.appendFile(bytes);
  }

  /** Puts on disk what was appended before, and tells of it; more may be appended meanwhile. */
  public async sync(): Promise<LaidBytes> {
    const laid = { bytes: this.bytes, sha256: this.hash.copy().digest('hex') };
    await this.file.datasync();
    return laid;
  }

  public async close(): Promise<void> {
    await this.file.close();
  }
}

/** Whether a file begins with these very bytes. */
export async function beginsWith(path: string, { bytes, sha256 }: LaidBytes): Promise<boolean> {
  const size = await stat(path).then(
    (found) => found.size,
    () => -1 // there is none
  );
  if (size < bytes) return false;
  const hash = createHash('sha256');
  for await (const chunk of fileChunks(path, 0, bytes)) hash.update(chunk);
  return hash.digest('hex') === sha256;
}
