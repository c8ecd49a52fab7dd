import { readFile } from 'node:fs/promises';
import { Messages, type SfError } from '@salesforce/core';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { type z } from 'zod';
import { nearestNames } from '../../schema/nearest.js';
import { type Definition, plainDefinition, type Rule } from './definition.js';
import { guardsOf } from './guards.js';
import { knownKeys } from './knownKeys.js';
import { definitionSchema, type WrittenRule } from './schema.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'cleanup');

/** @throws SfError `DefinitionMissingError`, `DefinitionInvalidError` */
export async function readDefinition(path: string): Promise<Definition> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw messages.createError('definitionMissing', [path, error.message]);
  });
  return parseDefinition(text, path);
}

/**
 * Reads a definition, in YAML or JSON (which is YAML too).
 * @param name the file's name, for errors
 * @throws SfError `DefinitionInvalidError` with line, column and path of everything that is wrong
 */
export function parseDefinition(text: string, name: string): Definition {
  const lines = new LineCounter();
  const document = parseDocument(text.replace(/^\uFEFF/, ''), { lineCounter: lines, prettyErrors: false });
  const broken = [...document.errors, ...document.warnings].map(
    ({ pos, message }) => `${place(lines, pos[0])}: ${message}`
  );
  if (broken.length > 0) throw invalid(name, broken);
  // Aliases beyond this would let a small file fill the memory.
  const parsed = definitionSchema.safeParse(document.toJS({ maxAliasCount: 100 }));
  if (!parsed.success) {
    const found = parsed.error.issues.flatMap(concrete).map((issue) => told(issue, document, lines));
    throw invalid(name, [...new Set(found)]);
  }
  const definition = plainDefinition(parsed.data);
  const contradictions = contradictionsOf(definition).map(
    ({ path, problem }) => `${place(lines, offsetOf(document, path))}: ${path.join('.')} ${problem}`
  );
  if (contradictions.length > 0) throw invalid(name, contradictions);
  return definition;
}

/**
 * The definition of the flags `--match` and `--standardize`.
 * @throws SfError `DefinitionInvalidError`
 */
export function definitionOfFlags(flags: {
  readonly sobject: string;
  readonly where?: string;
  /** `Email`, or `LastName,Birthdate`: equal in all of them. */
  readonly match: readonly string[];
  /** `Phone=phone:US` */
  readonly standardize: readonly string[];
  /** All fields that the records have: some of them keep apart who shares an e-mail address, see `guardsOf`. */
  readonly columns?: readonly string[];
}): Definition {
  const standardize: Record<string, unknown[]> = {};
  for (const one of flags.standardize.flatMap((list) => list.split(','))) {
    const [field = '', ...step] = one.split('=');
    const [name = '', ...told] = step.join('=').split(':');
    (standardize[field.trim()] ??= []).push(told.length === 0 ? name.trim() : { [name.trim()]: told.join(':').trim() });
  }
  const written = {
    sobject: flags.sobject,
    where: flags.where,
    standardize,
    match: flags.match.map((fields) => ({
      name: fields,
      fields: fields.split(',').map((field) => field.trim())
    })),
    'never-match': flags.match.length === 0 ? [] : guardsOf(flags.columns ?? [])
  };
  const parsed = definitionSchema.safeParse(written);
  if (parsed.success) return plainDefinition(parsed.data);
  throw invalid(
    'of the flags',
    parsed.error.issues.flatMap(concrete).map(({ path, message }) => `${path.join('.')}: ${message}`)
  );
}

type Issue = z.core.$ZodIssue;

/** Where one of several forms was meant, the complaints about the form that came nearest; those about the others only mislead. */
function concrete(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const inside = issue.errors.map((issues) =>
    issues.flatMap(concrete).map((one): Issue => ({ ...one, path: [...issue.path, ...one.path] }))
  );
  const nearest = inside.sort((one, other) => distance(one, issue.path) - distance(other, issue.path))[0];
  return nearest ?? [issue];
}

