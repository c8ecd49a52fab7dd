/**
 * Reads a guide: Markdown whose blocks are executed as they stand. CONTRIBUTING.md has the format.
 */
export type Guide = {
  /** Options of the emulator that the guide has to itself; missing where it shares the one of all guides. */
  readonly org?: Readonly<Record<string, unknown>>;
  readonly blocks: readonly Block[];
};

export type Block = { readonly line: number } & (
  | { readonly kind: 'shell'; readonly commands: readonly Command[] }
  | {
      readonly kind: 'yaml';
      readonly text: string;
      /** The name under which the block is saved first. */
      readonly saveAs?: string;
      readonly skips: readonly string[];
      readonly exits: number;
    }
  | { readonly kind: 'file'; readonly text: string; readonly saveAs: string }
);

export type Command = {
  readonly line: number;
  readonly text: string;
  /** What it prints, in this order; `…` stands for anything. */
  readonly prints: readonly string[];
  /** Undefined where the guide shows the exit code itself. */
  readonly exits: number | undefined;
};

type Directives = { saveAs?: string; exits?: number; readonly skips: string[] };

/** @throws Error for a directive that is none, and for a block that is not closed */
export function readGuide(markdown: string): Guide {
  const lines = markdown.split('\n');
  const blocks: Block[] = [];
  let org: Guide['org'];
  let directives: Directives = { skips: [] };
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const fence = /^(`{3,})\s*(\w*)\s*$/.exec(line);
    if (fence) {
      const end = endOf(lines, at, (other) => other === fence[1]);
      const block = blockOf({ language: fence[2] ?? '', lines: lines.slice(at + 1, end), line: at + 1 }, directives);
      if (block) blocks.push(block);
      directives = { skips: [] };
      at = end;
    } else if (/^<!-- sh\s*$/.test(line)) {
      const end = endOf(lines, at, (other) => other === '-->');
      blocks.push(script(lines.slice(at + 1, end), at + 1, {}));
      at = end;
    } else if (line.startsWith('<!-- org ')) org = JSON.parse(inner(line).slice('org '.length)) as Guide['org'];
    else if (line.startsWith('<!--')) direct(inner(line), directives, at + 1);
  }
  return { org, blocks };
}

type Fenced = { readonly language: string; readonly lines: readonly string[]; readonly line: number };

function blockOf({ language, lines, line }: Fenced, { saveAs, exits, skips }: Directives): Block | undefined {
  const text = `${lines.join('\n')}\n`;
  if (language === 'yaml') return { kind: 'yaml', line, saveAs, text, skips, exits: exits ?? 0 };
  if (saveAs !== undefined) return { kind: 'file', line, saveAs, text };
  if (language === 'console') return { kind: 'shell', line, commands: typed(lines, line, exits) };
  return language === 'sh' ? script(lines, line, { exits }) : undefined;
}

function script(lines: readonly string[], line: number, { exits = 0 }: { exits?: number }): Block {
  return { kind: 'shell', line, commands: [{ line, text: lines.join('\n'), prints: [], exits }] };
}

/** Commands behind `$ `, each with what it prints. */
function typed(lines: readonly string[], line: number, exits: number | undefined): Command[] {
  const commands: Array<{ line: number; text: string; prints: string[] }> = [];
  lines.forEach((text, index) => {
    const last = commands.at(-1);
    if (text.startsWith('$ ')) commands.push({ line: line + 1 + index, text: text.slice(2), prints: [] });
    else if (!last) throw new Error(`line ${line + 1 + index}: a console block begins with "$ " and a command`);
    else if (last.text.endsWith('\\') && last.prints.length === 0) last.text += `\n${text}`;
    else if (text.trim() !== '') last.prints.push(text.trim());
  });
  return commands.map((command, index) => {
    const isLast = index === commands.length - 1;
    const isAskedFor = commands[index + 1]?.text.startsWith('echo $?');
    return { ...command, exits: isAskedFor ? undefined : isLast ? (exits ?? 0) : 0 };
  });
}

function direct(directive: string, directives: Directives, line: number): void {
  const [, name, value = ''] = /^(file|exits|skip)\s+(.+)$/.exec(directive) ?? [];
  if (name === 'file') directives.saveAs = value;
  else if (name === 'exits' && /^\d+$/.test(value)) directives.exits = Number(value);
  else if (name === 'skip') directives.skips.push(value);
  else if (/^(sh|org|file|exits|skip)\b/.test(directive))
    throw new Error(`line ${line}: "${directive}" is no directive`);
}

function inner(comment: string): string {
  return comment.replace(/^<!--\s*/, '').replace(/\s*-->\s*$/, '');
}

function endOf(lines: readonly string[], start: number, isEnd: (line: string) => boolean): number {
  const end = lines.findIndex((line, at) => at > start && isEnd(line.trimEnd()));
  if (end < 0) throw new Error(`line ${start + 1}: the block is not closed`);
  return end;
}

/** What of the printed lines is missing, given in order; undefined when all are there. */
export function missingLine(prints: readonly string[], output: string): string | undefined {
  const lines = output.split('\n').map((line) => line.trim().replace(/\s+/g, ' '));
  let from = 0;
  for (const wanted of prints) {
    if (wanted === '…') continue;
    const pattern = new RegExp(`^${wanted.replace(/\s+/g, ' ').split('…').map(escaped).join('.*')}$`);
    const found = lines.findIndex((line, at) => at >= from && pattern.test(line));
    if (found < 0) return wanted;
    from = found + 1;
  }
  return undefined;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
