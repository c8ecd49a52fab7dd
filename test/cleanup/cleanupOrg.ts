import { AuthInfo, Connection } from '@salesforce/core';
import { type OrgReads, orgReads } from '../../src/bulk/orgReads.js';
import { systemClock } from '../../src/bulk/clock.js';
import { type CleanupWorld } from '../../src/cleanup/apply/cleanupRun.js';
import { restReader } from '../../src/cleanup/org/orgReader.js';
import { type EmulatorOptions } from '../../src/emulator/emulator.js';
import { type RunRecord } from '../../src/run/run.js';
import { type RunId } from '../../src/run/runId.js';
import { type OrgClient, orgClient } from '../emulator/orgClient.js';

/** An emulated org, with what a cleanup of it needs. */
export type CleanupOrg = {
  readonly client: OrgClient;
  readonly connection: Connection;
  readonly reads: OrgReads;
  readonly orgId: string;
  record(command: string, asked: unknown): RunRecord;
  world(more?: Partial<CleanupWorld>): CleanupWorld;
  /** Live records of an object as text, in order: the same for the same org. */
  everything(...objects: string[]): Promise<string>;
  close(): Promise<void>;
};

/** A job of a few rows is done long before the first poll. */
const QUICK: CleanupWorld['clock'] = {
  now: () => Date.now(),
  sleep: (ms, signal) => systemClock.sleep(ms / 100, signal)
};

let runs = 0;

export async function cleanupOrg(options: Partial<EmulatorOptions> = {}): Promise<CleanupOrg> {
  const client = await orgClient(options);
  const { emulator } = client;
  const authInfo = await AuthInfo.create({
    accessTokenOptions: { accessToken: emulator.accessToken, instanceUrl: emulator.org.url, loginUrl: emulator.org.url }
  });
  const connection = await Connection.create({ authInfo });
  const tools = { connection, clock: QUICK, random: () => 0.5 };
  const reads = orgReads(tools);
  const [organization] = (await client.query('SELECT Id FROM Organization')) as Array<{ Id: string }>;
  const orgId = organization?.Id ?? '';
  return {
    client,
    connection,
    reads,
    orgId,
    record: (command, asked) => {
      runs += 1;
      return {
        version: 1,
        runId: `20260101-000000-${command}-${runs}` as RunId,
        command,
        asked,
        org: { id: orgId, username: 'u', instanceUrl: emulator.org.url, apiVersion: '66.0' },
        toolVersion: '0.0.0',
        startedAt: new Date(0).toISOString()
      };
    },
    world: (more = {}) => ({
      ...tools,
      reads,
      read: restReader(reads),
      interrupt: new AbortController().signal,
      onEvent: () => undefined,
      onLoadEvent: () => undefined,
      onRun: () => undefined,
      ...more
    }),
    everything: async (...objects) => {
      const all: unknown[] = [];
      for (const name of objects) {
        const schema = emulator.org.store.schema.object(name);
        if (!schema) throw new Error(`there is no ${name}`);
        for (const record of emulator.org.store.table(schema).records({ includeDeleted: false })) {
          const kept = Object.entries(record).filter(
            ([field]) => field !== 'SystemModstamp' && field !== 'LastModifiedDate'
          );
          all.push([name, Object.fromEntries(kept)]);
        }
      }
      return Promise.resolve(JSON.stringify(all));
    },
    close: async () => emulator.close()
  };
}
