import { Messages, type SfError } from '@salesforce/core';
import { columnKey } from '../input/columnName.js';
import { type ObjectDescribe } from './describe.js';
import { nearest } from './nearest.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'schema');

/** A column that goes to no field. `where`: the place where it was mapped. */
export type Unknown = { readonly column: string; readonly field: string; readonly where?: string };

/** All columns that go to no field, each with the fields that may have been meant. */
export function unknownColumns(
  unknown: readonly Unknown[],
  object: ObjectDescribe,
  header: readonly string[]
): SfError {
  const named = unknown.map(({ column, field, where }) => {
    const isMapped = columnKey(column) !== columnKey(field);
    return `"${column}"${isMapped ? `, which is sent to ${field}` : ''}${placeOf(where)}`;
  });
  const suggestions = unknown.map(({ field }) => `${field} → ${fieldsLike(field, object)}`);
  const skips = unknown.map(({ column }) => `--skip-column ${/^[\w.:-]+$/.test(column) ? column : `"${column}"`}`);
  const error = messages.createError(
    'columnUnknown',
    [object.name, some(named, '; ')],
    [suggestions.slice(0, MOST_SUGGESTED).join('; '), some(skips, ' ')]
  );
  if (unknown.length === header.filter((one) => columnKey(one) !== '').length)
    error.actions?.unshift(messages.getMessage('noneKnown'));
  const [only = ''] = header;
  if (header.length === 1 && DELIMITED.test(only)) error.actions?.unshift(messages.getMessage('oneColumn', [only]));
  return error;
}

/** A constant for a field that the object has not. */
export function unknownConstant(
  { field, value, where }: { readonly field: string; readonly value: string; readonly where?: string },
  object: ObjectDescribe
): SfError {
  return messages.createError(
    'constantUnknown',
    [object.name, field, value, placeOf(where)],
    [fieldsLike(field, object)]
  );
}

function fieldsLike(wanted: string, { fields }: ObjectDescribe): string {
  return nearest(
    wanted,
    fields.map(({ name, label }) => ({ name, alike: [name, label] }))
  ).join(', ');
}

function placeOf(where: string | undefined): string {
  return where === undefined ? '' : ` (${where})`;
}

/** A thousand columns are no message. */
function some(texts: readonly string[], separator: string): string {
  const shown = texts.slice(0, MOST_NAMED).join(separator);
  return texts.length > MOST_NAMED ? `${shown}${separator}… (${texts.length} in all)` : shown;
}

/** Signs that part the columns of other files. */
const DELIMITED = /[^\s,;|\t^`~:][,;|\t^`~:]+[^\s,;|\t^`~:]/;

const MOST_SUGGESTED = 10;
const MOST_NAMED = 30;
