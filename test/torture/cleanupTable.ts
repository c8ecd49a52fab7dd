/** Counts what a torture of cleanups came to. */
export class CleanupTable {
  public cases = 0;
  public readonly differences: string[] = [];
  private readonly killed = new Map<string, number>();

  /** @param kind where the process ended: of which command, and at what */
  public kill(kind: string): void {
    this.killed.set(kind, (this.killed.get(kind) ?? 0) + 1);
  }

  public differ(text: string): void {
    this.differences.push(text);
  }

  public get kinds(): string[] {
    return [...this.killed.keys()];
  }

  public get kills(): number {
    return [...this.killed.values()].reduce((sum, one) => sum + one, 0);
  }

  public text(what: string): string {
    const kinds = [...this.killed].sort(([a], [b]) => a.localeCompare(b));
    return [
      `| cleanups, ${what} | cases | kills | differences |`,
      '| --- | ---: | ---: | ---: |',
      `| all | ${this.cases} | ${this.kills} | ${this.differences.length} |`,
      ...kinds.map(([kind, count]) => `| ${kind} | | ${count} | |`)
    ].join('\n');
  }
}
