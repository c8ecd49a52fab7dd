import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { IsolatedSf } from '../demo/sf.ts';

/**
 * What it takes to start each command and to show its help, beside the official command that is most like it:
 * `npm run bench -- start-up --rounds 15`. Medians of processor time, which what else the machine does changes least; the two take turns.
 */
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const ROUNDS = Number(values.rounds);

/** An org that nobody is logged in to: a command is loaded, its flags are parsed, and there it ends. What it would do next is not start-up. */
const NOBODY = ['--target-org', 'nobody@nowhere.invalid'];
const BULK = ['--sobject', 'Account', '--file', 'package.json'];

type Pair = {
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
  /** The command has no end, so only its help is timed. */
  readonly isServer?: true;
};

/** Each command of ours beside the official one that is most like it; `alias list` stands for those that need no org. */
const PAIRS: readonly Pair[] = [
  {
    ours: ['bulkops', 'upsert', ...BULK, '--external-id', 'Id', ...NOBODY],
    theirs: ['data', 'upsert', 'bulk', ...BULK, '--external-id', 'Id', ...NOBODY]
  },
  { ours: ['bulkops', 'insert', ...BULK, ...NOBODY], theirs: ['data', 'import', 'bulk', ...BULK, ...NOBODY] },
  { ours: ['bulkops', 'update', ...BULK, ...NOBODY], theirs: ['data', 'update', 'bulk', ...BULK, ...NOBODY] },
  { ours: ['bulkops', 'delete', ...BULK, ...NOBODY], theirs: ['data', 'delete', 'bulk', ...BULK, ...NOBODY] },
  {
    ours: ['bulkops', 'export', '--query', 'SELECT Id FROM Account', '--output-file', 'x.csv', ...NOBODY],
    theirs: ['data', 'export', 'bulk', '--query', 'SELECT Id FROM Account', '--output-file', 'x.csv', ...NOBODY]
  },
  ...['list', 'show', 'watch', 'results', 'abort', 'delete'].map((verb) => ({
    ours: ['bulkops', 'job', verb, ...(verb === 'list' ? [] : ['--job-id', '750000000000001AAA']), ...NOBODY],
    theirs: ['data', 'bulk', 'results', '--job-id', '750000000000001AAA', ...NOBODY]
  })),
  {
    ours: ['bulkops', 'cleanup', 'apply', '--plan', '.', ...NOBODY],
    theirs: ['data', 'update', 'bulk', ...BULK, ...NOBODY]
  },
  {
    ours: ['bulkops', 'cleanup', 'undo', '--run', '.', ...NOBODY],
    theirs: ['data', 'update', 'bulk', ...BULK, ...NOBODY]
  },
  {
    ours: ['bulkops', 'cleanup', 'plan', '--definition', 'x.yaml', ...NOBODY],
    theirs: ['data', 'query', '--query', 'x', ...NOBODY]
  },
  {
    ours: ['bulkops', 'cleanup', 'init', '--sobject', 'Account', ...NOBODY],
    theirs: ['sobject', 'describe', '--sobject', 'Account', ...NOBODY]
  },
  {
    ours: ['bulkops', 'emulator', 'schema', 'pull', '--sobject', 'Account', ...NOBODY],
    theirs: ['sobject', 'describe', '--sobject', 'Account', ...NOBODY]
  },
  { ours: ['bulkops', 'emulator', 'start'], theirs: ['alias', 'list'], isServer: true },
  {
    ours: ['bulkops', 'export', 'verify', '--manifest', 'package.json', '--against-org', ...NOBODY],
    theirs: ['data', 'bulk', 'results', '--job-id', '750000000000001AAA', ...NOBODY]
  },
  { ours: ['bulkops', 'run', 'list'], theirs: ['alias', 'list'] },
  { ours: ['bulkops', 'run', 'show'], theirs: ['alias', 'list'] },
  { ours: ['bulkops', 'resume', '--use-most-recent'], theirs: ['alias', 'list'] }
];

const sf = await IsolatedSf.create();
const usagePath = join(sf.home, 'usage.json');
const usage = fileURLToPath(new URL('usage.cjs', import.meta.url));
const measured = await IsolatedSf.create({ NODE_OPTIONS: `--require ${usage}`, BENCH_USAGE: usagePath }, sf.home);
try {
  console.log('| command | CPU ms | official command | CPU ms | ratio | --help | official --help | ratio |');
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const { ours, theirs, isServer } of PAIRS) {
    const [our, their, ratio] = isServer ? ['–', '–', '–'] : await medians(ours, theirs);
    const help = await medians([...named(ours), '--help'], [...named(theirs), '--help']);
    const cells = [words(ours), our, words(theirs), their, ratio, ...help];
    console.log(`| ${cells.join(' | ')} |`);
  }
} finally {
  await sf.close();
}

/** Milliseconds of processor time of both, and their ratio. */
async function medians(
  ours: readonly string[],
  theirs: readonly string[]
): Promise<[our: string, their: string, ratio: string]> {
  const times: Array<[ours: number, theirs: number]> = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push([await cpuMsOf(ours), await cpuMsOf(theirs)]);
  const our = median(times.map(([ms]) => ms));
  const their = median(times.map(([, ms]) => ms));
  return [our.toFixed(0), their.toFixed(0), (our / their).toFixed(2)];
}

async function cpuMsOf(args: readonly string[]): Promise<number> {
  await measured.output(...args);
  const { cpuSeconds } = JSON.parse(await readFile(usagePath, 'utf8')) as { cpuSeconds: number };
  return cpuSeconds * 1000;
}

function median(all: readonly number[]): number {
  return [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN;
}

/** The command without its flags. */
function named(args: readonly string[]): readonly string[] {
  const flagAt = args.findIndex((arg) => arg.startsWith('-'));
  return flagAt === -1 ? args : args.slice(0, flagAt);
}

function words(args: readonly string[]): string {
  return `sf ${named(args).join(' ')}`;
}
