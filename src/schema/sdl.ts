import { fieldsOf, MappingProblem, type Mappings } from './columnMapping.js';

/**
 * Reads a mapping of Data Loader (Mapper and ParentIdLookupFieldFormatter in its source): properties of Java, a column and its fields, parted by commas, a
 * line. A column in quotes is a constant. Relationships are written `Owner:Email` or `Owner:User-Email`.
 * @throws MappingProblem
 */
export function parseSdl(text: string): Mappings {
  const mappings: Mappings = { columns: [], constants: [] };
  for (const { line, key, value } of properties(text)) {
    const fields = value
      .split(',')
      .map((field) => field.trim())
      .filter((field) => field !== '')
      .map(pathOf);
    const constant = CONSTANT.exec(key)?.[1];
    if (constant !== undefined) mappings.constants.push(...fields.map((field) => ({ field, value: constant, line })));
    else {
      if (key === '') throw new MappingProblem(line, 'no column stands before the =');
      // Data Loader takes it for a column that is not there, and passes over it.
      if (key.startsWith('"') && value.includes('"'))
        throw new MappingProblem(line, 'within a constant a space is written "\\ ", a colon "\\:" and an = "\\="');
      mappings.columns.push({ column: key, line, ...fieldsOf(fields) });
    }
  }
  return mappings;
}

const CONSTANT = /^"(.*)"$/s;

type Property = { readonly line: number; readonly key: string; readonly value: string };

function pathOf(field: string): string {
  const typed = /^([^:]+):([^:-]+)-([^:-]+)$/.exec(field);
  if (typed) return `${typed[2]}:${typed[1]}.${typed[3]}`;
  return field.includes('.') ? field : field.replace(':', '.');
}

/** Lines of key and value, parted by the first `=`, `:` or blank that is not escaped; a backslash at the end of a line goes on in the next. */
function properties(text: string): Property[] {
  const found: Property[] = [];
  const lines = text.split(/\r\n?|\n/).map(withoutIndent);
  for (let at = 0; at < lines.length; at += 1) {
    const first = at;
    let whole = lines[at] ?? '';
    if (whole === '' || whole.startsWith('#') || whole.startsWith('!')) continue;
    while (/(?:^|[^\\])(?:\\\\)*\\$/.test(whole) && at + 1 < lines.length) {
      at += 1;
      whole = whole.slice(0, -1) + (lines[at] ?? '');
    }
    const [, key = '', value = ''] = /^((?:\\.|[^\\=: \t\f])*)[ \t\f]*[=:]?[ \t\f]*(.*)$/s.exec(whole) ?? [];
    found.push({ line: first + 1, key: unescaped(key, first + 1), value: unescaped(value, first + 1).trim() });
  }
  return found;
}

/** Other spaces are part of a name, as Java has it. */
function withoutIndent(line: string): string {
  return line.replace(/^[ \t\f]+/, '');
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function unescaped(text: string, line: number): string {
  return text.replace(/\\(u([0-9a-fA-F]{4})?|[^])/g, (_all, character: string, code: string | undefined) => {
    if (code !== undefined) return String.fromCharCode(parseInt(code, 16));
    if (character === 'u') throw new MappingProblem(line, 'what follows \\u is no character');
    return ESCAPES[character] ?? character;
  });
}
