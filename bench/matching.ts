import { copyFile, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { IsolatedSf } from '../demo/sf.ts';
import { writeStudents } from '../demo/students.ts';
import { readUsage } from './floor.ts';
import { pairsOf, qualityOf, readTruth, unionOf } from './pairwise.ts';

/**
 * Plans cleanups of records whose truth is known, through the real `sf`, and prints how right they are and what they took: of our own students
 * (`demo/students.ts`, by `demo/students.yaml`) and of files made with Febrl (rec-7-org and rec-7-dup-0 are one person), by the definition that
 * `cleanup init` writes for their columns, as it is; with `--init` the students are judged by such a one too.
 * `npm run bench -- matching --students 800000 --students 5000000 --febrl ../shared/data/febrl-dataset1.csv`
 */
const { values } = parseArgs({
  options: {
    students: { type: 'string', multiple: true, default: ['100000'] },
    seed: { type: 'string', default: '1' },
    init: { type: 'boolean', default: false },
    febrl: { type: 'string', multiple: true, default: [] }
  }
});

type Case = {
  readonly name: string;
  readonly file: string;
  readonly definition: string;
  /** Flags that `cleanup plan` needs beside the definition and the file. */
  readonly flags: readonly string[];
  readonly key: string;
  readonly person: (record: Readonly<Record<string, string>>) => string;
};

type Took = {
  readonly records: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMb: number;
};

const HERE = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const sf = await IsolatedSf.create();
const USAGE = join(sf.home, 'usage.json');
const measured = await IsolatedSf.create(
  { NODE_OPTIONS: `--require ${HERE('usage.cjs')}`, BENCH_USAGE: USAGE },
  sf.home
);
try {
  for (const file of values.febrl) await judge(await febrl(file));
  const took: Took[] = [];
  for (const count of values.students.map(Number)) took.push(await judge(await studentsOf(count)));
  growth(took);
} finally {
  await sf.close();
}

async function febrl(path: string): Promise<Case> {
  const file = join(sf.home, basename(path));
  await copyFile(path, file);
  const key = ['--external-id', 'rec_id'];
  const definition = await initFor(file, key);
  const person = (record: Readonly<Record<string, string>>): string => /\d+/.exec(record['rec_id'] ?? '')?.[0] ?? '';
  return { name: basename(path), file, definition, flags: key, key: 'rec_id', person };
}

/** The definition that `cleanup init` writes for a file, as it is. */
async function initFor(file: string, flags: readonly string[]): Promise<string> {
  const definition = `${file}.yaml`;
  await sf.text('bulkops', 'cleanup', 'init', '--file', file, ...flags, '--output-file', definition);
  return definition;
}

async function studentsOf(count: number): Promise<Case> {
  const file = join(sf.home, `students-${count}.csv`);
  await writeStudents(file, count, Number(values.seed));
  return {
    name: `${count.toLocaleString('en-US')} students${values.init ? ' by what init writes' : ''}`,
    file,
    definition: values.init ? await initFor(file, []) : HERE('../demo/students.yaml'),
    flags: [],
    key: 'Id',
    person: (record) => record['Person'] ?? ''
  };
}

async function judge({ name, file, definition, flags, key, person }: Case): Promise<Took> {
  const planDir = join(sf.home, `plan-${name.replace(/\W/g, '')}`);
  const startedMs = performance.now();
  await measured.text(
    ...['bulkops', 'cleanup', 'plan', '--definition', definition, '--file', file, ...flags, '--plan-dir', planDir],
    '--json'
  );
  const seconds = (performance.now() - startedMs) / 1000;
  const usage = await readUsage(USAGE);
  const truth = await readTruth(file, key, person);
  const planned = await pairsOf(join(planDir, 'clusters.csv'), key, truth);
  const review = await pairsOf(join(planDir, 'review.csv'), key, truth);
  const records = truth.personOf.size;
  console.log(
    `\n${name}: ${records.toLocaleString('en-US')} records, ${truth.pairs.toLocaleString('en-US')} pairs the same in truth`
  );
  console.log('| pairs | found | precision | recall | F1 |');
  console.log('| --- | --- | --- | --- | --- |');
  line('planned', planned.all, truth.pairs);
  for (const [rule, pairs] of [...planned.byRule].sort()) line(`planned by ${rule}`, pairs, truth.pairs);
  line('for review', review.all, truth.pairs);
  // A planned cluster may lie in a group for review: then its pairs are in both.
  const either = await unionOf([join(planDir, 'clusters.csv'), join(planDir, 'review.csv')], key, truth);
  line('planned or for review', either, truth.pairs);
  await compared(planDir);
  console.log(
    `${seconds.toFixed(1)} s wall, ${usage.cpuSeconds.toFixed(1)} s CPU, ${usage.peakMb.toFixed(0)} MB peak RSS, sf's start included`
  );
  return { records, seconds, ...usage };
}

function line(name: string, pairs: { found: number; right: number }, truePairs: number): void {
  const { precision, recall, f1 } = qualityOf(pairs, truePairs);
  const cells = [name, pairs.found.toLocaleString('en-US'), ...[precision, recall, f1].map((one) => one.toFixed(4))];
  console.log(`| ${cells.join(' | ')} |`);
}

/** What blocking spared, by rule. */
async function compared(planDir: string): Promise<void> {
  const { rules } = JSON.parse(await readFile(join(planDir, 'plan.json'), 'utf8')) as {
    rules: Array<{
      rule: string;
      compared: number;
      possible: number;
      keys: Array<{ fields: string[]; pairs: number }>;
    }>;
  };
  for (const { rule, compared: pairs, possible, keys } of rules) {
    const by = keys.map(({ fields, pairs: own }) => `${fields.join('+')} ${own.toLocaleString('en-US')}`).join(', ');
    console.log(
      `${rule}: ${pairs.toLocaleString('en-US')} of ${possible.toLocaleString('en-US')} pairs compared (${by})`
    );
  }
}

/** 1 is linear: the time for each record is the same, however many there are. */
function growth(took: readonly Took[]): void {
  const [least, most] = [took[0], took.at(-1)];
  if (!least || !most || least === most) return;
  const ratio = (of: (one: Took) => number): string =>
    (of(most) / most.records / (of(least) / least.records)).toFixed(2);
  console.log(
    `\nFrom ${least.records.toLocaleString('en-US')} to ${most.records.toLocaleString('en-US')} records: ` +
      `${ratio(({ seconds }) => seconds)} × the wall time and ${ratio(({ cpuSeconds }) => cpuSeconds)} × the CPU time for each record`
  );
}
