import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { parseDefinition } from '../../../src/cleanup/definition/readDefinition.js';
import { type ChildSource } from '../../../src/cleanup/org/children.js';
import { makePlan } from '../../../src/cleanup/plan/plan.js';
import { type PlanRecord } from '../../../src/cleanup/plan/planFiles.js';

export type Row = Readonly<Record<string, string>>;

/** A plan in a directory, and what its files hold. */
export type Planned = {
  readonly plan: PlanRecord;
  readonly directory: string;
  /** The rows of one of its files, by column. */
  readonly rows: (file: string) => Promise<Row[]>;
};

type More = {
  readonly externalId?: string;
  readonly clusters?: string;
  readonly name?: string;
  readonly children?: ChildSource;
};

/** Plans from a CSV text with the definition in YAML. */
export async function planned(dir: string, definition: string, csv: string, more: More = {}): Promise<Planned> {
  const source = join(dir, 'records.csv');
  await writeFile(source, csv);
  const clustersFile = more.clusters === undefined ? undefined : join(dir, 'given.csv');
  if (clustersFile !== undefined) await writeFile(clustersFile, more.clusters ?? '');
  const directory = join(dir, more.name ?? 'plan');
  const plan = await makePlan(
    {
      definition: parseDefinition(definition, 'definition.yaml'),
      sources: [{ path: source }],
      externalId: more.externalId,
      clustersFile,
      children: more.children,
      toolVersion: '0.0.0',
      planDir: directory
    },
    { nowMs: () => 0, onStage: () => undefined }
  );
  return { plan, directory, rows: (file) => csvFile(join(directory, file)) };
}

export async function csvFile(path: string): Promise<Row[]> {
  return parse<Row>(await readFile(path, 'utf8'), { columns: true });
}
