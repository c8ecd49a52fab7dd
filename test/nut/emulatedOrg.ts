import { createHash } from 'node:crypto';
import { IsolatedSf } from '../../demo/sf.ts';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/emulator.js';
import { checkJsonOutput } from './jsonOutput.js';

export const ALIAS = 'emulated';

/** An emulator in this process, so that its store can be looked into, and the real `sf` logged in to it. */
export class EmulatedOrg {
  private constructor(
    public readonly sf: IsolatedSf,
    public readonly emulator: Emulator
  ) {}

  public static async create(options: Partial<EmulatorOptions> = {}, alias = ALIAS): Promise<EmulatedOrg> {
    const emulator = await startEmulator(options);
    const sf = await IsolatedSf.create({ SF_ACCESS_TOKEN: emulator.accessToken });
    sf.onOutput = checkJsonOutput;
    await sf.text('org', 'login', 'access-token', '--instance-url', emulator.org.url, '--alias', alias, '--no-prompt');
    return new EmulatedOrg(sf, emulator);
  }

  /** How many records an object has. */
  public count(object: string): number {
    return this.records(object).length;
  }

  public records(object: string): ReadonlyArray<Readonly<Record<string, unknown>>> {
    const schema = this.emulator.org.store.schema.object(object);
    return schema ? [...this.emulator.org.store.table(schema).records({ includeDeleted: false })] : [];
  }

  public async close(): Promise<void> {
    await this.emulator.close();
    await this.sf.close();
  }
}

/** The same for the same rows in whatever order: the sum of the rows' hashes. */
export function checksum(rows: Iterable<readonly unknown[]>): string {
  let sum = 0n;
  for (const row of rows) {
    const hash = createHash('sha256').update(JSON.stringify(row)).digest();
    sum = (sum + hash.readBigUInt64LE()) & 0xffff_ffff_ffff_ffffn;
  }
  return sum.toString(16);
}
