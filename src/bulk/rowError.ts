/**
 * What is to be done about a row error: `transient` goes again, `permanent` needs other data, `needs-a-person` needs rights, space or a
 * decision in the org. The classing is ours (BULK_API §4).
 */
export type RowErrorClass = 'transient' | 'permanent' | 'needs-a-person';

type Entry = { readonly class: RowErrorClass; readonly remedy: string };

/** The codes that the service gives to rows, and our own (BULKOPS_…); the one table that retries, terminal, report and docs go by. */
export const ROW_ERRORS = {
  UNABLE_TO_LOCK_ROW: {
    class: 'transient',
    remedy:
      'Another transaction held the record or its parent. Rows of one parent in one job meet it less often: --group-by.'
  },
  REQUEST_RUNNING_TOO_LONG: {
    class: 'transient',
    remedy: 'Triggers or flows took too long. Load with smaller parts, or fewer automations.'
  },
  TOO_MANY_APEX_REQUESTS: {
    class: 'transient',
    remedy: 'The org was busy. Load at a quieter time or with a lower --concurrency.'
  },
  SERVER_UNAVAILABLE: {
    class: 'transient',
    remedy: 'The org was unavailable for a moment. Load the failed rows again.'
  },
  UNKNOWN_EXCEPTION: {
    class: 'transient',
    remedy: 'Salesforce failed inside. Load the failed rows again; if it stays, open a case with the error id.'
  },
  QUERY_TIMEOUT: { class: 'transient', remedy: 'A query in a trigger or flow took too long. Make it selective.' },
  PLATFORM_EVENT_PUBLISHING_UNAVAILABLE: {
    class: 'transient',
    remedy: 'Platform events could not be published for a moment. Load the failed rows again.'
  },
  INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE: {
    class: 'transient',
    remedy: 'The org was in maintenance. Load the failed rows when it is over.'
  },
  TERRITORY_REALIGN_IN_PROGRESS: {
    class: 'transient',
    remedy: 'Territories were being realigned. Load the failed rows when it is over.'
  },
  REQUIRED_FIELD_MISSING: { class: 'permanent', remedy: 'Give the fields that the message names a value.' },
  STRING_TOO_LONG: { class: 'permanent', remedy: 'Shorten the value to the length of the field.' },
  INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST: {
    class: 'permanent',
    remedy: 'Use an active value of the picklist, or add it there.'
  },
  INVALID_EMAIL_ADDRESS: { class: 'permanent', remedy: 'Correct the e-mail address.' },
  INVALID_TYPE_ON_FIELD_IN_RECORD: { class: 'permanent', remedy: 'The value has another type than the field.' },
  INVALID_FIELD: {
    class: 'permanent',
    remedy: 'The value does not fit the field, or the record that it names by external ID does not exist.'
  },
  INVALID_FIELD_FOR_INSERT_UPDATE: {
    class: 'permanent',
    remedy: 'The field can not be written in this operation; leave the column out.'
  },
  NUMBER_OUTSIDE_VALID_RANGE: { class: 'permanent', remedy: 'The number has more digits than the field.' },
  MALFORMED_ID: {
    class: 'permanent',
    remedy:
      'An Id has 15 or 18 characters, capitals and small letters as they are in the org, and begins with the prefix of its object.'
  },
  INVALID_CROSS_REFERENCE_KEY: { class: 'permanent', remedy: 'The Id is of no record, or of one of another object.' },
  INVALID_ID_FIELD: { class: 'permanent', remedy: 'The Id is not one of this object.' },
  FIELD_CUSTOM_VALIDATION_EXCEPTION: {
    class: 'permanent',
    remedy: 'A validation rule of the org refused the row; its message says why.'
  },
  FIELD_FILTER_VALIDATION_EXCEPTION: {
    class: 'permanent',
    remedy: 'A lookup filter of the org refused the related record.'
  },
  FIELD_INTEGRITY_EXCEPTION: { class: 'permanent', remedy: 'The value contradicts another one of the record.' },
  DUPLICATE_VALUE: { class: 'permanent', remedy: 'Another row or record has this unique value already.' },
  DUPLICATE_EXTERNAL_ID: { class: 'permanent', remedy: 'Several records have this external ID; clean them up first.' },
  DUPLICATES_DETECTED: {
    class: 'permanent',
    remedy: 'A duplicate rule of the org refused the row. Merge it, or change the rule.'
  },
  MISSING_ARGUMENT: { class: 'permanent', remedy: 'The row has no Id or external ID.' },
  ENTITY_IS_DELETED: { class: 'permanent', remedy: 'The record is in the recycle bin.' },
  DELETE_FAILED: { class: 'permanent', remedy: 'Other records depend on it; see the message.' },
  DEPENDENCY_EXISTS: { class: 'permanent', remedy: 'Other records depend on it; see the message.' },
  CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY: {
    class: 'permanent',
    remedy: 'A trigger or flow of the org failed; its message says why.'
  },
  CANNOT_EXECUTE_FLOW_TRIGGER: { class: 'permanent', remedy: 'A flow of the org failed; its message says why.' },
  INSUFFICIENT_ACCESS_OR_READONLY: {
    class: 'needs-a-person',
    remedy: 'The user may not edit the record. Grant access or load as another user.'
  },
  INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY: {
    class: 'needs-a-person',
    remedy: 'The user may not use the related record. Grant access or load as another user.'
  },
  ENTITY_IS_LOCKED: {
    class: 'needs-a-person',
    remedy: 'The record is in an approval. Unlock it, or wait for the decision.'
  },
  STORAGE_LIMIT_EXCEEDED: { class: 'needs-a-person', remedy: 'The org has no data storage left.' },
  LIMIT_EXCEEDED: { class: 'needs-a-person', remedy: 'A limit of the org is reached; the message names it.' },
  LICENSE_LIMIT_EXCEEDED: { class: 'needs-a-person', remedy: 'There is no licence left.' },
  INACTIVE_OWNER_OR_USER: {
    class: 'needs-a-person',
    remedy: 'The owner is an inactive user. Name another, or activate the user.'
  },
  CANNOT_REPARENT_RECORD: { class: 'needs-a-person', remedy: 'The master of the record can not be changed.' },
  BULKOPS_TOO_FEW_FIELDS: {
    class: 'permanent',
    remedy: 'The row has fewer fields than the header. A delimiter is missing, or a line break is not in quotes.'
  },
  BULKOPS_TOO_MANY_FIELDS: {
    class: 'permanent',
    remedy: 'The row has more fields than the header. A value that holds the delimiter must be in quotes.'
  },
  BULKOPS_EMPTY_ROW: {
    class: 'permanent',
    remedy: 'The row has no value in any column, so there was nothing to send.'
  },
  BULKOPS_HEADER_AGAIN: {
    class: 'permanent',
    remedy:
      'Files were put together with their header lines. Delete those but the first, or pass each file with its own --file.'
  },
  BULKOPS_NAMELESS_VALUE: {
    class: 'permanent',
    remedy: 'Name the column in the first line of the file, or empty it.'
  },
  BULKOPS_STRAY_QUOTE: { class: 'permanent', remedy: 'A value with a quote must be in quotes, and the quote doubled.' },
  BULKOPS_TOO_LONG: {
    class: 'permanent',
    remedy: 'The service takes at most 131,072 characters in a value and 400,000 in a row.'
  },
  BULKOPS_BAD_RECORD: {
    class: 'permanent',
    remedy:
      'The record is no JSON object with each name once. A comma, a quote or a brace is missing, or it is another kind of value; NaN and Infinity are no JSON.'
  },
  BULKOPS_VALUE_MISSING: { class: 'permanent', remedy: 'Give the fields that the message names a value.' },
  BULKOPS_VALUE_TOO_LONG: { class: 'permanent', remedy: 'Shorten the value to the length of the field.' },
  BULKOPS_BAD_NUMBER: {
    class: 'permanent',
    remedy:
      'Write the number with digits and a decimal point, without separators, units or currency; or say how numbers are written, with --number-format.'
  },
  BULKOPS_NUMBER_TOO_LARGE: { class: 'permanent', remedy: 'The number has more digits than the field.' },
  BULKOPS_BAD_BOOLEAN: {
    class: 'permanent',
    remedy:
      'Write true or false; or say how booleans are written, with --boolean-format yes/no or a value table of --mapping-file.'
  },
  BULKOPS_BAD_DATE: {
    class: 'permanent',
    remedy:
      'Write dates as 2024-01-31 and times as 2024-01-31T12:00:00Z; or say how they are written, with --date-format DD.MM.YYYY and --time-zone.'
  },
  BULKOPS_BAD_PICKLIST_VALUE: {
    class: 'permanent',
    remedy: 'Use an active value of the picklist, or add it there; a value table of --mapping-file translates values.'
  },
  BULKOPS_BAD_EMAIL: { class: 'permanent', remedy: 'Correct the e-mail address.' },
  BULKOPS_BAD_ID: {
    class: 'permanent',
    remedy:
      'An Id has 15 or 18 characters, capitals and small letters as they are in the org, and begins with the prefix of its object.'
  },
  BULKOPS_DUPLICATE_KEY: {
    class: 'permanent',
    remedy: 'Several rows of the input have this key. Keep one, or choose with --on-duplicate first or last.'
  },
  BULKOPS_UNPROCESSED: {
    class: 'permanent',
    remedy: 'The org ended the job before it came to the row. Mend what the message says and load failed.csv again.'
  },
  BULKOPS_UNACCOUNTED: {
    class: 'needs-a-person',
    remedy: 'The row is in none of the results. Look in the org whether it happened before sending it again.'
  },
  BULKOPS_NOT_SENT: {
    class: 'permanent',
    remedy: 'The load was stopped before the row was sent. Resume it, or load the file again.'
  }
} as const satisfies Record<string, Entry>;

