/** What a report is added to. */
type Reportable = { readonly files: { readonly report?: string }; readonly warnings: readonly string[] };

/**
 * The result with the path of its report. That the report can't be written is a warning: it changes nothing of what was done.
 * @param write writes the page for people and returns its path
 */
export async function withReport<Result extends Reportable>(
  result: Result,
  write: ((result: Result) => Promise<string>) | undefined
): Promise<Result> {
  if (!write) return result;
  try {
    const report = await write(result);
    return { ...result, files: { ...result.files, report } };
  } catch (error) {
    return {
      ...result,
      warnings: [...result.warnings, `The report of the run could not be written: ${textOf(error)}`]
    };
  }
}

/**
 * Leaves a report of how far a run came that an error has ended, which stands among its warnings. Whoever called is told of that error, and of
 * none that befalls the report.
 */
export async function reportFailure<Result extends Reportable>(
  error: unknown,
  soFar: () => Result | Promise<Result>,
  write: ((result: Result) => Promise<string>) | undefined
): Promise<void> {
  try {
    const result = await soFar();
    await write?.({ ...result, warnings: [...new Set([...result.warnings, textOf(error)])] });
  } catch {
    // A full disk, say, which is why the run ended; the journal is all that a resume needs.
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
