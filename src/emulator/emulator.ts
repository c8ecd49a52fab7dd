import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { IngestJobs } from './bulk/ingestJobs.js';
import { QueryJobs } from './bulk/queryJobs.js';
import { DEFAULT_SCHEMA } from './defaultSchema.js';
import { type Faults } from './faults/faults.js';
import { recordId } from './ids.js';
import { type Org } from './org.js';
import { ApiError } from './rest/apiError.js';
import { serveBulkIngest } from './rest/bulkIngest.js';
import { serveBulkQuery } from './rest/bulkQuery.js';
import { serveCollections } from './rest/collections.js';
import { Exchange } from './rest/exchange.js';
import { serveIdentity } from './rest/identity.js';
import { serveLogin, TOKEN_PATH } from './rest/login.js';
import { serveQuery } from './rest/query.js';
import { Router } from './rest/router.js';
import { serveSobjects } from './rest/sobjects.js';
import { type Schema } from './schema.js';
import { serveSoap, SOAP_ROOT } from './soap/soap.js';
import { soqlSource } from './soqlSource.js';
import { Store } from './store.js';

export type EmulatorOptions = {
  /** 0 for a free one. */
  readonly port: number;
  readonly username: string;
  readonly schema: Schema;
  /** Keeps the org in this folder; without it, it lives as long as the process. */
  readonly dataDir?: string;
  /** Milliseconds before each answer. */
  readonly latencyMs: number;
  /** Of one job; undefined for as quick as it goes. */
  readonly rowsPerSecond?: number;
  /** Packs results for callers that take gzip. */
  readonly packsResults: boolean;
  /** Rows of a query's result page when the caller doesn't say. */
  readonly pageRows: number;
  /** Of one answer with query results; undefined for as quick as it goes. */
  readonly downloadBytesPerSecond?: number;
  readonly faults: Faults;
  /** Called for each request before it is handled; true when it has taken the exchange over. */
  readonly onRequest?: (exchange: Exchange) => boolean | Promise<boolean>;
  readonly now: () => number;
  readonly random: () => number;
};

export type Emulator = {
  readonly org: Org;
  /** A session of the org's one user. */
  readonly accessToken: string;
  close(): Promise<void>;
};

const DEFAULTS: EmulatorOptions = {
  port: 0,
  username: 'admin@bulkops.emulator',
  schema: DEFAULT_SCHEMA,
  latencyMs: 0,
  packsResults: false,
  pageRows: 50_000,
  faults: {},
  now: () => Date.now(),
  random: () => Math.random()
};

const ORG_ID = recordId('00D', 1);
const USER_ID = recordId('005', 1);
const DAILY_CALLS = 1_000_000;
/** Of every org (BULK_API §3). */
const DAILY_BATCHES = 15_000;

/** Starts a local org on 127.0.0.1 (SPEC §6). */
export async function startEmulator(asked: Partial<EmulatorOptions> = {}): Promise<Emulator> {
  const options: EmulatorOptions = { ...DEFAULTS, ...asked };
  const directory = options.dataDir ?? mkdtempSync(join(tmpdir(), 'bulkops-emulator-'));
  const jobsDirectory = join(directory, 'jobs');
  mkdirSync(jobsDirectory, { recursive: true, mode: 0o700 });
  const store = new Store(options.schema, options.dataDir ? join(directory, 'org.sqlite') : ':memory:', USER_ID);
  const ingest = new IngestJobs({ ...options, store, directory: jobsDirectory, userId: USER_ID });
  const queries = new QueryJobs({
    jobError: options.faults.queryError,
    ...options,
    source: soqlSource(store),
    directory: jobsDirectory,
    userId: USER_ID
  });
  const server = createServer();
  await listen(server, options.port);
  const { port } = server.address() as AddressInfo;
  const org: Org = {
    id: ORG_ID,
    userId: USER_ID,
    username: options.username,
    url: `http://127.0.0.1:${port}`,
    store,
    ingest,
    queries,
    pageRows: options.pageRows,
    downloadBytesPerSecond: options.downloadBytesPerSecond,
    pageFault: options.faults.page,
    calls: { used: 0, max: options.faults.dailyCalls ?? DAILY_CALLS },
    maxBatches: options.faults.dailyBatches?.max ?? DAILY_BATCHES,
    packsResults: options.packsResults,
    now: options.now,
    batchesUsed: () => ingest.batchesUsed()
  };
  addFirstRecords(org);
  const router = new Router();
  serveIdentity(router, org);
  serveLogin(router, org, newSession);
  serveSobjects(router, org);
  serveQuery(router, org);
  serveBulkIngest(router, org);
  serveBulkQuery(router, org);
  serveCollections(router, org);
  serveSoap(router, org, newSession);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    void answer(new Exchange(request, response), { router, org, options });
  });
  return {
    org,
    accessToken: newSession(),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await Promise.all([ingest.close(), queries.close()]);
      store.close();
      if (!options.dataDir) rmSync(directory, { recursive: true, force: true });
    }
  };
}

