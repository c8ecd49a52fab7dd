import { Messages } from '@salesforce/core';
import { Flags } from '@salesforce/sf-plugins-core';
import { DELIMITER_NAMES } from '../input/delimiters.js';
import { type SplitWanted } from '../export/query/prepareExport.js';
import { asUsageError } from './usageError.js';
import { runFlags } from './runFlags.js';
import { waitFlag } from './waitFlag.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'export');

const summary = (flag: string): { summary: string } => ({ summary: messages.getMessage(`flags.${flag}.summary`) });
const described = (flag: string): { summary: string; description: string } => ({
  ...summary(flag),
  description: messages.getMessage(`flags.${flag}.description`)
});

const QUERY = 'Query';
const OUTPUT = 'Output';
const RUN = 'Run';

export const OUTPUT_FORMATS = ['csv', 'ndjson', 'json', 'parquet'] as const;

const splitBy = Flags.custom<Pick<SplitWanted, 'field' | 'unit'>>({
  parse: (text) => {
    const [, field, unit] = /^(\w+)(?::(year|month|day))?$/.exec(text.trim()) ?? [];
    if (field === undefined) throw asUsageError(messages.createError('splitBy', [text]));
    return Promise.resolve({ field, unit: unit as SplitWanted['unit'] });
  }
});

export const exportFlags = {
  'target-org': Flags.requiredOrg(),
  'api-version': Flags.orgApiVersion(),
  query: Flags.string({ char: 'q', exclusive: ['query-file', 'sobject'], ...summary('query'), helpGroup: QUERY }),
  'query-file': Flags.file({ exclusive: ['query', 'sobject'], ...summary('query-file'), helpGroup: QUERY }),
  sobject: Flags.string({ char: 's', dependsOn: ['fields'], ...summary('sobject'), helpGroup: QUERY }),
  fields: Flags.string({ dependsOn: ['sobject'], ...summary('fields'), helpGroup: QUERY }),
  where: Flags.string({ dependsOn: ['sobject'], ...summary('where'), helpGroup: QUERY }),
  'split-by': splitBy({ ...described('split-by'), helpGroup: QUERY }),
  splits: Flags.integer({ min: 2, max: 1000, dependsOn: ['split-by'], ...summary('splits'), helpGroup: QUERY }),
  'since-last': Flags.boolean({ default: false, ...described('since-last'), helpGroup: QUERY }),
  'watermark-field': Flags.string({ default: 'SystemModstamp', ...summary('watermark-field'), helpGroup: QUERY }),
  'watermark-name': Flags.string({ ...described('watermark-name'), helpGroup: QUERY }),
  'all-rows': Flags.boolean({ default: false, ...summary('all-rows'), helpGroup: QUERY }),
  'output-file': Flags.string({ ...summary('output-file'), helpGroup: OUTPUT }),
  'result-format': Flags.option({
    char: 'r',
    options: OUTPUT_FORMATS,
    ...described('result-format'),
    helpGroup: OUTPUT
  })(),
  gzip: Flags.boolean({ default: false, ...summary('gzip'), helpGroup: OUTPUT }),
  'chunk-rows': Flags.integer({ min: 1, ...summary('chunk-rows'), helpGroup: OUTPUT }),
  overwrite: Flags.boolean({ default: false, ...summary('overwrite'), helpGroup: OUTPUT }),
  manifest: Flags.string({ ...summary('manifest'), helpGroup: OUTPUT }),
  'column-delimiter': Flags.option({
    options: DELIMITER_NAMES,
    default: 'COMMA' as const,
    ...summary('column-delimiter'),
    helpGroup: OUTPUT
  })(),
  'line-ending': Flags.option({
    options: ['LF', 'CRLF'] as const,
    default: 'LF' as const,
    ...summary('line-ending'),
    helpGroup: OUTPUT
  })(),
  concurrency: Flags.integer({ default: 4, min: 1, max: 50, ...summary('concurrency'), helpGroup: RUN }),
  'max-records': Flags.integer({ min: 1, ...described('max-records'), helpGroup: RUN }),
  wait: waitFlag({
    exclusive: ['async'],
    ...summary('wait'),
    helpGroup: RUN
  }),
  async: Flags.boolean({ char: 'a', default: false, ...summary('async'), helpGroup: RUN }),
  'run-dir': Flags.directory({ ...summary('run-dir'), helpGroup: RUN }),
  ...runFlags
};
