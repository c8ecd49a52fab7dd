/** What one program took for the same work. */
export type Measured = {
  readonly who: string;
  readonly rows: number;
  readonly seconds: number;
  readonly cpuSeconds?: number;
  readonly peakMb?: number;
  readonly calls?: number;
  /** Further cells. */
  readonly more?: readonly string[];
};

/** Prints each as soon as it is measured, since the last one takes longest. The first one is the floor. */
export async function printTable(
  results: AsyncIterable<Measured> | Iterable<Measured>,
  calls: string,
  more: readonly string[] = []
): Promise<void> {
  const heads = ['who', 'wall s', '× floor', 'rows/s', 'CPU s per million rows', 'peak RSS MB', calls, ...more];
  console.log(`| ${heads.join(' | ')} |`);
  console.log(`| ${heads.map(() => '---').join(' | ')} |`);
  let floor: number | undefined;
  for await (const { who, rows, seconds, cpuSeconds, ...rest } of results) {
    floor ??= seconds;
    const cells = [
      who,
      seconds.toFixed(1),
      (seconds / floor).toFixed(2),
      Math.round(rows / seconds).toLocaleString('en-US'),
      cpuSeconds === undefined ? '–' : ((cpuSeconds / rows) * 1e6).toFixed(1),
      rest.peakMb === undefined ? '–' : rest.peakMb.toFixed(0),
      rest.calls === undefined ? '–' : rest.calls.toFixed(1).replace(/\.0$/, ''),
      ...(rest.more ?? [])
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
