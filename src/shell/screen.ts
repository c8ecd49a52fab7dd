import { type WriteStream } from 'node:tty';
import { type Screen } from '../report/liveLines.js';

/**
 * Stderr as far as it can show: colours as NO_COLOR and FORCE_COLOR have it, lines that are drawn over where cursors move, signs where the
 * console has them (an old one of Windows has not).
 * @param isPlain draws no picture whatever the terminal is, as with `--json`
 */
export function screenOf(stream: WriteStream, isPlain: boolean, env = process.env): Screen {
  const isTTY = stream.isTTY === true && !isPlain && env.TERM !== 'dumb';
  return {
    isTTY,
    hasColours: isTTY && stream.hasColors(),
    hasSigns: process.platform !== 'win32' || HAS_SIGNS_ON_WINDOWS.some((name) => env[name] !== undefined),
    get columns() {
      return stream.columns;
    },
    write: (text) => void stream.write(text)
  };
}

/** How many cells a line of stdout has; undefined where it is no terminal, or one that nobody gave a size. */
export function cellsOfStdout(
  { isTTY, columns }: Pick<WriteStream, 'isTTY' | 'columns'> = process.stdout
): number | undefined {
  return isTTY && columns ? columns : undefined;
}

/** Windows Terminal, editors with a terminal of their own, and CI. */
const HAS_SIGNS_ON_WINDOWS = ['WT_SESSION', 'TERM_PROGRAM', 'TERMINAL_EMULATOR', 'CI'];
