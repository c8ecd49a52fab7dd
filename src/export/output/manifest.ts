import { dirname, relative, sep } from 'node:path';
import { z } from 'zod';
import { type OutputFile } from '../../run/exportEvents.js';
import { type RunRecord } from '../../run/run.js';
import { type ExportAsked } from '../asked.js';
import { type ExportState, hasPages, landedPages } from '../state.js';

const pageSchema = z.object({
  page: z.number(),
  rows: z.number(),
  bytes: z.number(),
  /** Whether the org said how many rows the page has, and said the same. */
  isCounted: z.boolean()
});

/** Grows when an older version of this tool would misunderstand what is filed. */
export const MANIFEST_VERSION = 1;

const manifestSchema = z.object({
  manifestVersion: z.literal(MANIFEST_VERSION),
  tool: z.object({ name: z.string(), version: z.string() }),
  runId: z.string(),
  org: z.object({ id: z.string(), username: z.string(), instanceUrl: z.string(), apiVersion: z.string() }),
  sobject: z.string(),
  query: z.string(),
  /** Deleted and archived records too. */
  allRows: z.boolean(),
  startedAt: z.string(),
  finishedAt: z.string(),
  /** In words: what the rows are a picture of. */
  snapshot: z.string(),
  totals: z.object({
    rows: z.number(),
    pages: z.number(),
    files: z.number(),
    bytes: z.number(),
    /** Rows of pages that an earlier export has written already, left out of the files. */
    dropped: z.number().optional()
  }),
  format: z.enum(['csv', 'ndjson', 'json', 'parquet']),
  columnDelimiter: z.string(),
  lineEnding: z.enum(['LF', 'CRLF']),
  /** Rows of each of several numbered files; missing for one file, and in older manifests. */
  chunkRows: z.number().optional(),
  columns: z.array(z.object({ name: z.string(), type: z.string(), precision: z.number(), scale: z.number() })),
  ranges: z.array(
    z.object({
      covers: z.string(),
      query: z.string(),
      jobId: z.string(),
      rows: z.number(),
      pages: z.array(pageSchema)
    })
  ),
  files: z.array(
    z.object({
      /** Seen from the manifest's folder, with `/`; `-` for standard output. */
      path: z.string(),
      rows: z.number(),
      bytes: z.number(),
      sha256: z.string()
    })
  )
});

/** What is filed with an extract, and what `export verify` goes by. */
export type Manifest = Readonly<z.infer<typeof manifestSchema>>;

/** @throws ZodError when it is none of ours; SyntaxError */
export function parseManifest(text: string): Manifest {
  return manifestSchema.parse(JSON.parse(text));
}

/** Which version of a manifest a text says that it is; undefined for anything else. */
export function manifestVersion(text: string): number | undefined {
  try {
    return z.object({ manifestVersion: z.number() }).parse(JSON.parse(text)).manifestVersion;
  } catch {
    return undefined;
  }
}

export type Filing = {
  readonly record: RunRecord;
  readonly asked: ExportAsked;
  readonly state: ExportState;
  readonly files: readonly OutputFile[];
  /** Names of the result's columns. */
  readonly names: readonly string[];
  readonly finishedMs: number;
  /** Rows that the last run of the same export has written just so. */
  readonly dropped?: number;
};

/** @param path where it will lie: files are named as seen from there */
export function manifestOf(
  { record, asked, state, files, names, finishedMs, dropped }: Filing,
  path: string
): Manifest {
  const ranges = (state.ranges ?? []).filter(hasPages);
  const types = new Map(asked.columns?.map((column) => [column.name.toLowerCase(), column]));
  return {
    manifestVersion: MANIFEST_VERSION,
    tool: { name: 'sf-plugin-bulkops', version: record.toolVersion },
    runId: record.runId,
    org: record.org,
    sobject: asked.sobject,
    query: asked.soql,
    allRows: asked.operation === 'queryAll',
    startedAt: record.startedAt,
    finishedAt: new Date(finishedMs).toISOString(),
    snapshot: [snapshotInWords(ranges.length), ...deltaInWords(asked)].join(' '),
    totals: {
      rows: sum(files.map(({ rows }) => rows)),
      pages: sum(ranges.map(({ pages }) => pages.size)),
      files: files.length,
      bytes: sum(files.map(({ bytes }) => bytes)),
      dropped
    },
    format: asked.output.format,
    columnDelimiter: asked.delimiter,
    lineEnding: asked.lineEnding,
    chunkRows: asked.output.chunkRows,
    columns: names.map((name) => {
      const { type = 'unknown', precision = 0, scale = 0 } = types.get(name.toLowerCase()) ?? {};
      return { name, type, precision, scale };
    }),
    ranges: ranges.map((range) => {
      const pages = landedPages(range).sort(([one], [other]) => one - other);
      return {
        covers: range.label ?? 'all rows of the query',
        query: range.soql,
        jobId: range.jobId,
        rows: sum(pages.map(([, { rows }]) => rows)),
        pages: pages.map(([page, { rows, bytes, isCounted }]) => ({ page, rows, bytes, isCounted }))
      };
    }),
    files: files.map((file) => ({ ...file, path: seenFrom(path, file.path) }))
  };
}

export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

function seenFrom(manifest: string, path: string): string {
  return path === '-' ? path : relative(dirname(manifest), path).split(sep).join('/');
}

/** The service's promise is that of a query: what was committed when it ran, and no lock on anything (BULK_API §2, PK chunking). */
function snapshotInWords(ranges: number): string {
  const jobs =
    ranges === 1
      ? 'One query job of Bulk API 2.0 gave the rows.'
      : `${ranges} query jobs of Bulk API 2.0 gave the rows, each a range that no other has; together they cover all of the query.`;
  return `${jobs} Each row is a record as it was committed when its job read it, between startedAt and finishedAt; the org takes no lock meanwhile, so records that were changed, made or deleted in that time may be in either form. The row count of each page was taken on its raw bytes and is what the org said of that page and of the job.`;
}

function deltaInWords({ since }: ExportAsked): string[] {
  if (!since) return [];
  if (since.from === undefined)
    return [`The first export of its kind: later ones take up where ${since.field} ends here.`];
  return [
    `A delta: records whose ${since.field} is not below ${since.from}, the highest of the last run, less a margin of ten minutes for transactions that were committed late; what that run has written just so is left out and counted as dropped.`
  ];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
