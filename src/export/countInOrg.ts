import { type Connection } from '@salesforce/core';
import { z } from 'zod';
import { clause, readSoql } from '../schema/soql.js';
import { type CountInOrg } from './verify.js';

const countSchema = z.object({ totalSize: z.number() });

/** Counts over the REST query resource. 1 API call a query. */
export function countInOrg(connection: Connection): CountInOrg {
  return async (soql, allRows) => {
    const counting = countingSoql(soql);
    if (counting === undefined) return undefined;
    const resource = allRows ? 'queryAll' : 'query';
    const path = `/services/data/v${connection.getApiVersion()}/${resource}?q=${encodeURIComponent(counting)}`;
    return countSchema.parse(await connection.request<unknown>(path)).totalSize;
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
