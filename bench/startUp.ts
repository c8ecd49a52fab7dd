import { parseArgs } from 'node:util';
import { IsolatedSf } from '../demo/sf.ts';

/**
 * What it takes to start each command, beside the official command that is most like it: `npm run bench -- start-up --rounds 15`. Medians;
 * the two are timed by turns, so that what else the machine does meets both.
 */
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } });

/** An org that nobody is logged in to: a command is loaded, its flags are parsed, and there it ends. What it would do next is not start-up. */
const NOBODY = ['--target-org', 'nobody@nowhere.invalid'];
const BULK = ['--sobject', 'Account', '--file', 'package.json'];

type Pair = { readonly ours: readonly string[]; readonly theirs: readonly string[] };

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
  { ours: ['bulkops', 'run', 'list'], theirs: ['alias', 'list'] },
  { ours: ['bulkops', 'run', 'show'], theirs: ['alias', 'list'] },
  { ours: ['bulkops', 'resume', '--use-most-recent'], theirs: ['alias', 'list'] }
];

const sf = await IsolatedSf.create();
try {
  console.log('| command | ms | official command | ms | ratio |');
  console.log('| --- | --- | --- | --- | --- |');
  for (const { ours, theirs } of PAIRS) {
    const times: Array<[ours: number, theirs: number]> = [];
    for (let round = 0; round < Number(values.rounds); round += 1)
      times.push([await timeOf(ours), await timeOf(theirs)]);
    const our = median(times.map(([ms]) => ms));
    const their = median(times.map(([, ms]) => ms));
    const cells = [words(ours), our.toFixed(0), words(theirs), their.toFixed(0), (our / their).toFixed(2)];
    console.log(`| ${cells.join(' | ')} |`);
  }
} finally {
  await sf.close();
}

async function timeOf(args: readonly string[]): Promise<number> {
  const startedMs = performance.now();
  await sf.output(...args);
  return performance.now() - startedMs;
}

function median(all: readonly number[]): number {
  return [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN;
}

function words(args: readonly string[]): string {
  return `sf ${args
    .slice(
      0,
      Math.max(
        args.findIndex((arg) => arg.startsWith('-')),
        0
      ) || args.length
    )
    .join(' ')}`;
}