type Serving = { readonly router: Router; readonly org: Org; readonly options: EmulatorOptions };

async function answer(exchange: Exchange, { router, org, options }: Serving): Promise<void> {
  try {
    if (options.latencyMs > 0) await sleep(options.latencyMs);
    org.calls.used += 1;
    if (await options.onRequest?.(exchange)) return;
    if (await options.faults.request?.(exchange, org)) return;
    if (exchange.path !== '/services/data') {
      exchange.response.setHeader('Sforce-Limit-Info', `api-usage=${org.calls.used}/${org.calls.max}`);
      const hasSession =
        isSession(exchange.token) || exchange.path === TOKEN_PATH || exchange.path.toLowerCase().startsWith(SOAP_ROOT);
      // Logging in stays possible, as in the service.
      if (org.calls.used > org.calls.max && !exchange.path.startsWith('/services/oauth2'))
        throw new ApiError(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
      if (!hasSession) throw new ApiError(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
    }
    await router.handle(exchange);
  } catch (error) {
    fail(exchange, error);
  }
}

function newSession(): string {
  return `${ORG_ID.slice(0, 15)}!${randomUUID().replaceAll('-', '')}`;
}

/** Any token of the form that the service gives: the login flow with a token brings its own. */
function isSession(token: string | undefined): boolean {
  return token !== undefined && /^00D\w{12,15}!/.test(token);
}

function fail(exchange: Exchange, error: unknown): void {
  if (exchange.response.headersSent || exchange.request.socket.destroyed) {
    exchange.response.destroy();
    return;
  }
  // What is left of an upload is read to its end, so that the caller hears the answer.
  exchange.request.resume();
  if (error instanceof ApiError) {
    const fields = error.fields.length > 0 ? { fields: error.fields } : {};
    exchange.answer(error.status, [{ message: error.message, errorCode: error.errorCode, ...fields }]);
    return;
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  exchange.answer(500, [{ message: `An unexpected error occurred: ${message}`, errorCode: 'UNKNOWN_EXCEPTION' }]);
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** The user and the organization, which every org has. */
function addFirstRecords(org: Org): void {
  const { store, username } = org;
  const user = store.schema.object('User');
  const organization = store.schema.object('Organization');
  if (user && store.table(user).count() === 0)
    store.table(user).insert(
      new Map<string, string | number>([
        ['Username', username],
        ['FirstName', 'Emulated'],
        ['LastName', 'User'],
        ['Email', username],
        ['IsActive', 1]
      ]),
      org.now()
    );
  if (organization && store.table(organization).count() === 0)
    store.table(organization).insert(
      new Map<string, string | number>([
        ['Name', 'Bulkops Emulator'],
        ['InstanceName', 'EMU1'],
        ['IsSandbox', 1],
        ['OrganizationType', 'Developer Edition']
      ]),
      org.now()
    );
}
