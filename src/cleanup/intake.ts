import { type Input } from '../input/input.js';
import { type RecordBatch } from '../input/recordBatch.js';
import { type Definition } from './definition/definition.js';
import { type Layout } from './layout.js';
import { LineFile } from './lineFile.js';
import { COMPARERS } from './match/comparers.js';
import { type Standardizer } from './standardize/standardizer.js';
import { standardizerOf } from './standardize/standardizers.js';

/** What a field's standardisers did. */
export type FieldCounts = {
  readonly field: string;
  filled: number;
  changed: number;
  /** Values that could not be standardised and were left as they were. */
  left: number;
  /** The first few that were changed: what stood there, and what stands there now. */
  readonly examples: Array<readonly [before: string, after: string]>;
};

export type IntakeCounts = {
  readonly read: number;
  /** Rows that are no record: with too few fields, a stray quote… */
  readonly rejected: number;
  readonly fields: readonly FieldCounts[];
};

export type IntakeFiles = {
  /** For the database: the columns of `Layout.tableColumns`, no header. */
  readonly table: string;
  /** Records that standardising changed, as `KeptRecord.cells` has them (of a file without Ids: all records); no header. */
  readonly standardized: string;
  /** What could not be standardised, with a header. */
  readonly left: string;
  readonly rejected: string;
};

const MOST_EXAMPLES = 12;

/** Reads all records once: standardises them, and writes down what matching and planning need. */
export async function intake(
  input: Input,
  definition: Definition,
  layout: Layout,
  files: IntakeFiles
): Promise<IntakeCounts> {
  const steps = await fieldSteps(definition, layout);
  const outs = {
    table: new LineFile(files.table),
    standardized: new LineFile(files.standardized),
    left: new LineFile(files.left),
    rejected: new LineFile(files.rejected)
  };
  outs.left.add([layout.key === undefined ? 'row' : (layout.fields[layout.key] ?? ''), 'field', 'value', 'problem']);
  outs.rejected.add(['row', 'problem', 'record']);
  const work = new Intake(layout, steps, outs);
  try {
    for await (const batch of input.batches) {
      work.take(batch);
      for (const out of Object.values(outs)) await out.drain();
    }
  } finally {
    for (const out of Object.values(outs)) await out.close();
  }
  return { read: work.read, rejected: work.rejected, fields: steps.map(({ counts }) => counts) };
}

type FieldSteps = { readonly index: number; readonly write: Standardizer; readonly counts: FieldCounts };

async function fieldSteps(definition: Definition, layout: Layout): Promise<FieldSteps[]> {
  const found: FieldSteps[] = [];
  for (const [field, steps] of definition.standardize)
    found.push({
      index: layout.indexOf(field),
      write: await standardizerOf(steps),
      counts: { field, filled: 0, changed: 0, left: 0, examples: [] }
    });
  return found;
}

type Outs = Readonly<Record<keyof IntakeFiles, LineFile>>;

class Intake {
  public read = 0;
  public rejected = 0;

  public constructor(
    private readonly layout: Layout,
    private readonly steps: readonly FieldSteps[],
    private readonly outs: Outs
  ) {}

  public take(batch: RecordBatch): void {
    for (let i = 0; i < batch.count; i += 1) {
      const n = batch.firstNumber + i;
      const problem = batch.problem(i);
      this.read += 1;
      if (problem) {
        this.rejected += 1;
        this.outs.rejected.add([String(n), problem, batch.record(i).toString()]);
      } else this.takeRecord(n, batch, i);
    }
  }

  private takeRecord(n: number, batch: RecordBatch, i: number): void {
    const { layout } = this;
    const raw = layout.columns.map((column) => batch.field(i, column));
    const values = [...raw];
    const before = this.standardize(n, raw, values);
    const isChanged = before.some((value) => value !== '');
    const derived = layout.derived.flatMap(({ field, compare }) => COMPARERS[compare].derive(values[field] ?? ''));
    this.outs.table.add([String(n), ...values, ...before, ...derived]);
    if (isChanged || !layout.hasIds) this.outs.standardized.add([String(n), ...values, ...before]);
  }

  /** Writes the standard values into `values`; returns what stood there before, for the fields where it was another. */
  private standardize(n: number, raw: readonly string[], values: string[]): string[] {
    const other = (field: string): string => raw[this.layout.indexOf(field)] ?? '';
    return this.steps.map(({ index, write, counts }) => {
      const value = raw[index] ?? '';
      // Spaces alone are no value that could be standardised, or fail to be.
      if (value === '' || value.trim() === '') return '';
      counts.filled += 1;
      const result = write(value, other);
      if ('problem' in result) {
        counts.left += 1;
        const key = this.layout.key === undefined ? String(n) : (raw[this.layout.key] ?? '');
        this.outs.left.add([key, counts.field, value, result.problem]);
        return '';
      }
      if (result.value === value) return '';
      counts.changed += 1;
      if (counts.examples.length < MOST_EXAMPLES) counts.examples.push([value, result.value]);
      values[index] = result.value;
      return value;
    });
  }
}
