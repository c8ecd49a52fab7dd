import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { IsolatedSf } from '../../demo/sf.ts';

/** Flags that take one of a few values, and one of their values each. */
const ENUMERATED = {
  'run list': { status: 'Interrupted' },
  'job list': { state: 'JobComplete', operation: 'hardDelete', kind: 'query', sort: 'modified' },
  'job results': { result: 'unprocessed' },
  upsert: { 'on-duplicate': 'reject', validate: 'header', results: 'failed', 'input-format': 'ndjson' },
  export: { 'result-format': 'parquet', 'column-delimiter': 'SEMICOLON', 'line-ending': 'CRLF' }
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

describe('what the shell and flag files know of our flags', () => {
  let sf: IsolatedSf;

  before(async () => {
    sf = await IsolatedSf.create();
  });
  after(async () => sf.close());

  it('completes the values of every enumerated flag', async () => {
    await sf.text('autocomplete', '--refresh-cache', 'zsh');
    const functions = await readFile(join(sf.home, 'sf-cache', 'autocomplete', 'functions', 'zsh', '_sf'), 'utf8');
    const ours = functions.slice(functions.indexOf('_sf_bulkops'));
    for (const [command, flags] of Object.entries(ENUMERATED))
      for (const [flag, value] of Object.entries(flags)) {
        const line = ours
          .split('\n')
          .find((one) => one.replace(/[{}"]/g, '').includes(`--${flag}[`) && one.includes(value));
        expect(line, `--${flag} of ${command}`).to.match(/options:\(.*\)/);
      }
  });

  it('takes flags from a directory', async () => {
    const directory = join(sf.home, 'flags');
    await mkdir(directory);
    await writeFile(join(directory, 'status'), 'Broken\n');
    const { code, stderr } = await sf.output('bulkops', 'run', 'list', '--flags-dir', directory);
    expect(code).to.equal(2);
    expect(stderr).to.contain('--status=Broken').and.to.contain('Interrupted');
  });
});
