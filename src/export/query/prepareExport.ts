import { Messages } from '@salesforce/core';
import { type OrgReads } from '../../bulk/orgReads.js';
import { refuseUnsupported } from '../../schema/bulkSoql.js';
import { fieldNamed, type ObjectDescribe } from '../../schema/describe.js';
import { describing, exportableFields, queryColumns } from '../../schema/queryColumns.js';
import { clause, readSoql, type SoqlQuery } from '../../schema/soql.js';
import { placeOf } from '../../schema/soqlTokens.js';
import { type ExportColumn, type SinceAsked, type SplitAsked } from '../asked.js';
import { type Identity, sinceCondition, watermarkKey } from './since.js';
import { narrowed } from './split.js';
import { readWatermark } from './watermark.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'export');

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
  readonly columns: readonly ExportColumn[];
  /** The result has more of them, whose names the org alone can tell. */
  readonly hasOtherColumns: boolean;
  readonly split?: SplitAsked;
};

/** `CreatedDate:month`, as a person asks for it. */
export type SplitWanted = { readonly field: string; readonly unit?: SplitAsked['unit']; readonly splits?: number };

/**
 * The query that is to be run, held against what Bulk API 2.0 can run and what the org has. 1 API call for each object that it names.
 * @throws SfError `SoqlMalformedError`, `SoqlUnsupportedError`, `FieldUnknownError`, `ObjectUnknownError`, `NotQueryableError`,
 * `SplitClauseError`, `SplitFieldError`, `SplitUnitError`
 */
export async function prepareExport(asked: QueryAsked, org: OrgReads, wanted?: SplitWanted): Promise<QueryPrepared> {
  const describe = describing(org);
  const soql = 'soql' in asked ? asked.soql.trim() : await composed(asked, describe);
  const query = readSoql(soql);
  refuseUnsupported(query);
  const { columns, hasOthers } = await queryColumns(query, describe);
  const object = await describe(query.sobject);
  const split = wanted && splitOf(wanted, query, object);
  return { sobject: object.name, soql, columns, hasOtherColumns: hasOthers, split };
}

/**
 * The query of a delta since the last completed run of the same export, and what it goes by; the first run exports all.
 * @throws SfError `SinceColumnsError` where Id or the field is not selected, `SinceFieldError`, `SinceClauseError`
 */
export async function sinceLast(
  prepared: Pick<QueryPrepared, 'soql' | 'columns'>,
  { field: wanted, ...identity }: Omit<Identity, 'soql'>
): Promise<{ readonly soql: string; readonly since: SinceAsked }> {
  const { soql, columns } = prepared;
  const column = columns.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  if (!column || !columns.some(({ name }) => name === 'Id'))
    throw messages.createError('sinceColumns', [wanted], [wanted]);
  if (column.type !== 'datetime') throw messages.createError('sinceField', [column.name, column.type]);
  if (clause(readSoql(soql), 'LIMIT')) throw messages.createError('sinceClause');
  const key = watermarkKey({ ...identity, soql, field: column.name });
  const from = (await readWatermark(key))?.watermark;
  const since = { field: column.name, key, from };
  return {
    since,
    soql: from === undefined ? soql : narrowed(soql, sinceCondition({ field: column.name, watermark: from }))
  };
}

/** Clauses that mean another thing in each range than they did in the whole. */
const NOT_SPLIT = ['LIMIT', 'ORDER BY'] as const;

function splitOf({ field: name, unit, splits }: SplitWanted, query: SoqlQuery, object: ObjectDescribe): SplitAsked {
  for (const clauseName of NOT_SPLIT) {
    const found = clause(query, clauseName);
    if (found) throw messages.createError('splitClause', [clauseName, placeOf(query.soql, found.at)], [clauseName]);
  }
  const field = fieldNamed(object, name);
  const type = field && SPLIT_TYPES.find((one) => one === field.type);
  if (!field || !type) {
    const fit = object.fields.filter((one) => SPLIT_TYPES.some((known) => known === one.type)).map((one) => one.name);
    throw messages.createError('splitField', [name, object.name], [fit.slice(0, 10).join(', ')]);
  }
  if (unit && (type === 'id' || splits !== undefined))
    throw messages.createError('splitUnit', [field.name, unit, type === 'id' ? 'an Id has none' : '--splits is given']);
  return { field: field.name, type, isNillable: field.nillable && type !== 'id', unit, splits };
}

const SPLIT_TYPES = ['date', 'datetime', 'id'] as const;

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
