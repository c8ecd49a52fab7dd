import { Messages, type SfError } from '@salesforce/core';
import { Flags } from '@salesforce/sf-plugins-core';
import { DELIMITER_NAMES } from '../input/delimiters.js';
import { INPUT_FORMATS } from '../input/format.js';
import { type LoadAsked } from '../load/asked.js';
import { isBooleanFormat } from '../schema/readings/booleans.js';
import { isDateFormat } from '../schema/readings/dates.js';
import { NUMBER_FORMATS } from '../schema/readings/numbers.js';
import { isTimeZone } from '../schema/readings/timeZone.js';
import { EXIT } from './exitCodes.js';
import { runFlags } from './runFlags.js';
import { waitFlag } from './waitFlag.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'loadFlags');

const summary = (flag: string): { summary: string } => ({ summary: messages.getMessage(`flags.${flag}.summary`) });
const described = (flag: string): { summary: string; description: string } => ({
  ...summary(flag),
  description: messages.getMessage(`flags.${flag}.description`)
});

const RUN = 'Run';
const INPUT = 'Input';
const CARE = 'Safety';

const MEGABYTE = 1_000_000;
const MOST_PART_BYTES = 100 * MEGABYTE;

const partSize = Flags.custom<number>({
  parse: (text) => {
    const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(kb|mb|b)?$/i.exec(text.trim()) ?? [];
    const bytes = Math.floor(Number(number) * ({ b: 1, kb: 1000, mb: MEGABYTE }[(unit ?? 'mb').toLowerCase()] ?? NaN));
    if (!Number.isFinite(bytes) || bytes < 1000 || bytes > MOST_PART_BYTES) throw usageError('partSize', text);
    return Promise.resolve(bytes);
  }
});

const maxFailures = Flags.custom<NonNullable<LoadAsked['maxFailures']>>({
  parse: (text) => {
    const [, number, percent] = /^(\d+(?:\.\d+)?)(%)?$/.exec(text.trim()) ?? [];
    const value = Number(number);
    if (number === undefined || (percent ? value > 100 : !Number.isInteger(value)))
      throw usageError('maxFailures', text);
    return Promise.resolve({ unit: percent ? 'percent' : 'rows', value });
  }
});

/** A share of the org's daily allowances, in percent. */
export const percent = Flags.custom<number>({
  parse: (text) => {
    const [, number] = /^(\d+(?:\.\d+)?)%?$/.exec(text.trim()) ?? [];
    const value = Number(number);
    if (number === undefined || value > 100) throw usageError('quota', text);
    return Promise.resolve(value);
  }
});

type ColumnMap = { readonly column: string; readonly field: string };

const columnMap = Flags.custom<ColumnMap>({
  parse: (text) => {
    const at = text.lastIndexOf('=');
    const column = text.slice(0, at).trim();
    const field = text.slice(at + 1).trim();
    if (at < 0 || column === '' || field === '') throw usageError('map', text);
    return Promise.resolve({ column, field });
  }
});

type FieldValue = { readonly field: string; readonly value: string };

const fieldValue = Flags.custom<FieldValue>({
  parse: (text) => {
    const at = text.indexOf('=');
    const field = text.slice(0, at).trim();
    const value = text.slice(at + 1);
    if (at < 0 || field === '' || value === '') throw usageError('set', text);
    return Promise.resolve({ field, value });
  }
});

/** A flag whose text must be of a form; the message has the key's name. */
function formed(key: string, isFormed: (text: string) => boolean): ReturnType<typeof Flags.custom<string>> {
  return Flags.custom<string>({
    parse: (text) => {
      if (!isFormed(text)) throw usageError(key, text);
      return Promise.resolve(text);
    }
  });
}

const dateFormat = formed('dateFormat', isDateFormat);
const timeZone = formed('timeZone', isTimeZone);
const booleanFormat = formed('booleanFormat', isBooleanFormat);

function usageError(key: string, text: string): SfError {
  const error = messages.createError(key, [text]);
  error.exitCode = EXIT.usage;
  return error;
}

/** The flags that insert, update, upsert and delete share. */
export const loadFlags = {
  'target-org': Flags.requiredOrg(),
  'api-version': Flags.orgApiVersion(),
  sobject: Flags.string({ char: 's', required: true, ...summary('sobject') }),
  file: Flags.string({ char: 'f', required: true, multiple: true, ...described('file'), helpGroup: INPUT }),
  'input-format': Flags.option({ options: INPUT_FORMATS, ...described('input-format'), helpGroup: INPUT })(),
  encoding: Flags.string({ ...described('encoding'), helpGroup: INPUT }),
  'column-delimiter': Flags.option({ options: DELIMITER_NAMES, ...described('column-delimiter'), helpGroup: INPUT })(),
  'line-ending': Flags.option({ options: ['LF', 'CRLF'] as const, ...described('line-ending'), helpGroup: INPUT })(),
  map: columnMap({ multiple: true, ...described('map'), helpGroup: INPUT }),
  set: fieldValue({ multiple: true, ...described('set'), helpGroup: INPUT }),
  'mapping-file': Flags.file({ exists: true, ...described('mapping-file'), helpGroup: INPUT }),
  'skip-column': Flags.string({ multiple: true, ...summary('skip-column'), helpGroup: INPUT }),
  'date-format': dateFormat({ ...described('date-format'), helpGroup: INPUT }),
  'time-zone': timeZone({ ...described('time-zone'), helpGroup: INPUT }),
  'number-format': Flags.option({ options: NUMBER_FORMATS, ...described('number-format'), helpGroup: INPUT })(),
  'boolean-format': booleanFormat({ ...described('boolean-format'), helpGroup: INPUT }),
  'empty-as-null': Flags.boolean({ default: false, ...described('empty-as-null'), helpGroup: INPUT }),
  'on-duplicate': Flags.option({
    options: ['reject', 'first', 'last'] as const,
    default: 'reject' as const,
    ...described('on-duplicate'),
    helpGroup: INPUT
  })(),
  'group-by': Flags.string({ ...described('group-by'), helpGroup: RUN }),
  validate: Flags.option({
    options: ['full', 'header', 'none'] as const,
    default: 'full' as const,
    ...described('validate'),
    helpGroup: CARE
  })(),
  'dry-run': Flags.boolean({ default: false, ...summary('dry-run'), helpGroup: CARE }),
  retries: Flags.integer({ default: 3, min: 0, max: 20, ...described('retries'), helpGroup: CARE }),
  'max-failures': maxFailures({ ...described('max-failures'), helpGroup: CARE }),
  quota: percent({ ...described('quota'), helpGroup: CARE }),
  'resend-unknown': Flags.boolean({ default: false, ...described('resend-unknown'), helpGroup: CARE }),
  wait: waitFlag({
    exclusive: ['async'],
    ...described('wait'),
    helpGroup: RUN
  }),
  async: Flags.boolean({ char: 'a', default: false, ...described('async'), helpGroup: RUN }),
  concurrency: Flags.integer({ default: 4, min: 1, max: 50, ...described('concurrency'), helpGroup: RUN }),
  'part-size': partSize({ ...described('part-size'), helpGroup: RUN }),
  results: Flags.option({
    options: ['all', 'failed', 'none'] as const,
    default: 'all' as const,
    ...described('results'),
    helpGroup: RUN
  })(),
  'run-dir': Flags.directory({ ...described('run-dir'), helpGroup: RUN }),
  ...runFlags
};

export const DEFAULT_PART_BYTES = MOST_PART_BYTES;
