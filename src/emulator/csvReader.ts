import { StringDecoder } from 'node:string_decoder';

/** A CSV that can't be read at all: the job fails with this. */
export class CsvError extends Error {}

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;
const UNESCAPED = 'Failed to parse CSV. Found unescaped quote. A value with quote should be within a quote';

/**
 * Reads CSV as the service's own open-source reader does (BULK_API §3): CR, LF and CRLF end a row, blank lines are none, line ends within quotes
 * become LF, nothing is trimmed. Made for speed over whole values; it is not the reader of the client, on purpose.
 * @param delimiter the character
 * @throws CsvError while rows are pulled
 */
export async function* readRows(chunks: AsyncIterable<Buffer>, delimiter: string): AsyncGenerator<string[][]> {
  const decoder = new StringDecoder('utf8');
  let text = '';
  for await (const chunk of chunks) {
    text += decoder.write(chunk);
    const { rows, used } = parseRows(text, delimiter, false);
    text = text.slice(used);
    if (rows.length > 0) yield rows;
  }
  const { rows } = parseRows(text + decoder.end(), delimiter, true);
  if (rows.length > 0) yield rows;
}

/** The rows that are whole in a text, and how much of it they take. */
function parseRows(text: string, delimiter: string, isLast: boolean): { rows: string[][]; used: number } {
  const rows: string[][] = [];
  let row: string[] = [];
  let used = 0;
  let at = 0;
  while (at < text.length) {
    const quoted = text[at] === '"';
    const value = quoted ? quotedValue(text, at, delimiter, isLast) : plainValue(text, at, delimiter, isLast);
    if (!value) break;
    row.push(value.text);
    at = value.end;
    if (at < text.length && text[at] === delimiter) {
      at += 1;
      if (at === text.length && isLast) row.push('');
      else continue;
    }
    if (text[at] === '\r' && at + 1 === text.length && !isLast) break;
    at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1;
    if (row.length > 1 || row[0] !== '' || quoted) rows.push(row);
    row = [];
    used = at;
  }
  return { rows, used };
}

type Value = { readonly text: string; readonly end: number };

/** Undefined when the text may go on. */
function plainValue(text: string, from: number, delimiter: string, isLast: boolean): Value | undefined {
  const separator = delimiter.charCodeAt(0);
  let end = from;
  for (; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (code === separator || code === LF || code === CR) break;
    if (code === QUOTE) throw new CsvError(UNESCAPED);
  }
  if (end === text.length && !isLast) return undefined;
  return { text: text.slice(from, end), end };
}

function quotedValue(text: string, from: number, delimiter: string, isLast: boolean): Value | undefined {
  let end = from + 1;
  for (;;) {
    end = text.indexOf('"', end);
    if (end < 0 || (end + 1 === text.length && !isLast)) {
      if (isLast) throw new CsvError('EOF reached before closing an opened quote');
      return undefined;
    }
    if (text[end + 1] !== '"') break;
    end += 2;
  }
  const next = text[end + 1];
  if (next !== undefined && next !== delimiter && next !== '\n' && next !== '\r')
    throw new CsvError('Not expecting more text after end quote');
  let inner = text.slice(from + 1, end);
  if (inner.includes('"')) inner = inner.replaceAll('""', '"');
  if (inner.includes('\r')) inner = inner.replace(/\r\n?/g, '\n');
  return { text: inner, end: end + 1 };
}
