import { parseArgs } from 'node:util';
import { IsolatedSf } from '../demo/sf.ts';

/** How long `--help` takes beside an official command: `npm run bench -- start-up --rounds 15`. Medians, taken in turns. */
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } });
const COMMANDS = ['data upsert bulk --help', 'bulkops upsert --help', 'bulkops --help'] as const;

const sf = await IsolatedSf.create();
try {
  const times = new Map<string, number[]>(COMMANDS.map((command) => [command, []]));
  for (let round = 0; round < Number(values.rounds); round += 1)
    for (const [command, all] of times) {
      const startedMs = performance.now();
      await sf.text(...command.split(' '));
      all.push(performance.now() - startedMs);
    }
  const theirs = median(times.get(COMMANDS[0]) ?? []);
  console.log('| command | ms | × sf data upsert bulk --help |');
  console.log('| --- | --- | --- |');
  for (const [command, all] of times)
    console.log(`| sf ${command} | ${median(all).toFixed(0)} | ${(median(all) / theirs).toFixed(2)} |`);
} finally {
  await sf.close();
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
