import { type Connection } from '@salesforce/core';
import { z } from 'zod';
import { type Clock } from './clock.js';
import { createTransport, type Transport } from './transport.js';

/** What is read of an org beside its jobs: describes, and queries by REST. */
export type OrgReads = {
  /**
   * The JSON at a path, which is below `/services/data/vXX.X` or begins with `/services/`. One API call. Answers that break off, come from something
   * in between or say "later" are asked for again for a quarter of a minute.
   * @throws BulkError, or the reason of the interrupt
   */
  get(path: string): Promise<unknown>;
};

export type OrgReadTools = {
  readonly connection: Connection;
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly interrupt?: AbortSignal;
};

/** Less than for a job under way: before there is one, whoever waits had rather hear that the org can't be reached. */
const MOST_TRIES = 6;

/** Reads through a transport of its own that is made when it is first needed; its idle sockets keep no process alive. */
export function orgReads({ connection, clock, random, interrupt }: OrgReadTools): OrgReads {
  let transport: Promise<Transport> | undefined;
  return {
    get: async (path) => {
      transport ??= createTransport(connection, { clock, random, signal: interrupt, mostTries: MOST_TRIES });
      return (await transport).json({ method: 'GET', path, isRepeatable: true });
    }
  };
}

/** Of the REST query resource; `isAllRows` asks for deleted records too. */
export function queryPath(soql: string, isAllRows = false): string {
  return `/${isAllRows ? 'queryAll' : 'query'}?q=${encodeURIComponent(soql)}`;
}

const countSchema = z.object({ totalSize: z.number() });

/** What a `SELECT count()` counts. One API call. */
export async function countRecords(org: OrgReads, soql: string, isAllRows: boolean): Promise<number> {
  return countSchema.parse(await org.get(queryPath(soql, isAllRows))).totalSize;
}
