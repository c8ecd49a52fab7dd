import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Connection } from '@salesforce/core';
import { startEmulator, type Emulator, type EmulatorOptions } from '../../src/emulator/emulator.js';
import { type ExportAsked, type ExportSession } from '../../src/export/asked.js';
import { exportData, type ExportWorld, resumeExport } from '../../src/export/export.js';
import { type ExportResult } from '../../src/export/exportResult.js';
import { type ExportState } from '../../src/export/state.js';
import { type ExportEvent } from '../../src/run/exportEvents.js';
import { type RunRecord } from '../../src/run/run.js';
import { type RunId } from '../../src/run/runId.js';
import { fakeConnection } from '../bulk/fakeServer.js';
import { TestClock } from '../testClock.js';

export const SOQL = 'SELECT Id, Name, AnnualRevenue, Industry FROM Account ORDER BY Name';

/** An emulated org with accounts, and exports of it into a directory. */
export class ExportOrg {
  public readonly events: ExportEvent[] = [];
  public state?: ExportState;
  public readonly stdout: Buffer[] = [];
  /** What writing to standard output ends with. */
  public stdoutFailure?: Error;
  public readonly clock = new TestClock();
  /** Of the next export. */
  public startedMs = Date.UTC(2026, 0, 1);
  /** Ends the next export after so many journaled events, as an interrupt does. */
  public onEvent: (event: ExportEvent, interrupt: () => void) => void = () => undefined;

  private constructor(
    public readonly emulator: Emulator,
    private readonly apiVersion: string
  ) {}

  public static async create(
    rows: number,
    options: Partial<EmulatorOptions> = {},
    apiVersion = '66.0'
  ): Promise<ExportOrg> {
    const emulator = await startEmulator({ pageRows: 10, ...options });
    const { store } = emulator.org;
    const object = store.schema.object('Account');
    if (!object) throw new Error('there is no Account');
    for (let row = 1; row <= rows; row += 1)
      store.table(object).insert(
        new Map<string, string | number>([
          ['Name', row % 7 === 0 ? `Account ${row}, "the\nbig" one` : `Account ${String(row).padStart(5, '0')}`],
          ['AnnualRevenue', row * 1000.5]
        ]),
        Date.UTC(2026, 0, 1)
      );
    return new ExportOrg(emulator, apiVersion);
  }

  public asked(
    directory: string,
    more: Partial<ExportAsked> = {},
    output: Partial<ExportAsked['output']> = {}
  ): ExportAsked {
    return {
      sobject: 'Account',
      soql: SOQL,
      operation: 'query',
      delimiter: 'COMMA',
      lineEnding: 'LF',
      concurrency: 4,
      columns: [
        { name: 'Id', type: 'id', precision: 0, scale: 0 },
        { name: 'Name', type: 'string', precision: 0, scale: 0 },
        { name: 'AnnualRevenue', type: 'currency', precision: 18, scale: 2 },
        { name: 'Industry', type: 'picklist', precision: 0, scale: 0 }
      ],
      ...more,
      output: {
        format: 'csv',
        path: join(directory, 'out.csv'),
        isPacked: false,
        mayOverwrite: false,
        manifest: join(directory, 'out.csv.manifest.json'),
        ...output
      }
    };
  }

  public async export(
    asked: ExportAsked,
    runDir: string,
    session: ExportSession = { isAsync: false },
    runId?: string
  ): Promise<ExportResult> {
    const record = this.record(asked);
    return exportData(
      runId === undefined ? record : { ...record, runId: runId as RunId },
      runDir,
      session,
      this.world()
    );
  }

  public async resume(runDir: string): Promise<ExportResult> {
    return resumeExport(runDir, { isAsync: false }, this.world());
  }

  /** What the org's own result of the query is, in one page. */
  public async whole(soql = SOQL): Promise<string> {
    const { url } = this.emulator.org;
    const call = async (method: string, path: string, body?: object): Promise<Response> =>
      fetch(`${url}/services/data/v66.0${path}`, {
        method,
        headers: { authorization: `Bearer ${this.emulator.accessToken}`, 'content-type': 'application/json' },
        body: body && JSON.stringify(body)
      });
    const { id } = (await (await call('POST', '/jobs/query', { operation: 'query', query: soql })).json()) as {
      id: string;
    };
    for (;;) {
      const { state } = (await (await call('GET', `/jobs/query/${id}`)).json()) as { state: string };
      if (state === 'JobComplete') break;
    }
    return (await call('GET', `/jobs/query/${id}/results?maxRecords=1000000`)).text();
  }

  public async close(): Promise<void> {
    await this.emulator.close();
  }

  public record(asked: ExportAsked): RunRecord {
    return {
      version: 1,
      runId: '20260101-000000-export-Account-0000' as RunId,
      command: 'export',
      partOf: 'a test' as RunId,
      asked,
      org: {
        id: this.emulator.org.id,
        username: 'me@example.com',
        instanceUrl: this.emulator.org.url,
        apiVersion: this.apiVersion
      },
      toolVersion: '0.0.0',
      startedAt: new Date(this.startedMs).toISOString()
    };
  }

  private world(): ExportWorld {
    const { connection } = fakeConnection(this.emulator.org.url);
    const interrupt = new AbortController();
    const session = {
      ...connection,
      accessToken: this.emulator.accessToken,
      getApiVersion: () => this.apiVersion
    } as unknown as Connection;
    return {
      connection: session,
      clock: this.clock,
      random: () => 0.5,
      interrupt: interrupt.signal,
      stdout: {
        write: (bytes) => {
          if (this.stdoutFailure) return Promise.reject(this.stdoutFailure);
          this.stdout.push(Buffer.from(bytes));
          return Promise.resolve();
        },
        close: () => Promise.resolve()
      },
      onEvent: (event, state) => {
        this.state = state;
        if (event.type !== 'downloading') this.events.push(event);
        this.onEvent(event, () => interrupt.abort());
      },
      onRun: () => undefined
    };
  }
}

export async function textOf(directory: string, name = 'out.csv'): Promise<string> {
  return readFile(join(directory, name), 'utf8');
}
