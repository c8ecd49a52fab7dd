import { createHash } from 'node:crypto';
import { access, type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createGzip, type Gzip } from 'node:zlib';
import { PRIVATE_FILE, syncDirectory } from '../../run/durably.js';
import { type OutputFile } from '../../run/exportEvents.js';

/** What an output is written to: a file, or standard output. */
export type Sink = {
  /** The bytes may be used again when it is fulfilled. */
  write(bytes: Buffer): Promise<void>;
  close(): Promise<void>;
};

/** Whoever read standard output has had enough, which is no failure. */
export class OutputClosed extends Error {}

/** Where a file is written until it is whole. */
export function besidePath(path: string): string {
  return `${path}.partial`;
}

export async function fileSink(path: string): Promise<Sink> {
  const file: FileHandle = await open(path, 'w', PRIVATE_FILE);
  return {
    write: async (bytes) => file.appendFile(bytes),
    close: async () => {
      try {
        await file.sync();
      } finally {
        await file.close();
      }
    }
  };
}

/** An output under way, whose bytes are counted and hashed as they pass, packed where that is asked for. */
export class OutputWriter {
  public rows = 0;
  private bytes = 0;
  private readonly hash = createHash('sha256');
  private readonly gzip?: Gzip;
  private readonly packing?: Promise<void>;
  /** What became of the packed bytes; the stream itself only says that it was destroyed. */
  private failure?: Error;

  public constructor(
    private readonly path: string,
    private readonly sink: Sink,
    isPacked: boolean
  ) {
    if (!isPacked) return;
    this.gzip = createGzip();
    this.packing = this.passOn(this.gzip);
    // Whoever writes or finishes hears of it.
    this.packing.catch((error: Error) => {
      this.failure = error;
      this.gzip?.destroy(error);
    });
  }

  /** The bytes may be used again when it is fulfilled. */
  public async write(bytes: Buffer, rows: number): Promise<void> {
    this.rows += rows;
    const { gzip } = this;
    if (!gzip) return this.append(bytes);
    await new Promise<void>((resolve, reject) =>
      gzip.write(bytes, (error) => (error ? reject(this.failure ?? error) : resolve()))
    );
  }

  /** What it has become; a file still has its passing name. */
  public async finish(): Promise<OutputFile> {
    try {
      this.gzip?.end();
      await this.packing;
    } finally {
      await this.sink.close();
    }
    return { path: this.path, rows: this.rows, bytes: this.bytes, sha256: this.hash.digest('hex') };
  }

  /** Closes what is open of an output that came to nothing. */
  public async abandon(): Promise<void> {
    this.gzip?.destroy();
    await this.packing?.catch(() => undefined); // it ends with the error that brought us here
    await this.sink.close().catch(() => undefined);
  }

  private async passOn(gzip: Gzip): Promise<void> {
    for await (const chunk of gzip) await this.append(chunk as Buffer);
  }

  private async append(bytes: Buffer): Promise<void> {
    this.bytes += bytes.length;
    this.hash.update(bytes);
    await this.sink.write(bytes);
  }
}

/** Gives files that are whole their final names; those that have them already, from a try that broke off, keep them. */
export async function publish(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    if (path === '-') continue;
    await rename(besidePath(path), path).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      await access(path);
    });
    await syncDirectory(dirname(path));
  }
}
