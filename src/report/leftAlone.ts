import { tableRows } from '../cleanup/csvTable.js';

/** Records that a cleanup left alone for the same kind of reason, with the first of them. */
export type LeftAloneGroup = {
  /** With `…` for the Ids in it. */
  readonly reason: string;
  readonly count: number;
  readonly examples: readonly LeftAloneRecord[];
};

export type LeftAloneRecord = {
  readonly id: string;
  /** Its cluster, or in an undo its object. */
  readonly of: string;
  readonly reason: string;
};

export type LeftAlone = {
  readonly groups: readonly LeftAloneGroup[];
  /** Records with reasons of other kinds than those, where there are too many. */
  readonly others: number;
};

const MOST_KINDS = 50;
const MOST_EXAMPLES = 3;

/** What stands in a cleanup's skipped.csv by kind of reason, most frequent first; memory is bounded by the kinds. */
export async function leftAlone(path: string): Promise<LeftAlone> {
  const kinds = new Map<string, { count: number; examples: LeftAloneRecord[] }>();
  let others = 0;
  for await (const [id = '', cluster = '', object = '', reason = ''] of tableRows(path, COLUMNS)) {
    const kind = kindOf(reason);
    const known = kinds.get(kind);
    if (!known && kinds.size === MOST_KINDS) others += 1;
    else {
      const group = known ?? { count: 0, examples: [] };
      kinds.set(kind, group);
      group.count += 1;
      if (group.examples.length < MOST_EXAMPLES)
        group.examples.push({ id, of: cluster === '' ? object : cluster, reason });
    }
  }
  const groups = [...kinds].map(([reason, group]) => ({ reason, ...group })).sort((a, b) => b.count - a.count);
  return { groups, others };
}

const COLUMNS = ['Id', 'cluster', 'object', 'reason'] as const;

/** The same for all records to which the same has happened: without the Ids that a reason names. */
function kindOf(reason: string): string {
  return reason.replace(OF_CLUSTER, 'is in one cluster with a record that ').replace(RECORD_ID, '…');
}

/** As `Skips` says it of the other records of a cluster. */
const OF_CLUSTER = /^its cluster: \S+ /;

/** A word of 15 letters is none. */
const RECORD_ID = /\b(?=\w*\d)[a-zA-Z0-9]{15}(?:[A-Z0-5]{3})?\b/g;
