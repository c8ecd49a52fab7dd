import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** The unions whose members are documented, in the order of the document; those of engines that are not there yet are left out. */
const UNIONS = [
  { file: 'src/run/eventLines.ts', union: 'StreamEvent', heading: 'Every stream' },
  { file: 'src/run/loadEvents.ts', union: 'LoadEvent', heading: 'Loads: insert, update, upsert, delete' },
  { file: 'src/run/exportEvents.ts', union: 'ExportEvent', heading: 'Exports' },
  { file: 'src/run/cleanupEvents.ts', union: 'CleanupEvent', heading: 'Cleanups: apply and undo' },
  { file: 'src/bulk/watchEvents.ts', union: 'WatchEvent', heading: 'sf bulkops job watch' }
];

const INTRODUCTION = `# The events of a run

\`--events FILE\` copies what a run does into a file while it does it, and \`--events -\` to standard output: one JSON object a line (NDJSON). Whoever
follows a run reads this and nothing else: \`tail -f\`, a log shipper, a dashboard.

\`\`\`json
{"runId":"20261123-211500-upsert-Contact-7f3a","at":"2026-11-23T21:15:02.125Z","event":{"type":"job-created","part":1,"jobId":"7505f000004AbCdAAK"}}
\`\`\`

| field   | what it says                                                                                                      |
| ------- | ----------------------------------------------------------------------------------------------------------------- |
| \`runId\` | the run; missing only in the last line of one that broke off before it had an id                                  |
| \`at\`    | when, ISO 8601 in UTC                                                                                             |
| \`step\`  | in a cleanup, the step whose load the event is of; such events are those of loads                                 |
| \`event\` | what happened; \`type\` says which of the events below it is                                                        |

- The lines are the same events that the run keeps in its own \`journal.ndjson\`, between a \`run-started\` and a \`run-ended\`. A stream without
  \`run-ended\` is that of a run that was killed; \`sf bulkops resume\` with the same \`--events FILE\` adds to it.
- Fields are only ever added, and events too: skip what you do not know.
- No line holds a token or the URL of a webhook. Rows are not in them, but messages of errors and problems may quote a value.
- Events marked *live* are shown at the terminal and never copied or journaled.

This page is made from the types of the events by \`npm run generate\`.
`;

/** Writes docs/events.md from the unions of events in the sources: one section each, one entry for a member, with its comment and its fields. */
export function writeEventsDoc(root) {
  const sections = UNIONS.filter(({ file }) => existsSync(join(root, file))).map(({ file, union, heading }) =>
    section(join(root, file), union, heading)
  );
  writeFileSync(join(root, 'docs', 'events.md'), [INTRODUCTION, ...sections].join('\n'));
}

function section(path, union, heading) {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const found = source.statements.find((one) => ts.isTypeAliasDeclaration(one) && one.name.text === union);
  if (!found) throw new Error(`${path} has no type ${union}`);
  const entries = membersOf(found.type).flatMap(({ member, from }) => entry(member, source, from));
  return [`## ${heading}`, '', ...entries, ...typesSection(entries, source)].join('\n');
}

/** The members of a union, each with where the space before it begins. */
function membersOf(type) {
  if (!ts.isUnionTypeNode(type)) return [{ member: type, from: type.getFullStart() }];
  return type.types.map((member, at) => ({ member, from: at === 0 ? type.getFullStart() : type.types[at - 1].end }));
}

function entry(member, source, from) {
  const fields = fieldsOf(member, source);
  const type = fields.find(({ name }) => name === 'type')?.text.slice(1, -1);
  if (!type) throw new Error(`an event without a type: ${member.getText(source)}`);
  const comment = commentOf(source, from);
  const rest = fields.filter(({ name }) => name !== 'type');
  return [
    `### \`${type}\``,
    '',
    ...(comment ? [comment.replace(/^Live\./, '*Live.*'), ''] : []),
    ...rest.map(({ name, text, isOptional, note }) => {
      const optional = isOptional ? ', where there is one' : '';
      return `- \`${name}\`: \`${text}\`${optional}${note ? `. ${note}` : ''}`;
    }),
    ...(rest.length > 0 ? [''] : [])
  ];
}

function fieldsOf(type, source) {
  if (ts.isParenthesizedTypeNode(type)) return fieldsOf(type.type, source);
  if (ts.isIntersectionTypeNode(type)) return type.types.flatMap((one) => fieldsOf(one, source));
  if (ts.isTypeReferenceNode(type)) {
    const named = source.statements.find(
      (one) => ts.isTypeAliasDeclaration(one) && one.name.text === type.typeName.getText(source)
    );
    return named ? fieldsOf(named.type, source) : [];
  }
  if (!ts.isTypeLiteralNode(type)) throw new Error(`an event that is no object: ${type.getText(source)}`);
  return type.members.filter(ts.isPropertySignature).map((member) => ({
    name: member.name.getText(source),
    text: plainType(member.type.getText(source)),
    isOptional: member.questionToken !== undefined,
    note: commentOf(source, member.getFullStart())
  }));
}

/** Types whose name says nothing to a reader of JSON. */
const PLAIN = { JobId: 'string', RunId: 'string', PartNumber: 'number', CleanupStepName: 'string', JobState: 'string' };

function plainType(text) {
  return text
    .replaceAll(/\/\*\*.*?\*\//gs, '')
    .replaceAll(new RegExp(`\\b(${Object.keys(PLAIN).join('|')})\\b`, 'g'), (name) => PLAIN[name])
    .replaceAll(/\breadonly\s+/g, '')
    .replaceAll(/\bReadonlyArray</g, 'Array<')
    .replaceAll(/\s+/g, ' ');
}

/** The last doc comment in the space that begins at `from`; that of a union's member stands before its bar. */
function commentOf(source, from) {
  const text = source.getFullText();
  const last = (ts.getLeadingCommentRanges(text, from) ?? [])
    .map(({ pos, end }) => text.slice(pos, end))
    .filter((comment) => comment.startsWith('/**'))
    .at(-1);
  return last
    ?.replace(/^\/\*\*|\*\/$/g, '')
    .replaceAll(/^\s*\* ?/gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** The types that fields are of and that stand in the same file, each with its definition. */
function typesSection(entries, source) {
  const words = new Set(entries.join(' ').match(/\b[A-Z]\w+/g) ?? []);
  const named = source.statements.filter(
    (one) => ts.isTypeAliasDeclaration(one) && words.has(one.name.text) && !(one.name.text in PLAIN)
  );
  return named.map((one) => {
    const comment = commentOf(source, one.getFullStart());
    return `\`${one.name.text}\` is \`${plainType(one.type.getText(source))}\`.${comment ? ` ${comment}` : ''}\n`;
  });
}
