import { isAlias, isMap, isNode, isScalar, LineCounter, type Node, type Pair, parseDocument } from 'yaml';
import { type ColumnMapping, MappingProblem } from './columnMapping.js';

/**
 * Reads a mapping in YAML: for each column its field, nothing for a column that is not sent, or a map of `field` and `values`.
 * @throws MappingProblem
 */
export function parseMappingYaml(text: string): ColumnMapping[] {
  const counter = new LineCounter();
  const lineOf = (node: Place): number => counter.linePos(node?.range?.[0] ?? 0).line;
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const [error] = [...document.errors, ...document.warnings];
  if (error) throw new MappingProblem(counter.linePos(error.pos[0]).line, error.message);
  const { contents } = document;
  if (!isMap(contents)) throw new MappingProblem(lineOf(contents), 'it is no list of columns and their fields');
  return contents.items.map((pair) => {
    const key = nodeOf(pair.key);
    const line = lineOf(key);
    const column = writtenText(key, lineOf);
    return { column, line, ...target(nodeOf(pair.value), lineOf) };
  });
}

type Place = Node | null | undefined;
type LineOf = (node: Place) => number;

function target(node: Place, lineOf: LineOf): Pick<ColumnMapping, 'field' | 'values'> {
  if (isMap(node)) {
    const known: { field?: string | null; values?: Record<string, string> } = {};
    for (const { key, value } of node.items) {
      const name = writtenText(nodeOf(key), lineOf);
      const what = nodeOf(value);
      if (name === 'field') known.field = fieldOf(what, lineOf);
      else if (name === 'values') known.values = tableOf(what, lineOf);
      else throw new MappingProblem(lineOf(nodeOf(key)), `"${name}" is neither field nor values`);
    }
    return known;
  }
  return { field: fieldOf(node, lineOf) };
}

function fieldOf(node: Place, lineOf: LineOf): string | null {
  if (isNull(node)) return null;
  const field = writtenText(node, lineOf).trim();
  return field === '' ? null : field;
}

/** Nothing as the new value empties the field. */
function tableOf(node: Place, lineOf: LineOf): Record<string, string> {
  if (!isMap(node)) throw new MappingProblem(lineOf(node), 'values is no list of values and what is sent for them');
  return Object.fromEntries(
    node.items.map(({ key, value }: Pair): [string, string] => {
      const now = nodeOf(value);
      return [writtenText(nodeOf(key), lineOf), isNull(now) ? '#N/A' : writtenText(now, lineOf)];
    })
  );
}

function isNull(node: Place): boolean {
  return !node || (isScalar(node) && node.value === null);
}

/** As it is written: `yes`, `1.0` and `007` are texts here. */
function writtenText(node: Place, lineOf: LineOf): string {
  if (isScalar(node)) return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
  throw new MappingProblem(lineOf(node), isAlias(node) ? 'an alias stands where a text should' : 'a text is missing');
}

/** Of a document that was parsed, keys and values are nodes. */
function nodeOf(part: unknown): Place {
  return isNode(part) ? part : undefined;
}
