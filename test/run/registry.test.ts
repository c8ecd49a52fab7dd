import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { findRun, listRuns, registerRun, runDirOf } from '../../src/run/registry.js';
import { type RunId } from '../../src/run/runId.js';
import { isolatedHome } from '../isolatedHome.js';
import { sfRejection } from '../rejection.js';

describe('run/registry', () => {
  const home = isolatedHome();
  const folder = (): string => join(home.path, '.sf', 'bulkops', 'runs');

  it('knows of no run where none was made', async () => {
    expect(await listRuns()).to.deep.equal([]);
    const error = await sfRejection(findRun('20260101-000000-upsert-Contact-0000'));
    expect(error.name).to.equal('RunUnknownError');
    expect(error.message).to.contain('20260101-000000-upsert-Contact-0000');
  });

  it('lists runs with the newest first and finds each by its id', async () => {
    const ids = [
      '20260101-000000-upsert-A-0000',
      '20260301-000000-insert-B-ffff',
      '20260201-000000-delete-C-1234'
    ] as RunId[];
    for (const id of ids) await registerRun(id, `/runs/${id}`);
    expect((await listRuns()).map(({ runId }) => runId)).to.deep.equal([ids[1], ids[2], ids[0]]);
    for (const id of ids) expect(await findRun(id)).to.deep.equal({ runId: id, directory: `/runs/${id}` });
  });

  it('keeps a small file for each in the state folder of sf, with nothing but the place', async () => {
    await registerRun('a-run' as RunId, '/somewhere/ü');
    expect(await readdir(folder())).to.deep.equal(['a-run.json']);
    expect(JSON.parse(await readFile(join(folder(), 'a-run.json'), 'utf8'))).to.deep.equal({
      runId: 'a-run',
      directory: '/somewhere/ü'
    });
  });

  it('moves a run that is registered again', async () => {
    await registerRun('a-run' as RunId, '/here');
    await registerRun('a-run' as RunId, '/there');
    expect(await listRuns()).to.deep.equal([{ runId: 'a-run', directory: '/there' }]);
  });

  it('is not disturbed by what a write that broke off has left', async () => {
    await mkdir(folder(), { recursive: true });
    await writeFile(join(folder(), 'b-run.json.writing'), '{"runId":');
    await registerRun('a-run' as RunId, '/here');
    expect((await listRuns()).map(({ runId }) => runId)).to.deep.equal(['a-run']);
  });

  it('finds the other runs when one pointer can not be read', async () => {
    await registerRun('a-run' as RunId, '/here');
    await writeFile(join(folder(), 'b-run.json'), 'something else');
    await writeFile(join(folder(), 'c-run.json'), '{"runId":7}');
    expect((await listRuns()).map(({ runId }) => runId)).to.deep.equal(['a-run']);
    expect((await findRun('a-run')).directory).to.equal('/here');
  });

  it('finds the directory by what names a run, and that of the newest where nothing does', async () => {
    expect((await sfRejection(runDirOf({}))).name).to.equal('NoRunsError');
    await registerRun('20260101-a' as RunId, '/first');
    await registerRun('20260102-b' as RunId, '/second');
    expect(await runDirOf({})).to.equal('/second');
    expect(await runDirOf({ runId: '20260101-a' })).to.equal('/first');
    expect(await runDirOf({ runId: '20260101-a', runDir: '/third' })).to.equal(resolve('/third'));
    expect((await sfRejection(runDirOf({ runId: 'c' }))).name).to.equal('RunUnknownError');
  });
});
