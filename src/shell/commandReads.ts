import { type Connection } from '@salesforce/core';
import { systemClock } from '../bulk/clock.js';
import { type OrgReads, orgReads } from '../bulk/orgReads.js';

/** For a command that only reads. */
export function commandReads(connection: Connection): OrgReads {
  return orgReads({ connection, clock: systemClock, random: Math.random });
}
