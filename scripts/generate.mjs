import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Config } from '@oclif/core';
import { definitionJsonSchema } from '../lib/cleanup/definition/jsonSchema.js';
import { writeEventsDoc } from './eventsDoc.mjs';
import { writeTroubleshootingDoc } from './troubleshootingDoc.mjs';

/**
 * Writes what is made from the sources: command-snapshot.json, schemas/, docs/events.md, docs/troubleshooting.md, and the command reference in
 * docs/commands/ with its list in the README. Run after
 * `npm run build`; a test fails when they are stale.
 */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
writeEventsDoc(root);
await writeTroubleshootingDoc(root);
writeFileSync('schemas/cleanup-definition.json', `${JSON.stringify(definitionJsonSchema(), undefined, 2)}\n`);

// oclif loads plugins that serve development only when it is told that this is one.
process.env.NODE_ENV = 'development';
const snapshots = await Config.load({ root, devPlugins: true });
await shareProgram(snapshots);
await snapshots.runCommand('snapshot:generate', []);
await snapshots.runCommand('schema:generate', []);

delete process.env.NODE_ENV;
const oclif = await Config.load({ root: `${root}/node_modules/oclif` });
const reference = ['--multi', '--output-dir', 'docs/commands', '--nested-topics-depth', '2'];
rmSync(join(root, 'docs', 'commands'), { recursive: true, force: true });
await oclif.runCommand('readme', ['--no-aliases', ...reference, '--plugin-directory', root]);
tidyReference();

/** Drops the page of the topic bulkops, which has all commands once more, and names topics as they are typed. */
function tidyReference() {
  const directory = join(root, 'docs', 'commands');
  rmSync(join(directory, 'bulkops.md'));
  for (const name of readdirSync(join(directory, 'bulkops'))) {
    const page = join(directory, 'bulkops', name);
    writeFileSync(page, readFileSync(page, 'utf8').replace(/^`sf bulkops:(\w+)`\n=+/, '# `sf bulkops $1`'));
  }
  const readme = join(root, 'README.md');
  const lines = readFileSync(readme, 'utf8').split('\n');
  const isWanted = (line) => !/\(docs\/commands\/bulkops\.md\)|^# Command Topics$/.test(line);
  writeFileSync(readme, lines.filter(isWanted).join('\n'));
}

/** The plugin reads all sources again for the schema of each command, a second every time: here they are read once. */
async function shareProgram(config) {
  const plugin = config.plugins.get('@oclif/plugin-command-snapshot');
  const path = join(plugin.root, 'lib/commands/schema/generate.js');
  const { SchemaGenerator } = await import(pathToFileURL(path).href);
  const { createGenerator, createProgram, DEFAULT_CONFIG } = createRequire(path)('ts-json-schema-generator');
  const how = { ...DEFAULT_CONFIG, skipTypeCheck: true };
  const tsProgram = createProgram({ ...how, path: join(root, 'src/commands/**/*.ts') });
  SchemaGenerator.prototype.generateSchema = (type, file) =>
    createGenerator({ ...how, path: file, type, tsProgram }).createSchema(type);
}
