import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type EmulatorOptions } from '../../src/emulator/emulator.js';
import { faultPlan } from '../../src/emulator/faults/faultFile.js';
import { faultsOf } from '../../src/emulator/faults/faults.js';
import { type Guide, readGuide } from '../guides/guide.js';
import { fault, type Ran, runGuide } from '../guides/guideRun.js';
import { EmulatedOrg } from './emulatedOrg.js';

const DOCS = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'docs');
/** The name that the guides have for the org. */
const ALIAS = 'prod';

const paths = (await readdir(DOCS, { recursive: true })).filter((path) => path.endsWith('.md')).sort();
const guides = await Promise.all(
  paths.map(async (path) => ({ path, guide: readGuide(await readFile(join(DOCS, path), 'utf8')) }))
);

/** Every block of docs/ is run as it is written, on the emulator: a guide that is wrong fails here. */
describe('the guides', function () {
  let shared: EmulatedOrg;

  before(async function () {
    if (process.platform === 'win32') this.skip(); // they are written for bash
    shared = await EmulatedOrg.create({}, ALIAS);
  });
  after(async () => shared?.close());

  for (const { path, guide } of guides.filter(({ guide: { blocks } }) => blocks.length > 0))
    describe(path, () => {
      let ran: Ran[][] = [];
      before(async () => {
        ran = await withOrg(guide, shared, (org) => runGuide(guide, basename(path, '.md'), org));
      });
      guide.blocks.forEach(({ line, kind }, at) =>
        it(`does what it says in the ${kind} block of line ${line}`, () => {
          for (const one of ran[at] ?? []) {
            const wrong = fault(one);
            // Thrown and not asserted, so that no assertion library cuts the output short.
            if (wrong !== undefined) throw new Error(`line ${one.command.line}: ${one.command.text}\n${wrong}`);
          }
        })
      );
    });
});

async function withOrg<T>(guide: Guide, shared: EmulatedOrg, work: (org: EmulatedOrg) => Promise<T>): Promise<T> {
  if (!guide.org) return work(shared);
  const { faults, ...options } = guide.org;
  const strikes = faults === undefined ? {} : { faults: faultsOf(faultPlan({ faults })) };
  const org = await EmulatedOrg.create({ ...(options as Partial<EmulatorOptions>), ...strikes }, ALIAS);
  try {
    return await work(org);
  } finally {
    await org.close();
  }
}
