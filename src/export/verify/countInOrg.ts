import { countRecords, type OrgReads } from '../../bulk/orgReads.js';
import { clause, readSoql } from '../../schema/soql.js';
import { type CountInOrg } from './verify.js';

/** Counts over the REST query resource. 1 API call a query. */
export function countInOrg(org: OrgReads): CountInOrg {
  return async (soql, allRows) => {
    const counting = countingSoql(soql);
    if (counting === undefined) return undefined;
    return countRecords(org, counting, allRows);
  };
}

/** The same query for its number of rows; undefined with a LIMIT, which would limit the count and not the rows. */
export function countingSoql(soql: string): string | undefined {
  const query = readSoql(soql);
  if (clause(query, 'LIMIT')) return undefined;
  const order = clause(query, 'ORDER BY');
  const end = order ? order.at : soql.length;
  return `SELECT count() FROM ${soql.slice(query.sobjectAt, end).trim()}`;
}
