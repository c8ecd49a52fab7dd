import { Messages } from '@salesforce/core';
import { type ClauseName, type SelectItem, type SoqlQuery } from './soql.js';
import { placeOf } from './soqlTokens.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'soql');

type WayOut = 'aggregate' | 'groupBy' | 'having' | 'offset' | 'typeof' | 'subquery' | 'fields' | 'allRows' | 'for';

/** Clauses that a query job is refused with (SOQL Considerations). */
const CLAUSES_REFUSED: Partial<Record<ClauseName, WayOut>> = {
  'GROUP BY': 'groupBy',
  HAVING: 'having',
  OFFSET: 'offset',
  'ALL ROWS': 'allRows',
  FOR: 'for',
  UPDATE: 'for'
};

const AGGREGATES: ReadonlySet<string> = new Set(['count', 'count_distinct', 'sum', 'avg', 'min', 'max', 'grouping']);

/**
 * Refuses what Bulk API 2.0 can't run, as far as the query alone shows it, so that no job is made that fails.
 * @throws SfError `SoqlUnsupportedError` that names the clause, its place and the way out
 */
export function refuseUnsupported(query: SoqlQuery): void {
  for (const item of query.select) {
    const found = refusedItem(item);
    if (found) throw unsupported(query, item.at, found);
  }
  for (const { name, at, tokens } of query.clauses) {
    const wayOut = CLAUSES_REFUSED[name];
    const what = name === 'FOR' ? `FOR ${tokens[0]?.text.toUpperCase() ?? ''}` : name;
    if (wayOut) throw unsupported(query, at, { what, wayOut });
  }
}

type Refused = { readonly what: string; readonly wayOut: WayOut };

function refusedItem(item: SelectItem): Refused | undefined {
  switch (item.kind) {
    case 'typeof':
      return { what: 'TYPEOF', wayOut: 'typeof' };
    case 'subquery':
      return { what: 'a subquery in SELECT', wayOut: 'subquery' };
    case 'function': {
      const name = item.name.toLowerCase();
      if (name === 'fields') return { what: `${item.name}()`, wayOut: 'fields' };
      return AGGREGATES.has(name) ? { what: `the aggregate function ${item.name}()`, wayOut: 'aggregate' } : undefined;
    }
    case 'field':
      return undefined;
  }
}

function unsupported({ soql }: SoqlQuery, at: number, { what, wayOut }: Refused): Error {
  return messages.createError('soqlUnsupported', [what, placeOf(soql, at)], [messages.getMessage(`wayOut.${wayOut}`)]);
}
