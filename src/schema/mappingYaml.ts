import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml';
import { type ColumnMapping, type ConstantMapping, fieldsOf, MappingProblem, type Mappings } from './columnMapping.js';

/**
 * Reads a mapping in YAML: for each column its field or a list of fields, nothing for a column that is not sent, or a map of `field` and `values`; a
 * map with `constant` is no column but a value that every row has.
 * @throws MappingProblem
 */
export function parseMappingYaml(text: string): Mappings {
  const counter = new LineCounter();
  const lineOf = (node: Place): number => counter.linePos(node?.range?.[0] ?? 0).line;
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const [error] = [...document.errors, ...document.warnings];
  if (error) throw new MappingProblem(counter.linePos(error.pos[0]).line, error.message);
  const { contents } = document;
  if (!isMap(contents)) throw new MappingProblem(lineOf(contents), 'it is no list of columns and their fields');
  const mappings: Mappings = { columns: [], constants: [] };
  for (const pair of contents.items) {
    const key = nodeOf(pair.key);
    const named = { column: writtenText(key, lineOf), line: lineOf(key) };
    const { constant, ...target } = targetOf(nodeOf(pair.value), lineOf);
    if (constant === undefined) mappings.columns.push({ ...named, ...target });
    else mappings.constants.push(...constants({ ...named, ...target }, constant));
  }
  return mappings;
}

/** The key of a constant is its field where no other is named. */
function constants(mapping: ColumnMapping, value: string): ConstantMapping[] {
  const { column, line, field = column, also = [], values } = mapping;
  if (field === null || values) throw new MappingProblem(line, 'a constant has a field and no table of values');
  return [field, ...also].map((one) => ({ column, field: one, value, line }));
}

type Place = Node | null | undefined;
type LineOf = (node: Place) => number;

type Target = Pick<ColumnMapping, 'field' | 'also' | 'values'> & { readonly constant?: string };

function targetOf(node: Place, lineOf: LineOf): Target {
  if (!isMap(node)) return fieldsNamed(node, lineOf);
  let target: Target = {};
  for (const { key, value } of node.items) {
    const name = writtenText(nodeOf(key), lineOf);
    const what = nodeOf(value);
    if (name === 'field') target = { ...target, ...fieldsNamed(what, lineOf) };
    else if (name === 'values') target = { ...target, values: tableOf(what, lineOf) };
    else if (name === 'constant') target = { ...target, constant: sentText(what, lineOf) };
    else throw new MappingProblem(lineOf(nodeOf(key)), `"${name}" is none of field, values and constant`);
  }
  return target;
}

function fieldsNamed(node: Place, lineOf: LineOf): Pick<ColumnMapping, 'field' | 'also'> {
  const nodes = isSeq(node) ? node.items.map(nodeOf) : [node];
  const names = nodes.map((one) => (isNull(one) ? '' : writtenText(one, lineOf).trim()));
  return fieldsOf(names.filter((name) => name !== ''));
}

function tableOf(node: Place, lineOf: LineOf): Record<string, string> {
  if (!isMap(node)) throw new MappingProblem(lineOf(node), 'values is no list of values and what is sent for them');
  return Object.fromEntries(
    node.items.map(({ key, value }: Pair): [string, string] => {
      return [writtenText(nodeOf(key), lineOf), sentText(nodeOf(value), lineOf)];
    })
  );
}

/** Nothing empties the field. */
function sentText(node: Place, lineOf: LineOf): string {
  return isNull(node) ? '#N/A' : writtenText(node, lineOf);
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
