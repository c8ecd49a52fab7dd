import { type IngestJobs } from './bulk/ingestJobs.js';
import { type QueryJobs } from './bulk/queryJobs.js';
import { type Faults } from './faults/faults.js';
import { type Store } from './store.js';

/** The emulated org: what all requests share. */
export type Org = {
  readonly id: string;
  readonly userId: string;
  readonly username: string;
  /** `http://127.0.0.1:port` */
  readonly url: string;
  readonly store: Store;
  readonly ingest: IngestJobs;
  readonly queries: QueryJobs;
  /** Rows of a result page when the caller doesn't say. */
  readonly pageRows: number;
  /** Of one answer with query results; undefined for as quick as it goes. */
  readonly downloadBytesPerSecond?: number;
  readonly pageFault?: Faults['page'];
  readonly calls: { used: number; readonly max: number };
  /** Of a day. */
  readonly maxBatches: number;
  /** Whether results are packed for callers that take gzip; the service does not promise it. */
  readonly packsResults: boolean;
  now(): number;
  /** Of the daily allocation: one per 10,000 records begun, and one per job (BULK_API §3). */
  batchesUsed(): number;
};
