import { nearMisses } from './nearMiss.js';
import { malformed, soqlTokens, type Token } from './soqlTokens.js';

/** What a query selects, item by item. */
export type SelectItem = { readonly at: number } & (
  | { readonly kind: 'field'; readonly path: string }
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'subquery' | 'typeof' }
);

export type ClauseName = (typeof CLAUSES)[number]['name'];

export type Clause = { readonly name: ClauseName; readonly at: number; readonly tokens: readonly Token[] };

/** A query as far as its clauses; what stands within them is for the org to judge. */
export type SoqlQuery = {
  readonly soql: string;
  readonly sobject: string;
  /** Where the object is named. */
  readonly sobjectAt: number;
  /** Whether fields may carry another prefix than the object's own: FROM names more than one thing. */
  readonly hasJoin: boolean;
  readonly select: readonly SelectItem[];
  /** In their order; SELECT and FROM are not among them. */
  readonly clauses: readonly Clause[];
};

const CLAUSES = [
  { name: 'USING SCOPE', words: ['using', 'scope'] },
  { name: 'WHERE', words: ['where'] },
  { name: 'WITH', words: ['with'] },
  { name: 'GROUP BY', words: ['group', 'by'] },
  { name: 'HAVING', words: ['having'] },
  { name: 'ORDER BY', words: ['order', 'by'] },
  { name: 'LIMIT', words: ['limit'] },
  { name: 'OFFSET', words: ['offset'] },
  { name: 'FOR', words: ['for'] },
  { name: 'UPDATE', words: ['update'] },
  { name: 'ALL ROWS', words: ['all', 'rows'] }
] as const;

/**
 * The clauses of a query and where they stand.
 * @throws SfError `SoqlMalformedError` with the place where it stops being one
 */
export function readSoql(soql: string): SoqlQuery {
  const tokens = soqlTokens(soql);
  checkParentheses(soql, tokens);
  const [first] = tokens;
  if (!first || !isWord(first, 'select')) throw malformed(soql, first?.at ?? 0, 'SELECT is expected');
  const from = atTop(tokens).find((index) => index > 0 && isWord(tokens[index], 'from'));
  if (from === undefined) throw withoutFrom(soql, tokens);
  const rest = atTop(tokens).filter((index) => index > from);
  const starts = clauseStarts(tokens, rest);
  const objectEnd = starts[0]?.index ?? tokens.length;
  const source = tokens.slice(from + 1, objectEnd);
  const [object] = source;
  if (object?.kind !== 'word' || !/^[A-Za-z]\w*$/.test(object.text))
    throw malformed(soql, object?.at ?? soql.length, 'the name of an object is expected after FROM');
  const alias = aliasOf(soql, source);
  return {
    soql,
    sobject: object.text,
    sobjectAt: object.at,
    hasJoin: source.some(({ text }) => text === ','),
    select: selectItems(soql, tokens.slice(1, from)).map((item) => withoutPrefix(item, [object.text, alias])),
    clauses: starts.map(({ index, name, length }, at) => ({
      name,
      at: tokens[index]?.at ?? 0,
      tokens: clauseTokens(soql, tokens.slice(index + length, starts[at + 1]?.index ?? tokens.length), {
        name,
        prefixes: [object.text, alias]
      })
    }))
  };
}

/** Points at a FROM that was misspelt, if there is one. */
function withoutFrom(soql: string, tokens: readonly Token[]): Error {
  const meant = atTop(tokens).find(
    (index) =>
      index > 1 && tokens[index - 1]?.text !== ',' && nearMisses('from', [tokens[index]?.text ?? '']).length > 0
  );
  return meant === undefined
    ? malformed(soql, soql.length, 'FROM is missing')
    : malformed(soql, tokens[meant]?.at ?? 0, 'FROM is expected');
}

export function clause(query: SoqlQuery, name: ClauseName): Clause | undefined {
  return query.clauses.find((found) => found.name === name);
}

const OPERATORS: ReadonlySet<string> = new Set([
  '=',
  '!=',
  '<>',
  '<',
  '>',
  '<=',
  '>=',
  'like',
  'in',
  'not',
  'includes',
  'excludes'
]);
const CONNECTORS: ReadonlySet<string> = new Set(['and', 'or', 'not']);
const ORDER_WORDS: ReadonlySet<string> = new Set(['asc', 'desc', 'nulls', 'first', 'last']);

/** Fields that WHERE compares and ORDER BY sorts by, with their places; those within subqueries and functions are not among them. */
export function fieldsUsed(query: SoqlQuery): Array<{ readonly path: string; readonly at: number }> {
  const where = clause(query, 'WHERE')?.tokens ?? [];
  const order = clause(query, 'ORDER BY')?.tokens ?? [];
  const compared = outsideOfSubqueries(where).filter((token, index, all) => {
    const next = all[index + 1];
    const isField = token.kind === 'word' && isName(token.text) && !CONNECTORS.has(token.text.toLowerCase());
    return isField && next !== undefined && OPERATORS.has(next.text.toLowerCase());
  });
  const sorted = order.filter(
    ({ kind, text }, index) =>
      kind === 'word' && isName(text) && !ORDER_WORDS.has(text.toLowerCase()) && order[index + 1]?.text !== '('
  );
  return [...compared, ...sorted].map(({ text, at }) => ({ path: text, at }));
}

