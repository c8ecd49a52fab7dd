import { z } from 'zod';
import { queryPath } from '../../bulk/orgReads.js';
import { type PlannedRange } from '../../run/exportEvents.js';
import { type ExportAsked } from '../asked.js';
import { type ExportTools } from '../exportRun.js';
import { plannedRanges, type Span, spanQueries } from './split.js';

const recordsSchema = z.object({ records: z.array(z.record(z.string(), z.unknown())) });

/** The queries that together give the rows of an export: one, or one for each range. 2 API calls for a split. */
export async function planRanges(
  { soql, split, operation }: Pick<ExportAsked, 'soql' | 'split' | 'operation'>,
  tools: Pick<ExportTools, 'transport'>
): Promise<PlannedRange[]> {
  if (!split) return [{ range: 1, soql }];
  const queries = spanQueries(soql, split);
  const low = await valueOf(queries.low, split.field, { operation, ...tools });
  const high = await valueOf(queries.high, split.field, { operation, ...tools });
  const span: Span = low === undefined || high === undefined ? undefined : { low, high };
  return plannedRanges(soql, split, span);
}

async function valueOf(
  soql: string,
  field: string,
  { operation, transport }: Pick<ExportAsked, 'operation'> & Pick<ExportTools, 'transport'>
): Promise<string | undefined> {
  const path = queryPath(soql, operation === 'queryAll');
  const { records } = recordsSchema.parse(await transport.json({ method: 'GET', path, isRepeatable: true }));
  const value = Object.entries(records[0] ?? {}).find(([name]) => name.toLowerCase() === field.toLowerCase())?.[1];
  return typeof value === 'string' ? value : undefined;
}
