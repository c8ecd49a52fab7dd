import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const NPM = join(ROOT, 'node_modules', 'npm', 'bin', 'npm-cli.js');

describe('the tarball', () => {
  let paths: readonly string[];

  before(async () => {
    const args = [NPM, 'pack', '--dry-run', '--json', '--ignore-scripts', '--silent'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, maxBuffer: 16 * 1024 * 1024 });
    const [packed] = JSON.parse(stdout) as [{ files: Array<{ path: string }> }];
    paths = packed.files.map(({ path }) => path);
  });

  it('holds what the plugin runs on', () => {
    expect(paths).to.include.members([
      'lib/commands/bulkops/upsert.js',
      'messages/load.md',
      'schemas/bulkops-upsert.json',
      'schemas/cleanup-definition.json',
      'oclif.manifest.json',
      'README.md',
      'LICENSE',
      'CHANGELOG.md'
    ]);
    expect(paths.some((path) => path.startsWith('assets/'))).to.equal(true);
  });

  it('holds nothing else', () => {
    const known = /^(lib\/.+\.(js|d\.ts)|messages\/.+\.md|schemas\/.+\.json|assets\/.+)$/;
    const whole = ['package.json', 'oclif.manifest.json', 'README.md', 'LICENSE', 'CHANGELOG.md'];
    expect(paths.filter((path) => !known.test(path) && !whole.includes(path))).to.deep.equal([]);
  });
});