function isName(text: string): boolean {
  return /^[A-Za-z][\w.]*$/.test(text);
}

function outsideOfSubqueries(tokens: readonly Token[]): Token[] {
  const outside: Token[] = [];
  let inside = 0;
  for (const [index, token] of tokens.entries()) {
    if (inside > 0) {
      if (token.text === '(') inside += 1;
      if (token.text === ')') inside -= 1;
      continue;
    }
    if (token.text === '(' && isWord(tokens[index + 1], 'select')) inside = 1;
    else outside.push(token);
  }
  return outside;
}

function checkParentheses(soql: string, tokens: readonly Token[]): void {
  const open: Token[] = [];
  for (const token of tokens) {
    if (token.kind !== 'sign') continue;
    if (token.text === '(') open.push(token);
    if (token.text === ')' && !open.pop()) throw malformed(soql, token.at, 'this parenthesis closes nothing');
  }
  const last = open.pop();
  if (last) throw malformed(soql, last.at, 'this parenthesis is not closed');
}

/** The numbers of tokens that stand in no parentheses. */
function atTop(tokens: readonly Token[]): number[] {
  let depth = 0;
  const top: number[] = [];
  for (const [index, { kind, text }] of tokens.entries()) {
    if (kind === 'sign' && text === ')') depth -= 1;
    if (depth === 0) top.push(index);
    if (kind === 'sign' && text === '(') depth += 1;
  }
  return top;
}

type ClauseStart = { readonly index: number; readonly name: ClauseName; readonly length: number };

function clauseStarts(tokens: readonly Token[], candidates: readonly number[]): ClauseStart[] {
  return candidates.flatMap((index) => {
    const found = CLAUSES.find(({ words }) => words.every((word, at) => isWord(tokens[index + at], word)));
    if (found?.name === 'UPDATE' && isWord(tokens[index - 1], 'for')) return []; // FOR UPDATE is one clause
    return found ? [{ index, name: found.name, length: found.words.length }] : [];
  });
}

function aliasOf(soql: string, source: readonly Token[]): string | undefined {
  const [, second, third] = source;
  if (!second || second.text === ',') return undefined;
  const alias = isWord(second, 'as') ? third : second;
  if (alias?.kind !== 'word' || !/^[A-Za-z]\w*$/.test(alias.text))
    throw malformed(soql, second.at, `${second.text} is not expected here`);
  const extra = source[source.indexOf(alias) + 1];
  if (extra && extra.text !== ',') throw malformed(soql, extra.at, `${extra.text} is not expected here`);
  return alias.text;
}

function selectItems(soql: string, tokens: readonly Token[]): SelectItem[] {
  const top = atTop(tokens);
  const commas = top.filter((index) => tokens[index]?.text === ',');
  const isTypeof = top.some((index) => isWord(tokens[index], 'typeof'));
  // What TYPEOF selects has commas of its own, and Bulk API 2.0 takes none of it.
  if (isTypeof) {
    const { at } = tokens.find((token) => isWord(token, 'typeof')) ?? { at: 0 };
    return [{ kind: 'typeof', at }];
  }
  return [-1, ...commas].map((comma, at) => {
    const item = tokens.slice(comma + 1, commas[at] ?? tokens.length);
    const place = tokens[commas[at] ?? -1]?.at ?? (tokens.at(-1)?.at ?? 0) + (tokens.at(-1)?.text.length ?? 0);
    return selectItem(soql, item, place);
  });
}

function selectItem(soql: string, tokens: readonly Token[], end: number): SelectItem {
  const [first, second] = tokens;
  if (!first) throw malformed(soql, end, 'a field is expected');
  const { at } = first;
  if (first.text === '(') return { kind: 'subquery', at };
  if (first.kind !== 'word' || !/^[A-Za-z_]/.test(first.text)) throw malformed(soql, at, `${first.text} is no field`);
  if (second?.text === '(') return { kind: 'function', name: first.text, at };
  if (second) throw malformed(soql, second.at, `a comma or FROM is expected before ${second.text}`);
  return { kind: 'field', path: first.text, at };
}

function withoutPrefix(item: SelectItem, prefixes: ReadonlyArray<string | undefined>): SelectItem {
  return item.kind === 'field' ? { ...item, path: plainPath(item.path, prefixes) } : item;
}

function plainPath(path: string, prefixes: ReadonlyArray<string | undefined>): string {
  const dot = path.indexOf('.');
  const prefix = path.slice(0, Math.max(dot, 0)).toLowerCase();
  return dot > 0 && prefixes.some((one) => one?.toLowerCase() === prefix) ? path.slice(dot + 1) : path;
}

function clauseTokens(
  soql: string,
  tokens: readonly Token[],
  { name, prefixes }: { readonly name: ClauseName; readonly prefixes: ReadonlyArray<string | undefined> }
): readonly Token[] {
  if (tokens.length === 0 && name !== 'ALL ROWS')
    throw malformed(soql, soql.length, `something is expected after ${name}`);
  return tokens.map((token) => (token.kind === 'word' ? { ...token, text: plainPath(token.text, prefixes) } : token));
}

function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === 'word' && token.text.toLowerCase() === word;
}
