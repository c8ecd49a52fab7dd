import { type Connection } from '@salesforce/core';
import { z } from 'zod';
import { LineFile } from '../lineFile.js';

/** Reads records of the org into a CSV with a header of the selected fields; returns the number of rows. */
export type OrgReader = (query: OrgQuery, path: string) => Promise<number>;

export type OrgQuery = {
  readonly sobject: string;
  /** API names of plain fields. */
  readonly fields: readonly string[];
  /** A SOQL condition. */
  readonly where?: string;
  /** Only records whose field has one of these Ids of 18 letters: for as many as there are, in as many queries as it takes. */
  readonly among?: { readonly field: string; readonly ids: ReadonlySet<string> };
  /** Deleted records too. */
  readonly isAllRows?: boolean;
};

/** The service takes 16,384 bytes of URL and headers together (BULK_API §4); this leaves room for path, token and the like. */
const MOST_SOQL_BYTES = 12_000;
const FEWEST_IDS = 20;

const pageSchema = z.object({
  done: z.boolean(),
  nextRecordsUrl: z.string().optional(),
  records: z.array(z.record(z.string(), z.unknown()))
});

/** A reader over the REST query resource. */
export function restReader(connection: Connection): OrgReader {
  return async (query, path) => {
    const file = new LineFile(path, { isDurable: true });
    file.add(query.fields);
    let rows = 0;
    try {
      for (const soql of soqls(query)) rows += await readOne(connection, soql, { query, file });
    } finally {
      await file.close();
    }
    return rows;
  };
}

async function readOne(
  connection: Connection,
  soql: string,
  { query, file }: { query: OrgQuery; file: LineFile }
): Promise<number> {
  const resource = query.isAllRows ? 'queryAll' : 'query';
  let url: string | undefined =
    `/services/data/v${connection.getApiVersion()}/${resource}?q=${encodeURIComponent(soql)}`;
  let rows = 0;
  while (url !== undefined) {
    const page = pageSchema.parse(await connection.request<unknown>(url));
    for (const record of page.records) {
      const values = new Map(Object.entries(record).map(([name, value]) => [name.toLowerCase(), value]));
      file.add(query.fields.map((field) => asText(values.get(field.toLowerCase()))));
    }
    rows += page.records.length;
    await file.drain();
    url = page.done ? undefined : page.nextRecordsUrl;
  }
  return rows;
}

function* soqls({ sobject, fields, where, among }: OrgQuery): Generator<string> {
  const select = `SELECT ${fields.join(', ')} FROM ${sobject}`;
  if (!among) {
    yield where === undefined ? select : `${select} WHERE ${where}`;
    return;
  }
  for (const ids of chunks(among.ids, idsAQuery({ sobject, fields, where, among }))) {
    const condition = `${among.field} IN (${ids.map((id) => `'${id.replace(/[^\w]/g, '')}'`).join(',')})`;
    yield `${select} WHERE ${where === undefined ? condition : `(${where}) AND ${condition}`}`;
  }
}

/** So many Ids fit into one query by URL. */
export function idsAQuery({ sobject, fields, where = '', among }: OrgQuery): number {
  const rest = encodeURIComponent(
    `SELECT ${fields.join(', ')} FROM ${sobject} WHERE (${where}) AND ${among?.field} IN ()`
  );
  const id = encodeURIComponent("'003000000000000AAA',");
  return Math.max(FEWEST_IDS, Math.floor((MOST_SOQL_BYTES - rest.length) / id.length));
}

/** Pieces of at most `most`, the last one shorter. */
export function* chunks<T>(all: Iterable<T>, most: number): Generator<T[]> {
  let piece: T[] = [];
  for (const one of all) {
    piece.push(one);
    if (piece.length < most) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}

/** As the Bulk API writes a value into CSV. */
function asText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return INSTANT.test(value) ? value.replace(/\+0000$/, 'Z') : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : JSON.stringify(value);
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?\+0000$/;