/** A form whose complaints lie deeper fits better; one that was refused as a whole, or for a key that it does not know, fits least. */
function distance(issues: readonly Issue[], path: Issue['path']): number {
  const isOfOtherShape = issues.some((one) => one.path.length === path.length && one.code === 'invalid_type');
  const hasUnknownKey = issues.some((one) => one.path.length === path.length && one.code === 'unrecognized_keys');
  const deepest = Math.max(...issues.map((one) => one.path.length));
  return (isOfOtherShape ? 1000 : 0) + (hasUnknownKey ? 500 : 0) - deepest;
}

function told(issue: Issue, document: Document, lines: LineCounter): string {
  const where = issue.path.length === 0 ? 'the definition' : issue.path.join('.');
  const key = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = key === undefined ? issue.path : [...issue.path, key];
  const hint = key === undefined ? '' : hintAt(issue.path, key);
  return `${place(lines, offsetOf(document, path))}: ${where}: ${issue.message}${hint}`;
}

/** What may have been meant by a key that is none. */
function hintAt(path: readonly PropertyKey[], key: string): string {
  const known = knownKeys(definitionSchema, path);
  return known.length === 0 ? '' : `; perhaps ${nearestNames(key, known).join(', ')}`;
}

/** Where a path stands in the text: its own key or value, or what is nearest above it. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function place(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `line ${Math.max(line, 1)}, column ${Math.max(col, 1)}`;
}

type Contradiction = { readonly path: ReadonlyArray<string | number>; readonly problem: string };

/** What each part allows, and their whole does not. */
function contradictionsOf({ rules, written, standardize }: Definition): Contradiction[] {
  const found: Contradiction[] = [];
  if (rules.length === 0 && standardize.size === 0)
    found.push({ path: ['sobject'], problem: 'has neither "match" nor "standardize", so there is nothing to do' });
  if (written.thresholds.review > written.thresholds.merge)
    found.push({ path: ['thresholds'], problem: 'has a "review" above its "merge"' });
  for (const [i, rule] of rules.entries()) {
    if (rules.findIndex(({ name }) => name === rule.name) !== i)
      found.push({ path: ['match', i], problem: `has the name "${rule.name}" a second time` });
    const fields = new Set(rule.fields.map(({ field }) => field));
    for (const field of rule.swapped ?? [])
      if (!fields.has(field))
        found.push({ path: ['match', i, 'swapped'], problem: `names ${field}, which is not among the fields` });
    for (const field of rule.shared)
      if (!fields.has(field))
        found.push({ path: ['match', i, 'shared'], problem: `names ${field}, which is not among the fields` });
    found.push(
      ...ofOtherScore(rule, written.match[i]).map((key): Contradiction => ({
        path: ['match', i, key],
        problem: `is not for a score that is a ${rule.score}`
      }))
    );
    for (const { field, follows } of rule.fields)
      if (follows !== undefined && !fields.has(follows))
        found.push({
          path: ['match', i, 'fields', field, 'follows'],
          problem: `names ${follows}, which is not among the fields`
        });
  }
  for (const [field, steps] of standardize)
    for (const step of steps)
      if (typeof step === 'object' && 'map' in step && goesInCircles(step.map))
        found.push({ path: ['standardize', field], problem: 'has a map that leads from a value back to itself' });
  return found;
}

/** What is written of a rule whose score is another. */
function ofOtherScore({ score }: Rule, written: WrittenRule | undefined): string[] {
  if (typeof written !== 'object') return [];
  const foreign = score === 'mean' ? (['shared'] as const) : (['chance', 'evidence'] as const);
  return foreign.filter((key) => written[key] !== undefined);
}

function goesInCircles(map: Readonly<Record<string, string>>): boolean {
  const next = new Map(Object.entries(map).map(([from, to]) => [from.trim().toLowerCase(), to.trim().toLowerCase()]));
  for (const start of next.keys()) {
    const seen = new Set<string>();
    for (let at: string | undefined = start; at !== undefined && next.get(at) !== at; at = next.get(at)) {
      if (seen.has(at)) return true;
      seen.add(at);
    }
  }
  return false;
}

function invalid(name: string, problems: readonly string[]): SfError {
  const shown = problems.slice(0, MOST_PROBLEMS).map((problem) => `  ${problem}`);
  if (problems.length > MOST_PROBLEMS) shown.push(`  … and ${problems.length - MOST_PROBLEMS} more`);
  return messages.createError('definitionInvalid', [name, shown.join('\n')]);
}

const MOST_PROBLEMS = 20;
