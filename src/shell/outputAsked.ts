import { resolve } from 'node:path';
import { Messages } from '@salesforce/core';
import { type Interfaces } from '@oclif/core';
import { type OutputAsked } from '../export/asked.js';
import { chunkNumber } from '../export/output/outputPath.js';
import { EXIT } from './exitCodes.js';
import { type exportFlags } from './exportFlags.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'export');

type Flags = Interfaces.InferredFlags<typeof exportFlags>;

export type OutputFlags = Pick<Flags, 'gzip' | 'overwrite'> &
  Partial<Pick<Flags, 'output-file' | 'result-format' | 'chunk-rows' | 'manifest'>>;

const FORMAT_OF_ENDING: Readonly<Record<string, OutputAsked['format']>> = {
  csv: 'csv',
  json: 'json',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  parquet: 'parquet'
};

/** Of files that a program would not open with what we write. */
const OTHER_ENDINGS = /\.(?:xlsx?|xlsm|xlsb|ods|zip|bz2|xz|zst|7z|rar|tar|tgz|xml|avro|orc|pdf)$/i;

/** Where the rows go, and how. @throws SfError with exit code 2 for what can't be */
export function outputAsked(flags: OutputFlags, sobject: string, isJsonEnabled: boolean): OutputAsked {
  const given = flags['output-file'];
  const [, ending = '', packed] = /(?:\.([a-z]+))?(\.gz)?$/i.exec(given ?? '') ?? [];
  const format = flags['result-format'] ?? formatOf(given ?? '', ending);
  const isPacked = flags.gzip || packed !== undefined;
  const chunkRows = flags['chunk-rows'];
  if (format === 'parquet' && isPacked) throw usageError('packedParquet');
  if (given === '-') {
    if (isJsonEnabled) throw usageError('jsonToStdout');
    if (format === 'parquet') throw usageError('parquetToStdout');
    if (chunkRows !== undefined) throw usageError('chunksToStdout');
    const manifest = flags.manifest === undefined ? undefined : resolve(flags.manifest);
    return { format, path: '-', isPacked, mayOverwrite: flags.overwrite, manifest };
  }
  const named = given ?? `${sobject}.${format}`;
  const path = resolve(isPacked && !named.toLowerCase().endsWith('.gz') ? `${named}.gz` : named);
  const manifest = manifestAsked(flags, path);
  return { format, path, isPacked, chunkRows, mayOverwrite: flags.overwrite, manifest };
}

function formatOf(file: string, ending: string): OutputAsked['format'] {
  const [other] = OTHER_ENDINGS.exec(file) ?? [];
  if (other !== undefined) throw usageError('otherEnding', [other]);
  return FORMAT_OF_ENDING[ending.toLowerCase()] ?? 'csv';
}

function manifestAsked(flags: OutputFlags, path: string): string {
  const manifest = resolve(flags.manifest ?? `${path}.manifest.json`);
  const isNumbered = flags['chunk-rows'] !== undefined && chunkNumber(path, manifest) !== undefined;
  if (manifest === path || isNumbered) throw usageError('manifestIsOutput');
  return manifest;
}

function usageError(key: string, tokens: string[] = []): Error {
  const error = messages.createError(key, tokens);
  error.exitCode = EXIT.usage;
  return error;
}
