import { type OrgReads } from '../../bulk/orgReads.js';
import { describeObject } from '../../schema/describe.js';
import { tableRows } from '../csvTable.js';
import { id18 } from '../../bulk/recordId.js';
import { type ChildRelation, type ChildRelations, childRelations } from './childRelations.js';
import { type OrgReader } from './orgReader.js';
import { isRefusedQuery } from './refusedQuery.js';

/** A record, and the one that it refers to. */
export type Child = { readonly id: string; readonly parent: string };

/** Where children are looked for. */
export type ChildSource = {
  readonly read: OrgReader;
  /** One API call, and one for each child object. */
  readonly relations: () => Promise<ChildRelations>;
};

export function childSource(org: OrgReads, sobject: string, read: OrgReader): ChildSource {
  return {
    read,
    relations: async () => childRelations(org, await describeObject(org, sobject))
  };
}

export type ChildReading = {
  readonly read: OrgReader;
  /** Of a file to read into. */
  readonly path: string;
  /** An object can't be queried so; it counts as having no children. */
  readonly onRefused: (message: string) => unknown;
};

/** The records that refer to one of the parents by a relationship, as the org has them now. Costs one reading of the org. */
export async function* childrenOf(
  { sobject, field, where }: ChildRelation,
  parents: ReadonlySet<string>,
  { read, path, onRefused }: ChildReading
): AsyncGenerator<Child> {
  if (parents.size === 0) return;
  try {
    await read({ sobject, fields: ['Id', field], where, among: { field, ids: parents } }, path);
  } catch (error) {
    if (!isRefusedQuery(error)) throw error;
    await onRefused(`${sobject} can't be asked for records of the duplicates by ${field}: ${error.message}`);
    return;
  }
  for await (const [id = '', parent = ''] of tableRows(path, ['Id', field])) {
    const own = id18(parent);
    if (parents.has(own)) yield { id: id18(id), parent: own };
  }
}
