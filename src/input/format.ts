/** What an input is written in. `json`: a list of records, or an answer of the org that holds one; `ndjson`: a record a line. */
export const INPUT_FORMATS = ['csv', 'json', 'ndjson'] as const;

export type InputFormat = (typeof INPUT_FORMATS)[number];

const OF_EXTENSION: Readonly<Record<string, InputFormat>> = { json: 'json', ndjson: 'ndjson', jsonl: 'ndjson' };

/** By the extension of a file, that of packing aside; CSV where it says nothing. */
export function formatOf(path: string): InputFormat {
  const extension = /\.([^./\\]+)$/.exec(path.toLowerCase().replace(/\.gz$/, ''))?.[1] ?? '';
  return Object.hasOwn(OF_EXTENSION, extension) ? (OF_EXTENSION[extension] ?? 'csv') : 'csv';
}
