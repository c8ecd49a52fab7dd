import { copyFile, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { BulkError } from '../../../src/bulk/bulkError.js';
import { type OutputAsked } from '../../../src/export/asked.js';
import { verifyExport } from '../../../src/export/verify/verify.js';
import { rejection } from '../../rejection.js';
import { tempDir } from '../../tempDir.js';
import { ExportOrg, textOf } from '../exportOrg.js';

describe('export formats', () => {
  const dir = tempDir();
  let org: ExportOrg;

  before(async () => {
    org = await ExportOrg.create(45);
  });
  after(async () => org.close());

  const CASES: Array<[format: OutputAsked['format'], name: string, more: Partial<OutputAsked>]> = [
    ['csv', 'out.csv', {}],
    ['csv', 'out.csv.gz', { isPacked: true }],
    ['csv', 'out.csv', { chunkRows: 20 }],
    ['ndjson', 'out.ndjson', {}],
    ['ndjson', 'out.ndjson.gz', { isPacked: true, chunkRows: 7 }],
    ['json', 'out.json', {}],
    ['json', 'out.json', { chunkRows: 45 }],
    ['parquet', 'out.parquet', {}],
    ['parquet', 'out.parquet', { chunkRows: 20 }]
  ];
  for (const [format, name, more] of CASES)
    it(`writes ${name}${more.chunkRows ? ` by ${more.chunkRows} rows` : ''}, and it verifies until a byte is changed`, async () => {
      const asked = org.asked(dir.path, {}, { format, path: join(dir.path, name), ...more });
      const { files } = await org.export(asked, join(dir.path, 'run'));
      const manifest = files.manifest ?? '';
      const good = await verifyExport(manifest);
      expect(good.status, JSON.stringify(good)).to.equal('Success');
      expect(good.rows).to.equal(45);
      const [first] = files.output;
      if (!first) throw new Error('there is no file');
      const bytes = await readFile(first.path);
      bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1;
      await writeFile(first.path, bytes);
      const bad = await verifyExport(manifest);
      expect(bad.status).to.equal('Failed');
      expect(bad.files[0]?.problems.join()).to.contain('SHA-256');
    });

  // Windows leaves such things to the folder.
  for (const format of process.platform === 'win32' ? [] : (['csv', 'json', 'parquet'] as const))
    it(`keeps ${format} and its manifest from other people of the machine`, async () => {
      const path = join(dir.path, `out.${format}`);
      const { files } = await org.export(org.asked(dir.path, {}, { format, path }), join(dir.path, 'run'));
      for (const file of [path, files.manifest ?? '']) expect((await stat(file)).mode & 0o777, file).to.equal(0o600);
    });

  it('packs what it would have written', async () => {
    const path = join(dir.path, 'out.csv.gz');
    await org.export(org.asked(dir.path, {}, { path, isPacked: true }), join(dir.path, 'run'));
    expect(gunzipSync(await readFile(path)).toString()).to.equal(await org.whole());
  });

  it('writes Parquet that another reader reads: decimals, text and nulls', async () => {
    const path = join(dir.path, 'out.parquet');
    await org.export(org.asked(dir.path, {}, { format: 'parquet', path }), join(dir.path, 'run'));
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(path) });
    expect(rows).to.have.length(45);
    expect(rows.find(({ Name }) => Name === 'Account 7, "the\nbig" one')).to.include({
      AnnualRevenue: 7003.5,
      Industry: null
    });
  });

  it('finds a manifest whose numbers were changed, and one that is none', async () => {
    const { files } = await org.export(org.asked(dir.path), join(dir.path, 'run'));
    const manifest = files.manifest ?? '';
    await writeFile(manifest, (await readFile(manifest, 'utf8')).replace('"rows": 45', '"rows": 44'));
    expect((await verifyExport(manifest)).status).to.equal('Failed');
    await writeFile(manifest, '{}');
    expect((await rejection(verifyExport(manifest))).name).to.equal('ManifestUnreadableError');
  });

  it('tells a manifest of another version from what is none, and a file that is missing from one that differs', async () => {
    const { files } = await org.export(org.asked(dir.path), join(dir.path, 'run'));
    const manifest = files.manifest ?? '';
    await rename(join(dir.path, 'out.csv'), join(dir.path, 'renamed.csv'));
    const [file] = (await verifyExport(manifest)).files;
    expect(file?.problems).to.deep.equal(['it is not there']);
    await writeFile(
      manifest,
      (await readFile(manifest, 'utf8')).replace('"manifestVersion": 1', '"manifestVersion": 2')
    );
    expect((await rejection(verifyExport(manifest))).message).to.contain('it is of version 2');
  });

  it('finds a numbered file that is none of the export’s', async () => {
    const { files } = await org.export(org.asked(dir.path, {}, { chunkRows: 20 }), join(dir.path, 'run'));
    const manifest = files.manifest ?? '';
    await copyFile(join(dir.path, 'out-00001.csv'), join(dir.path, 'out-00004.csv'));
    await copyFile(join(dir.path, 'out-00001.csv'), join(dir.path, 'other-00001.csv'));
    const { status, problems } = await verifyExport(manifest);
    expect(status).to.equal('Failed');
    expect(problems).to.deep.equal(['out-00004.csv lies beside the numbered files and is none of them']);
    await rm(join(dir.path, 'out-00004.csv'));
    expect((await verifyExport(manifest)).status).to.equal('Success');
    await rm(join(dir.path, 'out-00001.csv'));
    expect((await verifyExport(manifest)).files[0]?.problems).to.deep.equal(['it is not there']);
  });

  it('tells what it found of the files though the org refuses to count', async () => {
    const { files } = await org.export(org.asked(dir.path), join(dir.path, 'run'));
    const message = 'The org refused: QUERY_TIMEOUT: too long.';
    const refusing = () => Promise.reject(new BulkError({ name: 'RefusedByOrg', kind: 'refused', message }));
    const { status, ranges } = await verifyExport(files.manifest ?? '', refusing);
    expect(status).to.equal('PartialSuccess');
    expect(ranges).to.deep.equal([{ covers: 'all rows of the query', rows: 45, refusal: message }]);
    const expired = () => Promise.reject(new BulkError({ name: 'SessionExpired', kind: 'auth', message }));
    expect((await rejection(verifyExport(files.manifest ?? '', expired))).name).to.equal('SessionExpired');
  });

  it('says how many rows the org has now', async () => {
    const { files } = await org.export(org.asked(dir.path), join(dir.path, 'run'));
    const same = await verifyExport(files.manifest ?? '', () => Promise.resolve(45));
    expect(same.status).to.equal('Success');
    const moved = await verifyExport(files.manifest ?? '', () => Promise.resolve(46));
    expect(moved).to.include({ status: 'PartialSuccess' });
    expect(moved.ranges?.[0]).to.include({ rows: 45, orgRows: 46 });
  });

  it('has the header of no rows in a file of its own', async () => {
    const empty = await ExportOrg.create(0);
    const path = join(dir.path, 'empty.parquet');
    await empty.export(empty.asked(dir.path, {}, { format: 'parquet', path }), join(dir.path, 'run'));
    const metadata = await parquetMetadataAsync(await asyncBufferFromFile(path));
    expect(Number(metadata.num_rows)).to.equal(0);
    expect(metadata.schema.map(({ name }) => name)).to.include.members(['Id', 'AnnualRevenue']);
    const json = join(dir.path, 'empty.json');
    await empty.export(
      empty.asked(dir.path, {}, { format: 'json', path: json, mayOverwrite: true }),
      join(dir.path, 'run2')
    );
    expect(JSON.parse(await textOf(dir.path, 'empty.json'))).to.deep.equal([]);
    await empty.close();
  });
});
