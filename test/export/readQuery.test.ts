import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { createTransport } from '../../src/bulk/transport.js';
import { faultPlan } from '../../src/emulator/faults/faultFile.js';
import { faultsOf } from '../../src/emulator/faults/faults.js';
import { type ExportTools } from '../../src/export/exportRun.js';
import { readQuery, type QueryRead } from '../../src/export/readQuery.js';
import { fakeConnection } from '../bulk/fakeServer.js';
import { rejection } from '../rejection.js';
import { tempDir } from '../tempDir.js';
import { TestClock } from '../testClock.js';
import { ExportOrg, SOQL } from './exportOrg.js';

describe('export/readQuery', () => {
  const dir = tempDir();
  let org: ExportOrg | undefined;
  afterEach(async () => {
    await org?.close();
    org = undefined;
  });

  async function orgWith(rows: number, ...faults: Array<Record<string, unknown>>): Promise<ExportOrg> {
    return (org = await ExportOrg.create(rows, { faults: faultsOf(faultPlan({ faults })) }));
  }

  async function read({ emulator }: ExportOrg, ending = new AbortController()): Promise<QueryRead> {
    const { connection } = fakeConnection(emulator.org.url);
    connection.accessToken = emulator.accessToken;
    const clock = new TestClock();
    const transport = await createTransport(connection, { clock, random: () => 0.5, signal: ending.signal });
    const tools: ExportTools = { transport, clock, apiVersion: 66, ending };
    try {
      return await readQuery({ soql: SOQL, operation: 'query' }, join(dir.path, 'rows.csv'), tools);
    } finally {
      await transport.close();
    }
  }

  it('lays all pages into one file with one header, and leaves nothing else', async () => {
    const whole = await orgWith(45);
    expect(await read(whole)).to.deep.equal({ rows: 45, columns: ['Id', 'Name', 'AnnualRevenue', 'Industry'] });
    expect(await readFile(join(dir.path, 'rows.csv'), 'utf8')).to.equal(await whole.whole());
    expect(await readdir(dir.path)).to.deep.equal(['rows.csv']);
  });

  it('gives a header where there are no rows', async () => {
    expect((await read(await orgWith(0))).rows).to.equal(0);
    expect(await readFile(join(dir.path, 'rows.csv'), 'utf8')).to.equal('"Id","Name","AnnualRevenue","Industry"\n');
  });

  it('gives the same file when pages are short or cut', async () => {
    const on = '/jobs/query/*/results';
    const bad = await orgWith(
      45,
      { fault: 'short-page', on, skip: 1, times: 2 },
      { fault: 'cut-body', on, skip: 2, times: 1, bytes: 200 }
    );
    expect((await read(bad)).rows).to.equal(45);
    expect(await readFile(join(dir.path, 'rows.csv'), 'utf8')).to.equal(await bad.whole());
  });

  it('clears its pages away when one is never proven, and writes no file', async () => {
    const error = await rejection(read(await orgWith(15, { fault: 'short-page' })));
    expect(error.name).to.equal('PageNotProvenError');
    expect(await readdir(dir.path)).to.deep.equal([]);
  });

  it('ends with the reason of an interrupt', async () => {
    const ending = new AbortController();
    ending.abort(new Error('enough'));
    expect((await rejection(read(await orgWith(5), ending))).message).to.equal('enough');
  });
});