export type RowErrorCode = keyof typeof ROW_ERRORS;

export type RowError = {
  /** Up to the first colon of the text. */
  readonly code: string;
  readonly message: string;
  /** The fields that the service names, if any. */
  readonly fields: readonly string[];
  readonly class: RowErrorClass;
  /** Records that were locked. */
  readonly lockedIds: readonly string[];
};

/** Reads an `sf__Error`: `CODE:message:Field1,Field2 --`, whose message may itself hold colons, commas and newlines (BULK_API §4). */
export function rowError(text: string): RowError {
  const colon = text.indexOf(':');
  const code = (colon < 0 ? text : text.slice(0, colon)).trim();
  const { message, fields } = tail(colon < 0 ? '' : text.slice(colon + 1));
  return {
    code,
    message,
    fields,
    class: classOf(code, text),
    lockedIds: text.includes('exclusive access') ? (text.match(RECORD_ID) ?? []) : []
  };
}

/** What to do about an error with that code; undefined for one that is in no table of ours. */
export function remedyFor(code: string): string | undefined {
  return isKnown(code) ? ROW_ERRORS[code].remedy : undefined;
}

const RECORD_ID = /\b[a-zA-Z0-9]{15}(?:[A-Z0-5]{3})?\b/g;

function tail(text: string): { message: string; fields: string[] } {
  const found = /^([\s\S]*):([^:]*?)\s*--\s*$/.exec(text);
  if (!found) return { message: text.trim(), fields: [] };
  const fields = (found[2] ?? '').split(',').map((field) => field.trim());
  return { message: (found[1] ?? '').trim(), fields: fields.filter((field) => field !== '') };
}

/** A trigger that met a lock reports its own code; the lock is in its text. */
function classOf(code: string, text: string): RowErrorClass {
  if (code === 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY' && text.includes('UNABLE_TO_LOCK_ROW')) return 'transient';
  if (code === 'TooManyLockFailure') return 'transient';
  return isKnown(code) ? ROW_ERRORS[code].class : 'permanent';
}

function isKnown(code: string): code is RowErrorCode {
  return Object.hasOwn(ROW_ERRORS, code);
}
