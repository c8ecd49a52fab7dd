import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const INTRODUCTION = `# Troubleshooting

Made by \`npm run generate\` from the tables that the plugin itself goes by: \`src/bulk/rowError.ts\` for rows, \`messages/\` for commands.

## Where to look

1. The exit code: 0 done, 68 some rows failed, 69 \`--wait\` ran out, 1 failed, 2 wrong usage (nothing was sent), 130 interrupted.
2. The summary at the end of the command, or \`sf bulkops run show\` for that of the latest run: errors by code, most frequent first, with what to do.
3. \`report.html\` in the run directory: the same with rows that show each error, and the jobs over time.
4. \`failed.csv\`: each row with its reason (\`sf__Error\`) and its number in the input (\`bulkops__Row\`). Mend it in place and load the file again.
5. \`journal.ndjson\`: everything that the run did, in order ([events](events.md)).
`;

const CLASSES = [
  {
    name: 'transient',
    heading: 'Rows that may go again as they are',
    text: 'The plugin sends them again by itself, up to `--retries` times, after a growing pause and in smaller jobs. What is in `failed.csv` with such a code failed each time.'
  },
  {
    name: 'permanent',
    heading: 'Rows that need other data',
    text: 'Sending them again changes nothing. Codes that begin with `BULKOPS_` are ours.'
  },
  {
    name: 'needs-a-person',
    heading: 'Rows that need somebody with rights in the org',
    text: 'The data may be right; the org does not let it in.'
  }
];

/** Writes docs/troubleshooting.md: what to do about each code of a row, and each error of a command. */
export async function writeTroubleshootingDoc(root) {
  const { ROW_ERRORS } = await import(pathToFileURL(join(root, 'lib', 'bulk', 'rowError.js')).href);
  const rows = CLASSES.map(({ name, heading, text }) => {
    const lines = Object.entries(ROW_ERRORS)
      .filter(([, entry]) => entry.class === name)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([code, { remedy }]) => `| \`${code}\` | ${cell(remedy)} |`);
    return [`## ${heading}`, '', text, '', '| code | what to do |', '| --- | --- |', ...lines, ''].join('\n');
  });
  const errors = commandErrors(join(root, 'messages')).map(
    ({ name, message, actions }) => `| \`${name}\` | ${cell(message)} | ${actions.map(cell).join('<br>')} |`
  );
  const commands = [
    '## Errors of commands',
    '',
    'By the `name` that `--json` has. `%s` stands for what the error names.',
    '',
    '| name | what it says | what to do |',
    '| --- | --- | --- |',
    ...errors,
    ''
  ].join('\n');
  writeFileSync(join(root, 'docs', 'troubleshooting.md'), [INTRODUCTION, ...rows, commands].join('\n'));
}

/** The messages that have actions are those of errors. */
function commandErrors(directory) {
  const errors = readdirSync(directory).flatMap((file) => {
    const texts = sections(readFileSync(join(directory, file), 'utf8'));
    return [...texts.keys()]
      .filter((key) => texts.has(`${key}.actions`))
      .map((key) => ({
        name: `${key[0].toUpperCase()}${key.slice(1)}${key.toLowerCase().endsWith('error') ? '' : 'Error'}`,
        message: texts.get(key),
        actions: texts
          .get(`${key}.actions`)
          .split('\n')
          .map((line) => line.replace(/^[-*] /, ''))
      }));
  });
  return errors.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function sections(markdown) {
  const found = markdown.matchAll(/^# (\S+)\n+([\s\S]*?)(?=\n# |$(?![\s\S]))/gm);
  return new Map([...found].map(([, key, text]) => [key, text.trim()]));
}

function cell(text) {
  return text
    .replace(/\s*\n\s*/g, ' ')
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;');
}
