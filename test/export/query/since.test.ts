import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type OutputAsked } from '../../../src/export/asked.js';
import { sinceLast } from '../../../src/export/query/prepareExport.js';
import { type ExportResult } from '../../../src/export/exportResult.js';
import { verifyExport } from '../../../src/export/verify/verify.js';
import { isolatedHome } from '../../isolatedHome.js';
import { rejection } from '../../rejection.js';
import { tempDir } from '../../tempDir.js';
import { ExportOrg, textOf } from '../exportOrg.js';

const SOQL = 'SELECT Id, Name, SystemModstamp FROM Account';
const COLUMNS = [
  { name: 'Id', type: 'id', precision: 0, scale: 0 },
  { name: 'Name', type: 'string', precision: 0, scale: 0 },
  { name: 'SystemModstamp', type: 'datetime', precision: 0, scale: 0 }
];
const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2026, 0, 1);

describe('export/since', () => {
  isolatedHome();
  const dir = tempDir();
  let org: ExportOrg;
  let runs = 0;

  beforeEach(async () => {
    org = await ExportOrg.create(12);
    org.startedMs = START_MS + 24 * 60 * MINUTE_MS;
  });
  afterEach(async () => org.close());

  const prepared = async (soql = SOQL, columns = COLUMNS, name?: string) =>
    sinceLast({ soql, columns }, { field: 'SystemModstamp', orgId: org.emulator.org.id, operation: 'query', name });

  async function delta(output: Partial<OutputAsked> = {}, name?: string): Promise<ExportResult> {
    const asked = org.asked(
      dir.path,
      { ...(await prepared(SOQL, COLUMNS, name)), columns: COLUMNS },
      { mayOverwrite: true, ...output }
    );
    return org.export(asked, join(dir.path, `run${(runs += 1)}`), undefined, `run-${runs}`);
  }

  function accounts() {
    const { store } = org.emulator.org;
    const object = store.schema.object('Account');
    if (!object) throw new Error('there is no Account');
    return store.table(object);
  }

  function edit(n: number, name: string, atMs: number): void {
    accounts().update(n, new Map([['Name', name]]), atMs);
  }

  function erase(n: number): void {
    accounts().update(n, new Map([['IsDeleted', 1]]), START_MS);
  }

  const names = async (): Promise<string[]> =>
    (await textOf(dir.path))
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split('","')[1] ?? '');

  it('exports all at first, then only what has changed, and says what it left out', async () => {
    expect((await delta()).rows).to.deep.equal({ read: 12, written: 12, dropped: 0 });
    expect((await delta()).rows).to.deep.equal({ read: 12, written: 0, dropped: 12 });
    edit(3, 'changed within the margin', START_MS + MINUTE_MS);
    edit(5, 'changed later', START_MS + 60 * MINUTE_MS);
    const result = await delta();
    expect(result.rows).to.deep.equal({ read: 12, written: 2, dropped: 10 });
    expect(await names()).to.have.members(['changed within the margin', 'changed later']);
    expect((await verifyExport(result.files.manifest ?? '')).status).to.equal('Success');
    expect((await delta()).rows).to.deep.equal({ read: 1, written: 0, dropped: 1 });
  });

  it('finds what was committed late, below the watermark', async () => {
    edit(1, 'first', START_MS + 20 * MINUTE_MS);
    await delta();
    edit(2, 'committed late', START_MS + 15 * MINUTE_MS);
    expect((await delta()).rows).to.deep.equal({ read: 2, written: 1, dropped: 1 });
    expect(await names()).to.deep.equal(['committed late']);
  });

  it('knows what it has exported though the record of the watermark is deleted by then', async () => {
    edit(1, 'highest', START_MS + 20 * MINUTE_MS);
    await delta();
    edit(2, 'committed late', START_MS + 15 * MINUTE_MS);
    erase(1);
    expect((await delta()).rows).to.deep.equal({ read: 1, written: 1, dropped: 0 });
    expect((await delta()).rows).to.deep.equal({ read: 1, written: 0, dropped: 1 });
  });

  it('exports nothing twice when this machine’s clock was set back', async () => {
    await delta();
    org.startedMs = START_MS - 60 * MINUTE_MS;
    edit(2, 'changed', START_MS + 5 * MINUTE_MS);
    expect((await delta()).rows).to.deep.equal({ read: 12, written: 1, dropped: 11 });
    expect((await delta()).rows).to.deep.equal({ read: 12, written: 0, dropped: 12 });
  });

  it('is the same export whatever file it is written to, and another one under another name', async () => {
    expect((await delta()).rows.written).to.equal(12);
    expect((await delta({ path: join(dir.path, 'out-2.csv') })).rows.written).to.equal(0);
    expect((await delta({}, 'auditor')).rows.written).to.equal(12);
    edit(2, 'changed', START_MS + 5 * MINUTE_MS);
    expect((await delta()).rows.written).to.equal(1);
    expect((await delta({}, 'auditor')).rows.written).to.equal(1);
  });

  it('does not take an export that did not end for one', async () => {
    org.onEvent = (event, interrupt) => {
      if (event.type === 'page-landed') interrupt();
    };
    expect((await delta()).status).to.equal('Interrupted');
    org.onEvent = () => undefined;
    expect((await delta()).rows.written).to.equal(12);
  });

  for (const format of ['ndjson', 'json', 'parquet'] as const)
    it(`leaves the same rows out of ${format}`, async () => {
      await delta();
      edit(3, 'changed', START_MS + MINUTE_MS);
      const result = await delta({ format, path: join(dir.path, `out.${format}`) });
      expect(result.rows.written).to.equal(1);
      expect((await verifyExport(result.files.manifest ?? '')).status).to.equal('Success');
    });

  it('finds a record that was changed once more within the second of its last change', async () => {
    edit(3, 'first', START_MS + MINUTE_MS);
    await delta();
    edit(3, 'second', START_MS + MINUTE_MS);
    expect((await delta()).rows).to.deep.equal({ read: 12, written: 1, dropped: 11 });
    expect(await names()).to.deep.equal(['second']);
  });

  it('finds changes below a time to come that a record bears', async () => {
    edit(1, 'from the future', START_MS + 1000 * 24 * 60 * MINUTE_MS);
    await delta();
    edit(2, 'of today', START_MS + 25 * 60 * MINUTE_MS);
    expect((await delta()).rows).to.deep.equal({ read: 2, written: 1, dropped: 1 });
    expect(await names()).to.deep.equal(['of today']);
  });

  for (const version of [1, 2])
    it(`takes up where a watermark of version ${version} stands, whose marks mean nothing any more, and replaces it`, async () => {
      const { since } = await prepared();
      const kept = join(homedir(), '.sf', 'bulkops', 'watermarks');
      await mkdir(kept, { recursive: true });
      const head = JSON.stringify({
        version,
        watermark: new Date(START_MS + 30 * MINUTE_MS).toISOString(),
        runId: 'old'
      });
      await writeFile(join(kept, `${since.key}.${version === 1 ? 'json' : 'watermark'}`), `${head}\n`);
      edit(4, 'changed', START_MS + 30 * MINUTE_MS);
      expect((await delta()).rows).to.deep.equal({ read: 1, written: 1, dropped: 0 });
      expect(await readdir(kept)).to.deep.equal([`${since.key}.watermark`]);
      expect((await delta()).rows).to.deep.equal({ read: 1, written: 0, dropped: 1 });
    });

  for (const text of ['', '{', '{"version":2}\n', '{"version":9,"watermark":"x","runId":"y"}\n'])
    it(`refuses a watermark that reads ${JSON.stringify(text)}`, async () => {
      await delta();
      const kept = join(homedir(), '.sf', 'bulkops', 'watermarks');
      const [file] = await readdir(kept);
      await writeFile(join(kept, file ?? ''), text);
      expect((await rejection(delta())).name).to.equal('WatermarkStrangeError');
    });

  it('needs Id and the field among the columns, an instant, and no LIMIT', async () => {
    expect((await rejection(prepared('SELECT Id FROM Account', COLUMNS.slice(0, 1)))).name).to.equal(
      'SinceColumnsError'
    );
    const texts = COLUMNS.map((column) => ({ ...column, type: 'string' }));
    expect((await rejection(prepared(SOQL, texts))).name).to.equal('SinceFieldError');
    expect((await rejection(prepared(`${SOQL} LIMIT 5`))).name).to.equal('SinceClauseError');
  });
});
