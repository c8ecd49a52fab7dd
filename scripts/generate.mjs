import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Config } from '@oclif/core';

/**
 * Writes what is made from the commands: command-snapshot.json, schemas/ and the command reference of the README. Run after
 * `npm run build`; a test fails when they are stale.
 */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);

// oclif loads plugins that serve development only when it is told that this is one.
process.env.NODE_ENV = 'development';
const snapshots = await Config.load({ root, devPlugins: true });
await snapshots.runCommand('snapshot:generate', []);
await snapshots.runCommand('schema:generate', []);

delete process.env.NODE_ENV;
const oclif = await Config.load({ root: `${root}/node_modules/oclif` });
await oclif.runCommand('readme', ['--no-aliases', '--plugin-directory', root]);
