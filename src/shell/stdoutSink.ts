import { OutputClosed, type Sink } from '../export/output/outputFile.js';
import { stdoutErrors } from './stdoutErrors.js';

/** Standard output for the rows of an export. A reader that has had enough (`| head`) ends it without an error. */
export function stdoutSink(): Sink {
  const { stdout } = process;
  let failed: ReturnType<typeof stdoutErrors> | undefined;
  const check = (): void => {
    failed ??= stdoutErrors();
    const error = failed();
    if (!error) return;
    const isClosed = error.code === 'EPIPE' || error.code === 'EOF';
    throw isClosed ? new OutputClosed('standard output was closed') : error;
  };
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
