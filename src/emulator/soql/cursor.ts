import { type SoqlError, errorAt } from './soqlError.js';
import { type Token, type TokenKind, tokens } from './tokens.js';

/** Walks the tokens of a query. Keywords and symbols are given in upper case and match in any. */
export class Cursor {
  private readonly tokens: readonly Token[];
  private index = 0;

  public constructor(public readonly text: string) {
    this.tokens = tokens(text);
  }

  /** The token that comes next, or one further on; past the end it is the end. */
  public peek(ahead = 0): Token {
    const last = this.tokens.length - 1;
    return this.tokens[Math.min(this.index + ahead, last)] ?? { kind: 'end', text: '<EOF>', at: this.text.length };
  }

  public take(): Token {
    const token = this.peek();
    this.index++;
    return token;
  }

  public isNext(...texts: readonly string[]): boolean {
    return texts.every((text, ahead) => matches(this.peek(ahead), text));
  }

  /** Takes these tokens if all of them come next. */
  public accept(...texts: readonly string[]): boolean {
    if (!this.isNext(...texts)) return false;
    this.index += texts.length;
    return true;
  }

  public expect(text: string): void {
    if (!this.accept(text)) throw this.unexpected();
  }

  public takeKind(kind: TokenKind): Token {
    if (this.peek().kind !== kind) throw this.unexpected();
    return this.take();
  }

  /** What `item` reads, once and again after each comma. */
  public list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.accept(',')) items.push(item());
    return items;
  }

  public unexpected(token: Token = this.peek()): SoqlError {
    return errorAt(this.text, token.at, { code: 'MALFORMED_QUERY', message: `unexpected token: '${token.text}'` });
  }
}

function matches(token: Token, text: string): boolean {
  return (token.kind === 'word' || token.kind === 'symbol') && token.text.toUpperCase() === text;
}
