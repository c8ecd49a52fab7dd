import { Messages } from '@salesforce/core';
import { type IngestOperation } from '../../bulk/job.js';
import { type FieldDescribe, type ObjectDescribe } from '../../schema/describe.js';
import { type SentColumn } from './columns.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'load');

type Header = {
  readonly object: ObjectDescribe;
  readonly operation: IngestOperation;
  readonly sent: readonly SentColumn[];
  /** The field that rows are known by. */
  readonly key?: string;
};

type Rule = {
  readonly isAllowed: (object: ObjectDescribe) => boolean;
  readonly isWritable: (field: FieldDescribe) => boolean;
};

/** What each operation asks of the object and of the fields that are sent. An upsert may do one or the other to a row, so one is enough. */
const RULES: Readonly<Record<IngestOperation, Rule>> = {
  insert: { isAllowed: ({ createable }) => createable, isWritable: ({ createable }) => createable },
  update: { isAllowed: ({ updateable }) => updateable, isWritable: ({ updateable }) => updateable },
  upsert: {
    isAllowed: ({ createable, updateable }) => createable || updateable,
    isWritable: ({ createable, updateable }) => createable || updateable
  },
  delete: { isAllowed: ({ deletable }) => deletable, isWritable: () => true },
  hardDelete: { isAllowed: ({ deletable }) => deletable, isWritable: () => true }
};

/** The service's own limit (BULK_API §3). */
const MOST_HEADER_CHARACTERS = 32_000;

/**
 * Holds the columns against what the org allows: a job with one column too many fails as a whole (BULK_API §3).
 * @throws SfError `OperationNotAllowedError`, `ColumnsNotWritableError`, `HeaderTooLongError`, `RequiredColumnsMissingError`
 */
export function checkHeader({ object, operation, sent, key }: Header): void {
  const { isAllowed, isWritable } = RULES[operation];
  if (!isAllowed(object)) throw messages.createError('operationNotAllowed', [operation, object.name], [object.name]);
  const locked = sent.filter((column) => {
    const field = column.describe ?? column.relationship?.reference;
    return field !== undefined && column.field !== key && !isWritable(field);
  });
  if (locked.length > 0)
    throw messages.createError(
      'columnsNotWritable',
      [operation, object.name, locked.map(({ field }) => field).join(', ')],
      [locked.map(leaveOut).join(' ')]
    );
  const characters = sent.reduce((sum, { field }) => sum + field.length + 1, 0);
  if (characters > MOST_HEADER_CHARACTERS)
    throw messages.createError('headerTooLong', [characters, MOST_HEADER_CHARACTERS]);
  const missing = operation === 'insert' ? requiredFields(object, sent).filter(({ isSent }) => !isSent) : [];
  if (missing.length > 0)
    throw messages.createError('requiredColumnsMissing', [object.name, missing.map(({ name }) => name).join(', ')]);
}

function leaveOut({ column, field, constant }: SentColumn): string {
  return constant === undefined ? `--skip-column "${column}"` : `(no constant for ${field})`;
}

/**
 * The fields that a new record must have (BULK_API §6), and whether a column is for them. The name of an object that also has a last name
 * (person accounts) may be made of that.
 */
export function requiredFields(
  object: ObjectDescribe,
  sent: readonly SentColumn[]
): ReadonlyArray<{ readonly name: string; readonly isSent: boolean }> {
  const fields = new Set(sent.map(({ describe, relationship }) => (describe ?? relationship?.reference)?.name));
  return object.fields
    .filter(({ createable, nillable, defaultedOnCreate }) => createable && !nillable && !defaultedOnCreate)
    .filter(({ name, type }) => type !== 'boolean' && !(name === 'Name' && fields.has('LastName')))
    .map(({ name }) => ({ name, isSent: fields.has(name) }));
}
