import { Messages } from '@salesforce/core';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'input');

/** Where a list of records may lie in an answer of the org: the names of the objects around it, outermost first. */
const PLACES: ReadonlySet<string> = new Set(['records', 'result/records', 'result']);

/** What is around the list is a few names and numbers. */
const MOST_BYTES = 256 * 1024;

/** Reads what a JSON document has around its list of records: nothing, or the answer of a query. */
export class Wrapping {
  public isInList = false;
  private hadList = false;
  private text = '';
  /** Names of the objects that are open, each with the member that is read. */
  private readonly open: string[] = [];
  private token = '';
  private isInString = false;
  private isEscaped = false;
  private isWhole = false;

  public constructor(private readonly path: string) {}

  /** Reads on until the list begins or the bytes end; returns where it stopped. @param offset of the bytes in the text, for messages */
  public read(bytes: Buffer, from: number, offset: number): number {
    for (let position = from; position < bytes.length; position += 1) {
      const character = String.fromCharCode(bytes[position] ?? 0);
      this.text += character;
      if (this.text.length > MOST_BYTES) throw this.noRecords();
      if (this.isInString) this.inString(character);
      else if (!this.step(character)) throw messages.createError('jsonBroken', [this.path, offset + position]);
      if (this.isInList) return position + 1;
    }
    return bytes.length;
  }

  public leaveList(): void {
    this.isInList = false;
    this.hadList = true;
    this.isWhole = this.open.length === 0;
  }

  /** @throws SfError when the document is not over, had no list, or says of itself that there is more */
  public end(): void {
    if (!this.hadList)
      throw this.text.trim() === '' ? messages.createError('jsonEmpty', [this.path]) : this.noRecords();
    if (!this.isWhole) throw messages.createError('jsonUnclosed', [this.path, 0]);
    if (/"done"\s*:\s*false/.test(this.text)) throw messages.createError('jsonIncomplete', [this.path]);
  }

  private inString(character: string): void {
    if (this.isEscaped) this.isEscaped = false;
    else if (character === '\\') this.isEscaped = true;
    else if (character === '"') this.isInString = false;
    else this.token += character;
  }

  /** False for what can't stand there. */
  private step(character: string): boolean {
    if (/\s/.test(character)) return true;
    if (this.isWhole) return false;
    switch (character) {
      case '"':
        this.isInString = true;
        this.token = '';
        return true;
      case '{':
      case '[':
        return this.enter(character);
      case '}':
      case ']':
        this.open.pop();
        this.isWhole = this.open.length === 0;
        return true;
      case ':':
        this.open[this.open.length - 1] = this.token;
        return true;
      default:
        return this.open.length > 0;
    }
  }

  /** A list somewhere else, such as that of warnings, is passed over. */
  private enter(bracket: '{' | '['): boolean {
    const isList = bracket === '[' && !this.hadList;
    if (isList && (this.open.length === 0 || PLACES.has(this.open.join('/')))) this.isInList = true;
    else this.open.push('');
    return true;
  }

  private noRecords(): Error {
    return messages.createError('jsonNoRecords', [this.path]);
  }
}
