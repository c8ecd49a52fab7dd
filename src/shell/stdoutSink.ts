import { OutputClosed, type Sink } from '../export/output/outputFile.js';

/** Standard output for the rows of an export. A reader that has had enough (`| head`) ends it without an error. */
export function stdoutSink(): Sink {
  const { stdout } = process;
  let failure: Error | undefined;
  const check = (): void => {
    if (failure) throw failure;
  };
  // Without a listener the error of a closed pipe would end the process with a stack trace.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    failure = error.code === 'EPIPE' || error.code === 'EOF' ? new OutputClosed('standard output was closed') : error;
  });
  return {
    write: async (bytes) => {
      check();
      // A copy: a pipe may hold the bytes for longer than the caller does.
      await new Promise<void>((resolve) => stdout.write(Buffer.from(bytes), () => resolve()));
      check();
    },
    close: () => Promise.resolve()
  };
}
