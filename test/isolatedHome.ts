import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A home directory of its own for each test, so that none sees or leaves runs of the machine; call inside `describe`. */
export function isolatedHome(): { readonly path: string } {
  const home = { path: '' };
  const saved = new Map<string, string | undefined>();
  beforeEach(async () => {
    home.path = await mkdtemp(join(tmpdir(), 'bulkops-home-'));
    for (const name of ['HOME', 'USERPROFILE']) {
      saved.set(name, process.env[name]);
      process.env[name] = home.path;
    }
  });
  afterEach(async () => {
    for (const [name, value] of saved)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    await rm(home.path, { recursive: true, force: true });
  });
  return home;
}
