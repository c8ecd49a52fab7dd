import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Messages } from '@salesforce/core';
import { isBulkError } from '../../bulk/bulkError.js';
import { hashFile } from '../output/fileHash.js';
import { type Manifest, MANIFEST_VERSION, manifestVersion, parseManifest } from '../output/manifest.js';
import { numberedLike } from '../output/outputPath.js';
import { recount } from './recount.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'export.verify');

export type FileVerified = {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  /** What does not fit the manifest. */
  readonly problems: readonly string[];
};

export type RangeVerified = {
  readonly covers: string;
  readonly rows: number;
  /** What the org counts now; missing where it can't count the query. */
  readonly orgRows?: number;
  /** Why it could not, where the query itself is no reason. */
  readonly refusal?: string;
};

/**
 * `Success`: files and manifest fit; `PartialSuccess`: they do, and the org has another number of rows by now, or refused to count them;
 * `Failed`: they don't.
 */
export type VerifyStatus = 'Success' | 'PartialSuccess' | 'Failed';

/** The `--json` result of export verify. */
export type VerifyResult = {
  readonly status: VerifyStatus;
  readonly manifest: string;
  readonly runId: string;
  readonly query: string;
  readonly rows: number;
  readonly files: readonly FileVerified[];
  /** What is wrong within the manifest itself, or with what lies beside its files. */
  readonly problems: readonly string[];
  readonly ranges?: readonly RangeVerified[];
};

/** Counts in the org what a query gives; undefined where it has no count. */
export type CountInOrg = (soql: string, allRows: boolean) => Promise<number | undefined>;

/**
 * Holds the files of an export against its manifest: bytes, SHA-256, and rows counted anew; and, given `count`, its ranges against the org.
 * @throws SfError `ManifestUnreadableError`
 */
export async function verifyExport(manifestPath: string, count?: CountInOrg): Promise<VerifyResult> {
  const path = resolve(manifestPath);
  const manifest = await readManifest(path);
  const files: FileVerified[] = [];
  for (const file of manifest.files) if (file.path !== '-') files.push(await verifyFile(file, manifest, path));
  const problems = [...innerProblems(manifest), ...(await strayProblems(manifest, path))];
  const ranges = count && (await countedRanges(manifest, count));
  const isBroken = problems.length > 0 || files.some((file) => file.problems.length > 0);
  const hasMoved = ranges?.some(
    ({ rows, orgRows, refusal }) => refusal !== undefined || (orgRows !== undefined && orgRows !== rows)
  );
  return {
    status: isBroken ? 'Failed' : hasMoved ? 'PartialSuccess' : 'Success',
    manifest: path,
    runId: manifest.runId,
    query: manifest.query,
    rows: manifest.totals.rows,
    files,
    problems,
    ranges
  };
}

/** @throws SfError `ManifestUnreadableError` */
export async function readManifest(path: string): Promise<Manifest> {
  const unreadable = (why: string): Error => messages.createError('manifestUnreadable', [path, why]);
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw unreadable(error.message);
  });
  try {
    return parseManifest(text);
  } catch {
    const version = manifestVersion(text);
    throw unreadable(
      version === undefined || version === MANIFEST_VERSION
        ? messages.getMessage('noManifest')
        : messages.getMessage('otherManifest', [version, MANIFEST_VERSION])
    );
  }
}

type FileFiled = Manifest['files'][number];

async function verifyFile(filed: FileFiled, manifest: Manifest, manifestPath: string): Promise<FileVerified> {
  const path = join(dirname(manifestPath), filed.path);
  try {
    const { bytes, sha256 } = await hashFile(path);
    const problems: string[] = [];
    if (bytes !== filed.bytes) problems.push(messages.getMessage('otherBytes', [bytes, filed.bytes]));
    if (sha256 !== filed.sha256) problems.push(messages.getMessage('otherHash', [sha256, filed.sha256]));
    const rows = await recount(path, manifest, `${path}.verifying`).catch((error: Error) => error.message);
    if (typeof rows === 'string') problems.push(messages.getMessage('notTheFormat', [manifest.format, rows]));
    else if (rows !== filed.rows) problems.push(messages.getMessage('otherRows', [rows, filed.rows]));
    return { path, rows: typeof rows === 'string' ? 0 : rows, bytes, sha256, problems };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const problem = code === 'ENOENT' ? messages.getMessage('fileMissing') : message;
    return { path, rows: 0, bytes: 0, sha256: '', problems: [problem] };
  }
}

/** Numbers of a manifest that contradict each other. */
function innerProblems({ totals, files, ranges }: Manifest): string[] {
  const problems: string[] = [];
  const check = (what: string, found: number, said: number): void => {
    if (found !== said) problems.push(messages.getMessage('contradiction', [what, found, said]));
  };
  check(messages.getMessage('rowsOfFiles'), sum(files.map(({ rows }) => rows)), totals.rows);
  check(messages.getMessage('rowsOfRanges'), sum(ranges.map(({ rows }) => rows)) - (totals.dropped ?? 0), totals.rows);
  for (const { jobId, rows, pages } of ranges)
    check(messages.getMessage('rowsOfPages', [jobId]), sum(pages.map((page) => page.rows)), rows);
  check(messages.getMessage('bytesOfFiles'), sum(files.map(({ bytes }) => bytes)), totals.bytes);
  return problems;
}

/** Numbered files that are of another export, or nobody's: whoever reads all that have such a name would take their rows for these. */
async function strayProblems({ files, chunkRows }: Manifest, manifestPath: string): Promise<string[]> {
  const [first] = files;
  if (chunkRows === undefined || !first) return [];
  const own = new Set(files.map(({ path }) => join(dirname(manifestPath), path)));
  const strays = (await numberedLike(join(dirname(manifestPath), first.path))).filter((file) => !own.has(file));
  return strays.map((file) => messages.getMessage('strayFile', [basename(file)]));
}

async function countedRanges(manifest: Manifest, count: CountInOrg): Promise<RangeVerified[]> {
  const counted: RangeVerified[] = [];
  for (const { covers, query, rows } of manifest.ranges) {
    try {
      counted.push({ covers, rows, orgRows: await count(query, manifest.allRows) });
    } catch (error) {
      // A count may take too long where the export did not; what was found of the files is told all the same.
      if (!isBulkError(error) || error.kind !== 'refused') throw error;
      counted.push({ covers, rows, refusal: error.message });
    }
  }
  return counted;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
