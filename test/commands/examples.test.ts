import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect } from 'chai';

const COMMANDS = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'src', 'commands');

type Flag = {
  readonly char?: string;
  readonly required?: boolean;
  readonly options?: readonly string[];
  readonly type: string;
};
type CommandClass = { readonly examples: readonly string[]; readonly flags: Readonly<Record<string, Flag>> };

/** Words of a command line; quotes keep words together. */
function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? ''
  );
}

describe('examples of commands', () => {
  const files = readdirSync(COMMANDS, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .sort();
  for (const file of files) {
    const id = file.slice(0, -'.ts'.length).replaceAll(/[\\/]/g, ' ');
    it(`of ${id} name flags that it has, and all that it needs`, async () => {
      const { default: command } = (await import(pathToFileURL(join(COMMANDS, file)).href)) as {
        default: CommandClass;
      };
      const lines = command.examples.flatMap((example) =>
        [...example.matchAll(/<%= config\.bin %> <%= command\.id %>(.*)/g)].map(([, rest = '']) => rest)
      );
      expect(lines.length).to.be.greaterThan(0);
      for (const line of lines) {
        const given = new Set<string>();
        const all = words(line.replace(/[|>].*$/, ''));
        for (const [at, word] of all.entries()) {
          if (!/^--?[a-zA-Z]/.test(word)) continue;
          const [named = '', glued] = word.replace(/^--?/, '').split('=', 2);
          const name = word.startsWith('--') ? named : charOf(command, named);
          if (BASE.has(name)) continue;
          const flag = command.flags[name] ?? command.flags[name.replace(/^no-/, '')];
          expect(flag, `${word} in "${line.trim()}"`).to.not.equal(undefined);
          given.add(name);
          const value = glued ?? all[at + 1];
          if (flag?.type === 'option')
            expect(value, `value of ${word} in "${line.trim()}"`).to.be.a('string').that.does.not.match(/^--/);
          if (flag?.options && value) for (const one of value.split(',')) expect(flag.options).to.include(one);
        }
        for (const [name, flag] of Object.entries(command.flags))
          if (flag.required && name !== 'target-org')
            expect(given, `"${line.trim()}" lacks --${name}`).to.include(name);
      }
    });
  }
});

/** Flags of every command of sf. */
const BASE: ReadonlySet<string> = new Set(['json', 'flags-dir', 'help']);

function charOf({ flags }: CommandClass, char: string): string {
  return Object.entries(flags).find(([, flag]) => flag.char === char)?.[0] ?? char;
}
