import { type ColumnMapping, MappingProblem } from './columnMapping.js';

/**
 * Reads a mapping of Data Loader: properties of Java, a column and its field a line. Relationships are written `Owner:Email` or
 * `Owner:User-Email` there (ParentIdLookupFieldFormatter in its source).
 * @throws MappingProblem for a constant, and for a column that goes to several fields
 */
export function parseSdl(text: string): ColumnMapping[] {
  return properties(text).flatMap(({ line, key, value }) => {
    if (CONSTANT.test(key) && value === '') return []; // one that is not mapped
    if (CONSTANT.test(key))
      throw new MappingProblem(line, `${key} is a constant, which only Data Loader knows: add a column for ${value}`);
    if (value.includes(','))
      throw new MappingProblem(line, `the column "${key}" goes to several fields (${value}): map it to one of them`);
    return [{ column: key, line, field: value === '' ? null : pathOf(value) }];
  });
}

const CONSTANT = /^".*"$/;

type Property = { readonly line: number; readonly key: string; readonly value: string };

function pathOf(field: string): string {
  const typed = /^([^:]+):([^:-]+)-([^:-]+)$/.exec(field);
  if (typed) return `${typed[2]}:${typed[1]}.${typed[3]}`;
  return field.includes('.') ? field : field.replace(':', '.');
}

/** Lines of key and value, parted by the first `=`, `:` or space that is not escaped; a backslash at the end of a line goes on in the next. */
function properties(text: string): Property[] {
  const found: Property[] = [];
  const lines = text.split(/\r\n?|\n/);
  for (let at = 0; at < lines.length; at += 1) {
    const first = at;
    let whole = (lines[at] ?? '').trimStart();
    if (whole === '' || whole.startsWith('#') || whole.startsWith('!')) continue;
    while (/(?:^|[^\\])(?:\\\\)*\\$/.test(whole) && at + 1 < lines.length) {
      at += 1;
      whole = whole.slice(0, -1) + (lines[at] ?? '').trimStart();
    }
    const [, key = '', value = ''] = /^((?:\\.|[^\\=:\s])*)\s*[=:]?\s*(.*)$/s.exec(whole) ?? [];
    found.push({ line: first + 1, key: unescaped(key, first + 1), value: unescaped(value, first + 1).trim() });
  }
  return found;
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function unescaped(text: string, line: number): string {
  return text.replace(/\\(u([0-9a-fA-F]{4})?|[^])/g, (_all, character: string, code: string | undefined) => {
    if (code !== undefined) return String.fromCharCode(parseInt(code, 16));
    if (character === 'u') throw new MappingProblem(line, 'what follows \\u is no character');
    return ESCAPES[character] ?? character;
  });
}
