import { type IngestJobs } from './bulk/ingestJobs.js';
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
  readonly calls: { used: number; readonly max: number };
  /** Whether results are packed for callers that take gzip; the service does not promise it. */
  readonly packsResults: boolean;
  now(): number;
  /** Of the daily allocation: one per 10,000 records begun, and one per job (BULK_API §3). */
  batchesUsed(): number;
};
