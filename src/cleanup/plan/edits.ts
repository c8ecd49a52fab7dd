import { Messages } from '@salesforce/core';
import { openInput } from '../../input/input.js';
import { type InputSource } from '../../input/open.js';
import { ROW_COLUMN } from './planFiles.js';
import { plainCell } from './readable.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'cleanup');

/** A row of clusters.csv or review.csv as a person left it. */
export type EditedRow = {
  /** Of the file, the header being line 1 and every row one line. */
  readonly line: number;
  readonly cluster: string;
  readonly role: string;
  /** The Id, or the row's number. */
  readonly key: string;
  readonly rule: string;
  readonly score: string;
  readonly mark: string;
};

/** A cluster that a person has left, or made, to be merged. The first member is the survivor. */
export type EditedCluster = { readonly cluster: string; readonly members: readonly EditedRow[] };

/**
 * The rows of a file as a spreadsheet may have written it: with another delimiter, a BOM, CRLF, all in quotes, or in the encoding of Windows.
 * @throws SfError `PlanColumnsError`
 */
export async function readEdited(path: string, key: string): Promise<EditedRow[]> {
  try {
    return await readRows({ path }, key);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'NotUtf8Error') throw error;
    // Only names of columns, Ids and words of ours are read here, which are the same letters in both.
    return readRows({ path, encoding: 'windows-1252' }, key);
  }
}

async function readRows(source: InputSource, key: string): Promise<EditedRow[]> {
  const { path } = source;
  const input = await openInput([source]);
  const places = new Map(input.header.map((column, i) => [column.trim().toLowerCase(), i]));
  const place = (column: string): number => {
    const found = places.get(column.toLowerCase());
    if (found === undefined) throw messages.createError('planColumns', [path, column], [input.header.join(', ')]);
    return found;
  };
  const name = places.has(ROW_COLUMN.toLowerCase()) ? place(ROW_COLUMN) : place(key);
  const columns = [place('cluster'), place('role'), name, place('rule'), place('score')] as const;
  const merge = places.get('merge');
  const rows: EditedRow[] = [];
  for await (const batch of input.batches)
    for (let i = 0; i < batch.count; i += 1) {
      const [cluster = '', role = '', own = '', rule = '', score = ''] = columns.map((column) =>
        plainCell(batch.field(i, column)).trim()
      );
      const mark = merge === undefined ? '' : batch.field(i, merge).trim().toLowerCase();
      const line = batch.firstNumber + i + 1;
      if (cluster !== '' || own !== '')
        rows.push({ line, cluster, role: role.toLowerCase(), key: own, rule, score: score.replace(',', '.'), mark });
    }
  return rows;
}

export type Edits = {
  /** To be merged. */
  readonly merge: readonly EditedCluster[];
  /** Still open for a person. */
  readonly review: readonly EditedCluster[];
};

/**
 * What the edits come to: a group of review.csv whose losers are marked `yes` is merged, together with the clusters that its records lie in.
 * @param known the keys of the plan's records
 * @throws SfError `PlanEditedError` naming every line that makes no sense
 */
export function editsOf(
  clusters: readonly EditedRow[],
  review: readonly EditedRow[],
  known: ReadonlySet<string>
): Edits {
  const problems: string[] = [
    ...problemsOf('clusters.csv', clusters, known),
    ...problemsOf('review.csv', review, known),
    ...review.flatMap(({ line, mark }) =>
      ['', 'yes', 'no'].includes(mark)
        ? []
        : [`review.csv line ${line}: merge is "${mark}", and may be yes, no or empty`]
    )
  ];
  const planned = grouped(clusters);
  const clusterOf = new Map<string, EditedRow[]>();
  for (const rows of planned.values())
    for (const row of rows) {
      const before = clusterOf.get(row.key)?.find(({ key }) => key === row.key);
      if (before) problems.push(`clusters.csv lines ${before.line} and ${row.line}: ${row.key} is there twice`);
      clusterOf.set(row.key, rows);
    }
  const merge = new Map(planned);
  const open: EditedCluster[] = [];
  for (const [cluster, rows] of grouped(review)) {
    const chosen = chosenOf(rows);
    if (chosen.length < 2) {
      open.push({ cluster, members: survivorFirst(rows) });
      continue;
    }
    const refused = new Set(rows.filter(({ mark }) => mark === 'no').map(({ key }) => key));
    const together = new Map(chosen.map((row) => [row.key, row]));
    for (const { key } of chosen)
      for (const row of clusterOf.get(key) ?? []) {
        merge.delete(row.cluster);
        if (!together.has(row.key) && !refused.has(row.key)) together.set(row.key, { ...row, role: 'loser' });
      }
    merge.set(cluster, [...together.values()]);
  }
  const seen = new Map<string, string>();
  for (const [cluster, rows] of merge)
    for (const { key, line } of rows) {
      const other = seen.get(key);
      if (other !== undefined) problems.push(`line ${line}: ${key} is to be merged in ${other} and in ${cluster}`);
      seen.set(key, cluster);
    }
  if (problems.length > 0) throw messages.createError('planEdited', [shownProblems(problems)]);
  return { merge: [...merge].map(([cluster, rows]) => ({ cluster, members: survivorFirst(rows) })), review: open };
}

/** The survivor and the losers that are marked yes; all that are not refused where the survivor's row is marked. */
function chosenOf(rows: readonly EditedRow[]): EditedRow[] {
  const survivor = rows.find(({ role }) => role === 'survivor');
  if (!survivor || survivor.mark === 'no') return [];
  const isAll = survivor.mark === 'yes';
  return rows.filter((row) => row === survivor || row.mark === 'yes' || (isAll && row.mark === ''));
}

function problemsOf(file: string, rows: readonly EditedRow[], known: ReadonlySet<string>): string[] {
  const problems: string[] = [];
  for (const { line, key, role } of rows) {
    if (!known.has(key))
      problems.push(
        `${file} line ${line}: ${key === '' ? 'a record without a key' : `${key} is no record of the plan`}`
      );
    if (role !== 'survivor' && role !== 'loser')
      problems.push(`${file} line ${line}: role is "${role}", and may be survivor or loser`);
  }
  for (const [cluster, members] of grouped(rows)) {
    const survivors = members.filter(({ role }) => role === 'survivor');
    const lines = survivors.map(({ line }) => line).join(' and ');
    if (survivors.length > 1) problems.push(`${file} lines ${lines}: ${cluster} has ${survivors.length} survivors`);
    if (survivors.length === 0) problems.push(`${file} line ${members[0]?.line ?? 0}: ${cluster} has no survivor`);
  }
  return problems;
}

function grouped(rows: readonly EditedRow[]): Map<string, EditedRow[]> {
  const groups = new Map<string, EditedRow[]>();
  for (const row of rows) {
    const group = groups.get(row.cluster);
    if (group) group.push(row);
    else groups.set(row.cluster, [row]);
  }
  return groups;
}

function survivorFirst(rows: readonly EditedRow[]): EditedRow[] {
  return [...rows].sort((one, other) => Number(other.role === 'survivor') - Number(one.role === 'survivor'));
}

const MOST_SHOWN = 20;

/** The first of them, each on a line. */
export function shownProblems(problems: readonly string[]): string {
  const lines = problems.slice(0, MOST_SHOWN).map((problem) => `  ${problem}`);
  return [...lines, ...(problems.length > MOST_SHOWN ? [`  … and ${problems.length - MOST_SHOWN} more`] : [])].join(
    '\n'
  );
}
