import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/emulator.js';
import { type LoadAsked } from '../../src/load/asked.js';
import { type RunRecord } from '../../src/run/run.js';
import { type RunId } from '../../src/run/runId.js';

export const OPERATIONS = ['insert', 'upsert', 'update', 'delete'] as const;
export type Operation = (typeof OPERATIONS)[number];

export const SOBJECT = 'Shipment__c';

/** How a load is told apart from an undisturbed one: what the org holds, how often, and the result files, Ids of new records aside. */
export type Outcome = { readonly records: ReadonlyMap<string, number>; readonly files: ReadonlyMap<string, string> };

export type Difference = { readonly lost: number; readonly doubled: number; readonly files: readonly string[] };

/** Values that an unwary matcher or cutter breaks on. */
const NOTES = ['', 'plain', 'said "so", twice', 'first\nsecond', 'a, b; c', 'ü 📦', '#N/A', ' spaces '];
/** One row in so many is refused for good; for an insert one in so many is equal to the row before. */
const REFUSED_EACH = 101;
const EQUAL_EACH = 97;

/** An org with the records that an operation is about. */
export async function tortureOrg(
  operation: Operation,
  rows: number,
  options: Partial<EmulatorOptions> = {}
): Promise<Emulator> {
  const emulator = await startEmulator(options);
  if (operation !== 'insert') seed(emulator, operation, rows);
  return emulator;
}

/** The input of a load and what is asked of it, in a directory of its own. */
export async function tortureInput(
  operation: Operation,
  rows: number,
  directory: string,
  emulator: Emulator
): Promise<LoadAsked> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, 'input.csv');
  const ids = operation === 'update' || operation === 'delete' ? idsOf(emulator) : [];
  const pieces = [`${HEADERS[operation]}\n`];
  for (let n = 1; n <= rows; n += 1) pieces.push(csvRow(operation, n, ids));
  await writeFile(file, pieces.join(''));
  return {
    operation,
    sobject: SOBJECT,
    ...(operation === 'upsert' && { externalId: 'External_Id__c' }),
    files: [file],
    map: [],
    skipColumns: [],
    emptyAsNull: false,
    validate: 'none',
    onDuplicate: 'reject',
    delimiter: 'COMMA',
    partBytes: Math.max(Math.ceil((rows * 40) / 6), 1000),
    concurrency: 3,
    retries: 4,
    results: 'all',
    resendUnknown: false
  };
}

export function recordOf(asked: LoadAsked, emulator: Emulator): RunRecord {
  return {
    version: 1,
    runId: `20260101-000000-${asked.operation}-torture` as RunId,
    // A part of another run is not entered among those of the machine.
    partOf: '20260101-000000-torture' as RunId,
    command: asked.operation,
    asked,
    org: { id: emulator.org.id, username: 'u', instanceUrl: emulator.org.url, apiVersion: '66.0' },
    toolVersion: '0.0.0',
    startedAt: new Date(0).toISOString()
  };
}

export async function outcomeOf(emulator: Emulator, runDir: string): Promise<Outcome> {
  const records = new Map<string, number>();
  for (const record of shipments(emulator)) {
    const text = JSON.stringify([record.External_Id__c, record.Name, record.Value__c, record.Notes__c]);
    records.set(text, (records.get(text) ?? 0) + 1);
  }
  const files = new Map<string, string>();
  for (const name of (await readdir(runDir)).filter((each) => each.endsWith('.csv')).sort())
    files.set(name, (await readFile(join(runDir, name), 'utf8')).replace(/^a01\w{15}/gm, 'ID'));
  return { records, files };
}

export function differenceOf(undisturbed: Outcome, disturbed: Outcome): Difference {
  let [lost, doubled] = [0, 0];
  for (const text of new Set([...undisturbed.records.keys(), ...disturbed.records.keys()])) {
    const more = (disturbed.records.get(text) ?? 0) - (undisturbed.records.get(text) ?? 0);
    if (more > 0) doubled += more;
    else lost -= more;
  }
  const names = new Set([...undisturbed.files.keys(), ...disturbed.files.keys()]);
  const files = [...names].filter((name) => undisturbed.files.get(name) !== disturbed.files.get(name));
  return { lost, doubled, files };
}

const HEADERS: Readonly<Record<Operation, string>> = {
  insert: 'Name,Value__c,Notes__c',
  upsert: 'External_Id__c,Name,Value__c,Notes__c',
  update: 'Id,Name,Value__c,Notes__c',
  delete: 'Id'
};

function csvRow(operation: Operation, number: number, ids: readonly string[]): string {
  const isRefused = number % REFUSED_EACH === 0;
  const id = isRefused ? 'a01000000009999AAA' : (ids[number - 1] ?? '');
  if (operation === 'delete') return `${id}\n`;
  const n = operation === 'insert' && number % EQUAL_EACH === 0 ? number - 1 : number;
  const value = isRefused ? 'heavy' : String(900_000_000 + n);
  const note = NOTES[n % NOTES.length] ?? '';
  const notes = /[",\n]/.test(note) ? `"${note.replaceAll('"', '""')}"` : note;
  const key = { insert: '', upsert: `KEY-${n},`, update: `${id},` }[operation];
  return `${key}row ${n},${value},${notes}\n`;
}

/** Every record for an update or a delete, every third one for an upsert, so that it both creates and updates. */
function seed(emulator: Emulator, operation: Operation, rows: number): void {
  const { store } = emulator.org;
  const table = store.table(shipmentSchema(emulator));
  store.transaction(() => {
    for (let n = 1; n <= rows; n += 1)
      if (operation !== 'upsert' || n % 3 === 0)
        table.insert(
          new Map([
            ['Name', `before ${n}`],
            ['External_Id__c', `KEY-${n}`]
          ]),
          0
        );
  });
}

function idsOf(emulator: Emulator): string[] {
  return [...shipments(emulator)].map(({ Id: id }) => String(id));
}

function shipments(emulator: Emulator): Generator<Readonly<Record<string, unknown>>> {
  return emulator.org.store.table(shipmentSchema(emulator)).records({ includeDeleted: false });
}

function shipmentSchema({ org }: Emulator): NonNullable<ReturnType<Emulator['org']['store']['schema']['object']>> {
  const schema = org.store.schema.object(SOBJECT);
  if (!schema) throw new Error(`there is no ${SOBJECT}`);
  return schema;
}
