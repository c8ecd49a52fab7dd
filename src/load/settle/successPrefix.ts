import { ID_LENGTH, type RowFates } from './rowFates.js';

/** What stands before a row in success.csv: its Id and whether it was created. Made of bytes, since there are as many as there are rows. */
export class SuccessPrefix {
  private readonly created: Buffer;
  private readonly updated: Buffer;

  /** @param delimiter the character */
  public constructor(private readonly delimiter: string) {
    this.created = this.prefix(' '.repeat(ID_LENGTH), true);
    this.updated = this.prefix(' '.repeat(ID_LENGTH), false);
  }

  /** Of a row that has succeeded. The bytes hold until the next one is asked for. */
  public of(fates: RowFates, at: number): Buffer {
    const isCreated = fates.isCreated(at);
    const prefix = isCreated ? this.created : this.updated;
    return fates.copyId(at, prefix) ? prefix : this.prefix(fates.idOf(at), isCreated);
  }

  private prefix(id: string, isCreated: boolean): Buffer {
    return Buffer.from(`${id}${this.delimiter}${isCreated}${this.delimiter}`);
  }
}
