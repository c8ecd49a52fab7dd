import { type Connection, type Org } from '@salesforce/core';
import { type Interfaces } from '@oclif/core';
import { type RunRecord } from '../run/run.js';
import { newRunId } from '../run/runId.js';

type Asked = {
  readonly command: string;
  readonly sobject: string;
  readonly asked: unknown;
  readonly org: Org;
  readonly connection: Connection;
  readonly config: Interfaces.Config;
};

/** run.json of a new run. */
export function runRecord({ command, sobject, asked, org, connection, config }: Asked): RunRecord {
  const nowMs = Date.now();
  return {
    version: 1,
    runId: newRunId(nowMs, { command, subject: sobject }, Math.random),
    command,
    asked,
    org: {
      id: org.getOrgId(),
      username: org.getUsername() ?? '',
      instanceUrl: connection.instanceUrl,
      apiVersion: connection.getApiVersion()
    },
    toolVersion: config.plugins.get('sf-plugin-bulkops')?.version ?? config.version,
    startedAt: new Date(nowMs).toISOString()
  };
}
