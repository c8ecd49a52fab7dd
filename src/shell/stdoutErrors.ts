/**
 * Takes the errors of standard output over from oclif, which lets a full disk behind `>` end the process with a stack trace.
 * @returns what went wrong so far
 */
export function stdoutErrors(): () => NodeJS.ErrnoException | undefined {
  let failure: NodeJS.ErrnoException | undefined;
  process.stdout.removeAllListeners('error');
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    failure ??= error;
  });
  return () => failure;
}
