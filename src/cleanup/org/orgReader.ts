import { SfError } from '@salesforce/core';
import { type OrgReads } from '../../bulk/orgReads.js';
import { LineFile } from '../lineFile.js';
import { type RestRecord, restQuery } from './restQuery.js';

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

/** An answer that is not whole is asked for again; one that never is whole is no accident. */
const MOST_READINGS = 3;

/** A reader over the REST query resource. */
export function restReader(org: OrgReads): OrgReader {
  return async (query, path) => {
    for (let reading = 1; ; reading += 1) {
      try {
        return await readAll(org, query, path);
      } catch (error) {
        const isNotWhole = error instanceof SfError && error.name === 'AnswerNotWholeError';
        if (!isNotWhole || reading === MOST_READINGS) throw error;
      }
    }
  };
}

/** Reads into a new file, so that nothing is left in it of an earlier reading. */
async function readAll(org: OrgReads, query: OrgQuery, path: string): Promise<number> {
  const file = new LineFile(path, { isDurable: true });
  let rows = 0;
  try {
    file.add(query.fields);
    for (const soql of soqls(query))
      for await (const records of restQuery(org, soql, query.isAllRows === true)) {
        for (const record of records) file.add(cellsOf(record, query.fields));
        rows += records.length;
        await file.drain();
      }
  } finally {
    await file.close();
  }
  return rows;
}

function cellsOf(record: RestRecord, fields: readonly string[]): string[] {
  const values = new Map(Object.entries(record).map(([name, value]) => [name.toLowerCase(), value]));
  return fields.map((field) => asText(values.get(field.toLowerCase())));
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
