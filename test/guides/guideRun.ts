import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type EmulatedOrg } from '../nut/emulatedOrg.js';
import { type Block, type Command, type Guide, missingLine } from './guide.js';
import { workflowScript } from './workflow.js';

/** What became of one command of a guide; one that was never reached has no exit code. */
export type Ran = { readonly command: Command; readonly code?: number; readonly output: string };

/**
 * Runs all blocks of a guide in one bash, as somebody would who pastes them one after another, in a folder of its own; ends at the first
 * command that does not end as it should. Whatever the guide has started is ended with it.
 * @returns the commands of each block, in order
 */
export async function runGuide(guide: Guide, name: string, org: EmulatedOrg): Promise<Ran[][]> {
  const work = join(org.sf.home, 'guides', name);
  const notes = join(org.sf.home, 'notes', name);
  await mkdir(work, { recursive: true });
  await mkdir(notes, { recursive: true });
  const given = givenTo(notes, org);
  const blocks: Command[][] = [];
  for (const block of guide.blocks)
    blocks.push([...(await savingOf(block, { work, notes })), ...commandsOf(block, given)]);
  const commands = blocks.flat();
  const script = commands.map((command, at) => noted(command, join(notes, String(at))));
  await writeFile(join(notes, 'guide.sh'), ['code=0', ...script].join('\n'));
  const shell = org.sf.startShell(join(notes, 'guide.sh'), {
    cwd: work,
    env: { GITHUB_STEP_SUMMARY: join(notes, 'summary.md'), RUNNER_TEMP: notes }
  });
  await once(shell.process, 'exit');
  shell.endAll();
  const ran = await Promise.all(commands.map((command, at) => outcome(command, join(notes, String(at)))));
  return blocks.map((block) => ran.splice(0, block.length));
}

/** What is wrong with how a command went; undefined when nothing is. */
export function fault({ command, code, output }: Ran): string | undefined {
  if (code === undefined) return 'a command before it did not end as the guide says';
  if (command.exits !== undefined && code !== command.exits)
    return `it ended with ${code} and not with ${command.exits}:\n${output}`;
  const missing = missingLine(command.prints, output);
  return missing === undefined ? undefined : `it did not print "${missing}" where the guide has it, but:\n${output}`;
}

function commandsOf(block: Block, given: Readonly<Record<string, string>>): Command[] {
  if (block.kind === 'shell') return [...block.commands];
  if (block.kind === 'file') return [];
  const text = workflowScript(block.text, block.skips, given);
  return text === undefined ? [] : [{ line: block.line, text, prints: [], exits: block.exits }];
}

/** Runs the command where `$?` is that of the one before it, and writes down what it printed and how it ended. */
function noted({ text, exits }: Command, path: string): string {
  return [
    '(exit $code)',
    '{',
    text,
    `} > '${path}.out' 2>&1`,
    'code=$?',
    `echo $code > '${path}.code'`,
    exits === undefined ? '' : `[ $code = ${exits} ] || exit 1`
  ].join('\n');
}

async function outcome(command: Command, path: string): Promise<Ran> {
  const read = (end: string): Promise<string> =>
    readFile(path + end, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
  const code = await read('.code');
  return { command, code: code === '' ? undefined : Number(code), output: await read('.out') };
}

/** Saves the text of a block at its place in the guide, since a later block may be a new version of the same file. */
async function savingOf(block: Block, { work, notes }: { work: string; notes: string }): Promise<Command[]> {
  if (block.kind === 'shell' || block.saveAs === undefined) return [];
  const kept = join(notes, `${block.line}.file`);
  const path = join(work, block.saveAs);
  await writeFile(kept, block.text);
  return [{ line: block.line, text: `mkdir -p '${dirname(path)}' && cp '${kept}' '${path}'`, prints: [], exits: 0 }];
}

/** What GitHub gives to a workflow: the secrets of a CI user whom the org lets in by a key. */
function givenTo(notes: string, { emulator }: EmulatedOrg): Record<string, string> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    'secrets.SF_USERNAME': emulator.org.username,
    'secrets.SF_CLIENT_ID': 'bulkops-ci',
    'secrets.SF_INSTANCE_URL': emulator.org.url,
    'secrets.SF_JWT_KEY': String(privateKey.export({ type: 'pkcs1', format: 'pem' })),
    'runner.temp': notes
  };
}
