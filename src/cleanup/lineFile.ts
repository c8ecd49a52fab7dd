import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { encodeRecord } from '../input/encode.js';
import { PRIVATE_FILE } from '../run/durably.js';

/** A CSV that is written line by line, in pieces large enough for the disk. For the owner alone: it holds people's data. */
export class LineFile {
  private readonly stream: WriteStream;
  private pieces: string[] = [];
  private characters = 0;

  /** @param isDurable on disk when it is closed, for what a resume leans on */
  public constructor(path: string, { isDurable = false } = {}) {
    this.stream = createWriteStream(path, { mode: PRIVATE_FILE, flush: isDurable });
    // Whoever drains or closes has the error; this keeps it from ending the process before that.
    this.stream.on('error', () => undefined);
  }

  public add(values: readonly string[]): void {
    const line = encodeRecord(values, ',');
    this.pieces.push(line);
    this.characters += line.length;
  }

  /** Waits until the disk has taken most of what was added. */
  public async drain(): Promise<void> {
    if (this.characters < PIECE_CHARACTERS) return;
    await this.flush();
  }

  /** @throws the file system's error */
  public async close(): Promise<void> {
    await this.flush();
    this.stream.end();
    await finished(this.stream);
  }

  private async flush(): Promise<void> {
    if (this.pieces.length === 0) return;
    const text = `${this.pieces.join('\n')}\n`;
    this.pieces = [];
    this.characters = 0;
    if (this.stream.errored) throw this.stream.errored;
    if (!this.stream.write(text)) await once(this.stream, 'drain');
  }
}

const PIECE_CHARACTERS = 256 * 1024;
