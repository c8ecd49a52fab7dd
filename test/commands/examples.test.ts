import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Command, Config } from '@oclif/core';
import { Org } from '@salesforce/core';
import { createSandbox } from 'sinon';
import { expect } from 'chai';
import { tempDir } from '../tempDir.js';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const COMMANDS = join(ROOT, 'src', 'commands');

/** What the examples name, and a flag looks for. */
const FILES = ['faults.json', 'emulator-schema.json', 'students.csv', 'students.yaml', 'tx.csv.manifest.json'];
const DIRECTORIES = [
  'bulkops-plans/20261124-211500-students',
  'bulkops-runs/20261124-213000-cleanup-apply-Contact-7f3a'
];
const LOOKED_FOR: ReadonlySet<string> = new Set([...FILES, ...DIRECTORIES]);

/** What of a command is needed here; its `parse` is for itself. */
type CommandClass = {
  readonly examples?: Command.Class['examples'];
  new (args: string[], config: Config): { parse(of: CommandClass, args: string[]): Promise<unknown> };
};

/** The words of a command line as a shell has them, up to a pipe. */
function words(line: string): string[] {
  const found = [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)];
  const end = found.findIndex(([, , , plain]) => plain === '|');
  return (end === -1 ? found : found.slice(0, end)).map(([, double, single, plain]) => double ?? single ?? plain ?? '');
}

async function load(id: string): Promise<CommandClass> {
  const path = join(COMMANDS, `${id.replaceAll(' ', '/')}.ts`);
  return ((await import(pathToFileURL(path).href)) as { default: CommandClass }).default;
}

/** Each example as the command that it runs, and its words. A line may be of another command than the one whose help it stands in. */
function linesOf(
  { examples = [] }: Pick<CommandClass, 'examples'>,
  id: string
): Array<readonly [id: string, args: string[]]> {
  return examples
    .flatMap((example) => (typeof example === 'string' ? example : example.command).split('\n'))
    .map((line) => line.replace('<%= command.id %>', id).trim())
    .filter((line) => line.startsWith('<%= config.bin %> '))
    .map((line) => words(line.slice('<%= config.bin %> '.length)))
    .map((all) => {
      const flagAt = all.findIndex((word) => word.startsWith('-'));
      const at = flagAt === -1 ? all.length : flagAt;
      return [all.slice(0, at).join(' '), all.slice(at)] as const;
    });
}

/** Parses as the command does when it runs. */
async function parse(id: string, args: string[], config: Config): Promise<void> {
  const Given = await load(id);
  await new Given(args, config).parse(Given, args);
}

describe('examples of commands', () => {
  const dir = tempDir();
  const sandbox = createSandbox();
  let ids: string[] = [];
  let config: Config;

  before(async () => {
    const files = await readdir(COMMANDS, { recursive: true });
    ids = files.filter((path) => path.endsWith('.ts')).map((path) => path.slice(0, -3).replaceAll(/[\\/]/g, ' '));
    config = await Config.load(ROOT);
  });

  beforeEach(async () => {
    // Whoever pastes an example has the org, by its alias or as the default one.
    sandbox.stub(Org, 'create').resolves({ getConnection: () => ({}), getUsername: () => 'me@example.com' } as never);
    for (const name of DIRECTORIES) await mkdir(join(dir.path, name), { recursive: true });
    for (const name of FILES) await writeFile(join(dir.path, name), '{}');
  });
  afterEach(() => sandbox.restore());

  it('parse as they stand with the flags of their command', async () => {
    expect(ids).to.include('bulkops upsert');
    for (const id of ids) {
      const lines = linesOf(await load(id), id);
      expect(lines, id).to.not.have.length(0);
      for (const [of, args] of lines)
        await parse(
          of,
          args.map((word) => (LOOKED_FOR.has(word) ? join(dir.path, word) : word)),
          config
        ).catch((error: Error) => expect.fail(`sf ${of} ${args.join(' ')}: ${error.message}`));
    }
  });

  const WRONG: ReadonlyArray<readonly [what: string, line: string]> = [
    ['a flag that is not there', 'bulkops job list --object Contact'],
    ['a value that is none', 'bulkops job list --state Done'],
    ['a job id that is none', 'bulkops job show --job-id 123'],
    ['a flag that must be there', 'bulkops upsert --sobject Account --file accounts.csv'],
    ['a word too many', 'bulkops run list --limit 5 more']
  ];
  for (const [what, line] of WRONG)
    it(`would not pass with ${what}`, async () => {
      const [[id, args] = ['', []]] = linesOf({ examples: [`<%= config.bin %> ${line}`] }, '');
      expect(
        await parse(id, args, config).then(
          () => 'passed',
          (error: Error) => error.message
        )
      ).to.not.equal('passed');
    });
});
