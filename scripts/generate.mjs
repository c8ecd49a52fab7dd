import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Config } from '@oclif/core';
import { writeEventsDoc } from './eventsDoc.mjs';

/**
 * Writes what is made from the sources: command-snapshot.json, schemas/, docs/events.md and the command reference of the README. Run after
 * `npm run build`; a test fails when they are stale.
 */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
writeEventsDoc(root);

// oclif loads plugins that serve development only when it is told that this is one.
process.env.NODE_ENV = 'development';
const snapshots = await Config.load({ root, devPlugins: true });
await snapshots.runCommand('snapshot:generate', []);
await snapshots.runCommand('schema:generate', []);

delete process.env.NODE_ENV;
const oclif = await Config.load({ root: `${root}/node_modules/oclif` });
await oclif.runCommand('readme', ['--no-aliases', '--plugin-directory', root]);
