import { rm } from 'node:fs/promises';
import { countRecords, type OrgReads, type OrgReadTools } from '../../bulk/orgReads.js';
import { createTransport } from '../../bulk/transport.js';
import { readQuery } from '../../export/readQuery.js';
import { endWhen } from '../../run/ending.js';
import { tableRows } from '../csvTable.js';
import { id18 } from '../../bulk/recordId.js';
import { LineFile } from '../lineFile.js';
import { idsAQuery, type OrgQuery, type OrgReader, restReader } from './orgReader.js';
import { isRefusedQuery } from './refusedQuery.js';

export type ReaderTools = OrgReadTools & { readonly reads: OrgReads; readonly interrupt: AbortSignal };

/** Up to so many REST calls a set of Ids is looked up by; a query job takes about as many until its result is there. */
const MOST_LOOK_UPS = 25;

/** Fewer records than this are read by REST: query jobs are for more (BULK_API §2). */
const FEW_RECORDS = 2000;

/** With more rows to read in vain than this for each that is wanted, look-ups are quicker after all. */
const MOST_IN_VAIN = 25;

/**
 * Reads few records by REST and many by a query job. The calls that a large set takes don't grow with it: where it is a good part of its table, the
 * table is read by one job, and what was not asked for is left out here.
 */
export function orgReader(tools: ReaderTools, most = { lookUps: MOST_LOOK_UPS, few: FEW_RECORDS }): OrgReader {
  const { reads: org } = tools;
  const rest = restReader(org);
  return async (query, path) => {
    const way = await wayOf(query, org, most);
    if (way === 'none') return rest({ ...query, among: { field: 'Id', ids: new Set() } }, path);
    if (way === 'rest') return rest(query, path);
    try {
      return await readByJob(query, path, tools);
    } catch (error) {
      // Some objects are open to REST and closed to the Bulk API.
      if (tools.interrupt.aborted || !isRefusedQuery(error)) throw error;
      return rest(query, path);
    }
  };
}

type Most = { readonly lookUps: number; readonly few: number };

async function wayOf(query: OrgQuery, org: OrgReads, { lookUps, few }: Most): Promise<'none' | 'rest' | 'job'> {
  const { among } = query;
  if (!among) return (await total(query, org)) > few ? 'job' : 'rest';
  const calls = Math.ceil(among.ids.size / idsAQuery(query));
  if (calls <= Math.min(1, lookUps)) return 'rest';
  // Most relationships of an org are not used at all.
  const all = await total(query, org).catch((error: unknown) => {
    if (isRefusedQuery(error)) return undefined; // it may be asked for single Ids all the same
    throw error;
  });
  if (all === 0) return 'none';
  if (all === undefined || calls <= lookUps || all > MOST_IN_VAIN * among.ids.size) return 'rest';
  return 'job';
}

async function total(query: OrgQuery, org: OrgReads): Promise<number> {
  const where = conditionOf(query);
  const soql = `SELECT count() FROM ${query.sobject}${where === undefined ? '' : ` WHERE ${where}`}`;
  return countRecords(org, soql, query.isAllRows === true);
}

/** Of all records among which the wanted ones are. */
function conditionOf({ where, among }: OrgQuery): string | undefined {
  const has = among && among.field !== 'Id' ? `${among.field} != null` : undefined;
  if (where === undefined || has === undefined) return where ?? has;
  return `(${where}) AND ${has}`;
}

async function readByJob(query: OrgQuery, path: string, tools: ReaderTools): Promise<number> {
  const where = conditionOf(query);
  const fields = [...new Set([...query.fields, ...(query.among ? [query.among.field] : [])])];
  const soql = `SELECT ${fields.join(', ')} FROM ${query.sobject}${where === undefined ? '' : ` WHERE ${where}`}`;
  const whole = `${path}.all`;
  const ending = new AbortController();
  const stopWaiting = endWhen(ending, tools, { isAsync: false });
  const transport = await createTransport(tools.connection, { ...tools, signal: ending.signal });
  try {
    const apiVersion = Number(tools.connection.getApiVersion());
    const operation = query.isAllRows === true ? 'queryAll' : 'query';
    await readQuery({ soql, operation }, whole, { transport, clock: tools.clock, apiVersion, ending });
    return await copyWanted(whole, path, query);
  } finally {
    stopWaiting();
    await transport.close();
    await rm(whole, { force: true });
  }
}

async function copyWanted(from: string, to: string, { fields, among }: OrgQuery): Promise<number> {
  const file = new LineFile(to, { isDurable: true });
  let rows = 0;
  try {
    file.add(fields);
    for await (const [key = '', ...values] of tableRows(from, [among?.field ?? 'Id', ...fields])) {
      if (among && !among.ids.has(id18(key))) continue;
      file.add(values);
      rows += 1;
      await file.drain();
    }
  } finally {
    await file.close();
  }
  return rows;
}
