import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';

/**
 * One of a job's results: rows of quoted values. The service gives them in another order than they were sent, so each batch is shuffled as it
 * is written.
 */
export class ResultFile {
  private readonly stream: WriteStream;
  private lines: string[] = [];

  public constructor(
    path: string,
    private readonly random: () => number,
    header: string
  ) {
    this.stream = createWriteStream(path, { mode: 0o600 });
    this.stream.write(header);
  }

  public add(line: string): void {
    this.lines.push(line);
  }

  public async endBatch(): Promise<void> {
    const { lines } = this;
    this.lines = [];
    for (let at = lines.length - 1; at > 0; at -= 1) {
      const other = Math.floor(this.random() * (at + 1));
      const line = lines[at] ?? '';
      lines[at] = lines[other] ?? '';
      lines[other] = line;
    }
    if (lines.length > 0 && !this.stream.write(lines.join(''))) await once(this.stream, 'drain');
  }

  public async close(): Promise<void> {
    await this.endBatch();
    this.stream.end();
    await once(this.stream, 'close');
  }
}

export function quotedRow(values: readonly string[], delimiter: string, lineEnd: string): string {
  const escaped = values.map((value) => (value.includes('"') ? value.replaceAll('"', '""') : value));
  // One join and no string that is built up piece by piece: this runs for every row of every job.
  return `"${escaped.join(`"${delimiter}"`)}"${lineEnd}`;
}
