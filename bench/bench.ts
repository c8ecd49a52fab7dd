import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Runs the benchmarks, each a program of its own that prints tables: `npm run bench` all of them in their quick forms, `npm run bench -- NAME …`
 * one with the flags that its head names. A new one is a file here and an entry in this table.
 */
const BENCHES: Readonly<Record<string, { readonly file: string; readonly what: string }>> = {
  'start-up': { file: 'startUp.ts', what: 'how soon each command starts and shows its help, beside the official ones' },
  upsert: { file: 'upsert.ts', what: 'sf bulkops upsert beside curl and sf data upsert bulk' },
  locks: { file: 'locks.ts', what: 'sf bulkops upsert with row locks beside one without' },
  validation: { file: 'validation.ts', what: 'what checking each value costs' },
  export: { file: 'export.ts', what: 'sf bulkops export beside curl and sf data export bulk' },
  matching: { file: 'matching.ts', what: 'precision, recall and cost of cleanup plans whose truth is known' },
  apply: { file: 'apply.ts', what: 'a cleanup apply beside curl sending the same jobs' },
  emulator: { file: 'emulator.ts', what: 'rows a second that the emulator takes' }
};

const [name, ...flags] = process.argv.slice(2);
if (name === undefined) {
  for (const [each, { what }] of Object.entries(BENCHES)) {
    console.log(`\n## ${each}: ${what}\n`);
    await run(each, []);
  }
} else if (BENCHES[name]) await run(name, flags);
else {
  for (const [each, { what }] of Object.entries(BENCHES)) console.log(`npm run bench -- ${each.padEnd(10)} ${what}`);
  process.exitCode = name === '--help' ? 0 : 2;
}

async function run(bench: string, args: readonly string[]): Promise<void> {
  const path = fileURLToPath(new URL(BENCHES[bench]?.file ?? '', import.meta.url));
  if (!existsSync(path)) throw new Error(`there is no ${path}`);
  const child = spawn(process.execPath, ['--import=tsx-loader', path, ...args], { stdio: 'inherit' });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) process.exitCode = 1;
}
