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
    const reason = error instanceof Error ? error.message : String(error);
    return { ...result, warnings: [...result.warnings, `The report of the run could not be written: ${reason}`] };
  }
}
