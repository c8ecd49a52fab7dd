const QUOTE = 0x22;
const LF = 0x0a;

/**
 * Counts the records of a result on its raw bytes as they pass, and finds where its header ends. All it has to know of CSV is that a line
 * end within quotes ends nothing.
 */
export class ResultRows {
  /** Bytes of the header with its line end; undefined until it has ended. */
  public headerBytes?: number;
  private bytes = 0;
  private records = 0;
  private isQuoted = false;
  private isOpen = false;

  public add(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte === QUOTE) this.isQuoted = !this.isQuoted;
      if (byte !== LF || this.isQuoted) {
        if (byte !== 0x0d) this.isOpen = true;
        continue;
      }
      if (this.isOpen) this.records += 1;
      this.isOpen = false;
      this.headerBytes ??= this.bytes + at + 1;
    }
    this.bytes += chunk.length;
  }

  /** Rows below the header, the last one without a line end too. */
  public get rows(): number {
    return Math.max(this.records + (this.isOpen ? 1 : 0) - 1, 0);
  }

  /** A record that has not ended yet: at the end of a result it was cut off, or has no line end. */
  public get isBrokenOff(): boolean {
    return this.isQuoted;
  }

  public get endsWithLine(): boolean {
    return !this.isOpen;
  }
}
