import { type Errors } from '@oclif/core';
import { SfError } from '@salesforce/core';
import { SfCommand } from '@salesforce/sf-plugins-core';
import { fitText } from '../report/fitText.js';
import { EXIT } from './exitCodes.js';
import { endOnInterrupt } from './interrupt.js';
import { cellsOfStdout } from './screen.js';

/** What all our commands have in common: flags that could not be parsed are wrong usage, which is not the same as a run that failed. */
export abstract class BulkopsCommand<Result> extends SfCommand<Result> {
  /** Said again because oclif's manifest stops looking for inherited flags at the first class without a static of its own. */
  public static readonly baseFlags = SfCommand.baseFlags;

  /** Long lines are broken between words where a terminal shows them. */
  public override log(message?: string, ...args: unknown[]): void {
    const cells = cellsOfStdout();
    super.log(message === undefined || cells === undefined ? message : fitText(message, cells), ...args);
  }

  public override async _run<R>(): Promise<R> {
    endOnInterrupt();
    return super._run<R>();
  }

  /** `sf` tells most wrong flags so by itself; a value that is none of a flag's options would end with 1. */
  protected override async catch(error: Error | Errors.CLIError): Promise<never> {
    if ('oclif' in error && 'parse' in error) error.oclif.exit = EXIT.usage;
    if (error instanceof SfError && error.name === 'NoDefaultEnvError') error.exitCode = EXIT.usage;
    return super.catch(error);
  }
}
