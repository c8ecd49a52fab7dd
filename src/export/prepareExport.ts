import { type Connection } from '@salesforce/core';
import { refuseUnsupported } from '../schema/bulkSoql.js';
import { fieldNamed } from '../schema/describe.js';
import { describing, exportableFields, queryColumns } from '../schema/queryColumns.js';
import { readSoql } from '../schema/soql.js';
import { type ExportColumn } from './asked.js';

/** A query in SOQL, or the fields of an object's records. */
export type QueryAsked =
  | { readonly soql: string }
  | {
      readonly sobject: string;
      readonly fields: 'all' | 'standard' | 'custom' | readonly string[];
      /** A SOQL condition. */
      readonly where?: string;
    };

export type QueryPrepared = {
  readonly sobject: string;
  readonly soql: string;
  /** Missing where the org alone can tell. */
  readonly columns?: readonly ExportColumn[];
};

/**
 * The query that is to be run, held against what Bulk API 2.0 can run and what the org has. 1 API call for each object that it names.
 * @throws SfError `SoqlMalformedError`, `SoqlUnsupportedError`, `FieldUnknownError`, `ObjectUnknownError`, `NotQueryableError`
 */
export async function prepareExport(asked: QueryAsked, connection: Connection): Promise<QueryPrepared> {
  const describe = describing(connection);
  const soql = 'soql' in asked ? asked.soql.trim() : await composed(asked, describe);
  const query = readSoql(soql);
  refuseUnsupported(query);
  const columns = await queryColumns(query, describe);
  return { sobject: (await describe(query.sobject)).name, soql, columns };
}

async function composed(
  { sobject, fields, where }: Extract<QueryAsked, { sobject: string }>,
  describe: ReturnType<typeof describing>
): Promise<string> {
  const object = await describe(sobject);
  const names =
    typeof fields === 'string'
      ? exportableFields(object, fields)
      : fields.map((name) => fieldNamed(object, name)?.name ?? name);
  const select = `SELECT ${names.join(', ')} FROM ${object.name}`;
  return where === undefined ? select : `${select} WHERE ${where}`;
}
