import { type Difference } from './cases.js';

type Line = { cases: number; struck: number; lost: number; doubled: number; otherFiles: number };

/** Counts what cases of the same kind came to. */
export class Tally {
  private readonly lines = new Map<string, Line>();
  private readonly bad: Array<{ operation: string; text: string }> = [];

  public add(what: string, operation: string, verdict: Difference & { readonly struck: number }): void {
    const line = this.lines.get(what) ?? { cases: 0, struck: 0, lost: 0, doubled: 0, otherFiles: 0 };
    this.lines.set(what, {
      cases: line.cases + 1,
      struck: line.struck + verdict.struck,
      lost: line.lost + verdict.lost,
      doubled: line.doubled + verdict.doubled,
      otherFiles: line.otherFiles + verdict.files.length
    });
    const { lost, doubled, files } = verdict;
    if (lost + doubled + files.length > 0)
      this.bad.push({
        operation,
        text: `${operation}, ${what}: ${lost} lost, ${doubled} doubled, other files: ${files.join()}`
      });
  }

  /** One line of text for each case of an operation that ended otherwise than an undisturbed load. */
  public wrong(operation: string): string[] {
    return this.bad.filter((each) => each.operation === operation).map(({ text }) => text);
  }

  public table(): string {
    const total: Line = { cases: 0, struck: 0, lost: 0, doubled: 0, otherFiles: 0 };
    for (const line of this.lines.values())
      for (const key of Object.keys(total) as Array<keyof Line>) total[key] += line[key];
    const rows = [...this.lines, ['all', total] as const].map(([what, line]) => [
      what,
      ...[line.cases, line.struck, line.lost, line.doubled, line.otherFiles].map(String)
    ]);
    const header = ['fault', 'cases', 'faults injected', 'rows lost', 'rows doubled', 'other result files'];
    const widths = header.map((name, at) =>
      Math.max(...[header, ...rows].map((row) => (row[at] ?? '').length), name.length)
    );
    const text = (row: readonly string[]): string =>
      `| ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(' | ')} |`;
    return [text(header), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(text)].join('\n');
  }
}
