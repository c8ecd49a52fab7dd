import { type SelectItem, type SoqlQuery } from './ast.js';
import { type SoqlPlan } from './evaluate.js';
import { planSoql } from './plan.js';
import { SoqlError } from './soqlError.js';
import { type SoqlSource } from './source.js';

type Refusal = { readonly isIn: (query: SoqlQuery) => boolean; readonly message: string };

const selects = (query: SoqlQuery, isRefused: (item: SelectItem) => boolean): boolean => query.select.some(isRefused);

// The texts of subqueries, blobs and compound fields were seen from orgs; the others follow their pattern.
const REFUSED_CLAUSES: readonly Refusal[] = [
  {
    isIn: (query) => selects(query, ({ kind }) => kind === 'subquery'),
    message: 'Aggregate Relationships not supported in Bulk V2 Query with CSV content type'
  },
  {
    isIn: (query) => selects(query, ({ kind }) => kind === 'typeof'),
    message: 'TypeOf not supported in Bulk V2 Query with CSV content type'
  },
  {
    isIn: (query) => query.groupBy.length > 0 || query.having !== undefined,
    message: 'Group By not supported in Bulk V2 Query with CSV content type'
  },
  {
    isIn: (query) => selects(query, ({ kind }) => kind === 'aggregate'),
    message: 'Aggregate functions not supported in Bulk V2 Query with CSV content type'
  },
  {
    isIn: (query) => query.offset !== undefined,
    message: 'Offset not supported in Bulk V2 Query with CSV content type'
  }
];

const REFUSED_TYPES: Readonly<Record<string, string>> = {
  address: 'Selecting compound data not supported in Bulk Query',
  location: 'Selecting compound data not supported in Bulk Query',
  base64: 'Blob field not supported in Bulk V2 Query with CSV content type'
};

/**
 * A plan as `planSoql` makes it, of what a query job can run.
 * @throws SoqlError API_ERROR for the clauses and field types that Bulk API 2.0 refuses, and whatever `planSoql` throws.
 */
export function planBulkSoql(query: SoqlQuery, source: SoqlSource): SoqlPlan {
  const refusal = REFUSED_CLAUSES.find(({ isIn }) => isIn(query));
  if (refusal) throw new SoqlError('API_ERROR', refusal.message);
  const plan = planSoql(query, source);
  for (const type of plan.types) {
    const message = REFUSED_TYPES[type];
    if (message !== undefined) throw new SoqlError('API_ERROR', message);
  }
  return plan;
}
