import { Messages } from '@salesforce/core';
import { columnKey } from './columnName.js';
import { sourceName } from './rawSource.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'input');

type Headed = { readonly path: string; readonly header: readonly string[] };

/** The names of a header as they are compared, without the columns at its end that have none. */
export function columnKeys(header: readonly string[]): string[] {
  const keys = header.map(columnKey);
  return keys.slice(0, keys.findLastIndex((key) => key !== '') + 1);
}

export function hasSameColumns(one: readonly string[], other: readonly string[]): boolean {
  const keys = columnKeys(one);
  const others = new Set(columnKeys(other));
  return keys.length === others.size && keys.every((key) => others.has(key));
}

/** @throws SfError `HeadersDifferError`, which names what one of the files has and the other has not */
export function checkSameColumns(first: Headed, other: Headed): void {
  if (hasSameColumns(first.header, other.header)) return;
  const differences = [
    ...difference('headers.lacks', beyond(first, other)),
    ...difference('headers.adds', beyond(other, first))
  ];
  throw messages.createError('headersDiffer', [sourceName(other.path), sourceName(first.path), differences.join(', ')]);
}

/** Names that the one has and the other has not. */
function beyond(one: Headed, other: Headed): string[] {
  const keys = new Set(columnKeys(other.header));
  return one.header.filter((name) => columnKey(name) !== '' && !keys.has(columnKey(name)));
}

function difference(key: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, MOST_NAMED).map((name) => `"${name}"`);
  if (names.length > MOST_NAMED) shown.push(messages.getMessage('headers.more', [names.length - MOST_NAMED]));
  return [messages.getMessage(key, [shown.join(', ')])];
}

const MOST_NAMED = 10;
