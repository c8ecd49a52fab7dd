import { once } from 'node:events';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { COLUMNS, shipment, writeShipments } from '../../demo/shipments.ts';
import { type LoadResult } from '../../src/load/loadResult.js';
import { ALIAS, checksum, EmulatedOrg } from './emulatedOrg.js';

type Answer = { status: number; name?: string; message?: string; actions?: string[]; result: LoadResult };

const ROWS_PER_SECOND = 6000;
const NUMBERS = new Set(['Weight_Kg__c', 'Value__c', 'Pieces__c']);

describe('sf bulkops upsert', () => {
  let org: EmulatedOrg;
  let runs = 0;

  before(async () => {
    org = await EmulatedOrg.create({ rowsPerSecond: ROWS_PER_SECOND });
  });
  after(async () => org.close());

  const inHome = (name: string) => join(org.sf.home, name);

  function upsertArgs(file: string, ...more: string[]): { args: string[]; runDir: string } {
    runs += 1;
    const runDir = inHome(`run-${runs}`);
    const key = ['--sobject', 'Shipment__c', '--external-id', 'External_Id__c'];
    return {
      args: ['bulkops', 'upsert', '--target-org', ALIAS, ...key, '--file', file, '--run-dir', runDir, ...more],
      runDir
    };
  }

  async function upsert(file: string, ...more: string[]): Promise<{ code: number; answer: Answer; runDir: string }> {
    const { args, runDir } = upsertArgs(file, '--json', ...more);
    const { code, stdout } = await org.sf.output(...args);
    return { code, answer: JSON.parse(stdout) as Answer, runDir };
  }

  async function csv(name: string, text: string): Promise<string> {
    await writeFile(inHome(name), text);
    return inHome(name);
  }

  /** The org's shipments as the file has them. */
  function stored(): unknown[][] {
    return org.records('Shipment__c').map((record) => COLUMNS.map((column) => record[column] ?? ''));
  }

  function sent(rows: number): unknown[][] {
    return Array.from({ length: rows }, (_, at) =>
      shipment(at + 1).map((value, column) => (NUMBERS.has(COLUMNS[column] ?? '') ? Number(value) : value))
    );
  }

  const lines = async (path: string): Promise<number> => (await readFile(path, 'utf8')).split('\n').length - 1;

  it('leaves the org with exactly what the file has', async () => {
    const file = inHome('clean.csv');
    await writeShipments(file, 25_000, { isClean: true });
    const { code, answer, runDir } = await upsert(file);
    expect(code).to.equal(0);
    expect(answer.result.status).to.equal('Success');
    expect(answer.result.rows).to.include({ read: 25_000, succeeded: 25_000, created: 25_000, failed: 0, rejected: 0 });
    expect(checksum(stored())).to.equal(checksum(sent(25_000)));
    expect(answer.result).to.deep.equal(JSON.parse(await readFile(join(runDir, 'summary.json'), 'utf8')));
    const again = await upsert(file);
    expect(again.answer.result.rows).to.include({ succeeded: 25_000, created: 0, updated: 25_000 });
    expect(org.count('Shipment__c')).to.equal(25_000);
  });

  it('says of each bad row what is wrong with it, and loads the others', async () => {
    const text = [
      'External_Id__c,Name,Weight_Kg__c,Notes__c',
      'BAD-1,good,1.5,"a ""quoted"", note"',
      'BAD-2,too few',
      'BAD-3,too,3,many,fields',
      'BAD-4,heavy,not a number,',
      'BAD-5,twice,1,',
      'BAD-5,twice,2,',
      'BAD-6,"good, too",2260031,"two\r\nlines"'
    ].join('\r\n');
    const { code, answer, runDir } = await upsert(await csv('bad.csv', text));
    expect(code).to.equal(68);
    expect(answer.result.status).to.equal('PartialSuccess');
    expect(answer.result.rows).to.include({ read: 7, succeeded: 2 });
    const failed = await readFile(join(runDir, 'failed.csv'), 'utf8');
    const rowNumbers = [...failed.matchAll(/^"?.*?--"?,(\d+),/gm)].map(([, number]) => Number(number));
    expect(rowNumbers).to.deep.equal([2, 3, 4, 5, 6]);
    const success = await readFile(join(runDir, 'success.csv'), 'utf8');
    expect(success).to.match(/^sf__Id,sf__Created,External_Id__c,Name,Weight_Kg__c,Notes__c\n/);
    expect(success).to.contain(',true,BAD-1,good,1.5,"a ""quoted"", note"\n');
    expect(success).to.contain(',true,BAD-6,"good, too",2260031,"two\r\nlines"\n');
  });

  it('checks, and then loads, query output with a mapping file and rows in groups', async () => {
    const record = (id: string, weight: unknown, state: string, more = {}): object => ({
      id,
      Weight_Kg__c: weight,
      state,
      ...more
    });
    const records = [
      record('JSON-1', 1.5, 'moving', { attributes: { type: 'Shipment__c' }, Notes__c: 'two\nlines' }),
      record('JSON-2', 'heavy', 'here'),
      record('JSON-3', null, 'here', { Shipped_On__c: '2026-02-30', remark: 'not sent' }),
      record('JSON-4', 4, 'moving')
    ];
    const file = await csv('query.json', JSON.stringify({ status: 0, result: { records, done: true } }));
    const mapping = await csv(
      'mapping.yaml',
      'id: External_Id__c\nremark:\nstate:\n  field: Status__c\n  values: { moving: In Transit, here: Delivered }\n'
    );
    const flags = ['--mapping-file', mapping, '--group-by', 'Status__c'];
    const before = org.count('Shipment__c');
    const checked = await org.sf.output(...upsertArgs(file, '--dry-run', ...flags).args);
    expect(org.count('Shipment__c')).to.equal(before);
    expect(checked.stdout).to.contain('id → External_Id__c; state → Status__c');
    expect(checked.stdout).to.contain('not sent: remark');
    expect(checked.stdout).to.contain('row 2, Weight_Kg__c: "heavy" is no number');
    expect(checked.stdout).to.contain('row 3, Shipped_On__c: "2026-02-30" is no date');
    const { code, answer } = await upsert(file, ...flags);
    expect(code).to.equal(68);
    expect(answer.result.rows).to.include({ read: 4, succeeded: 2, rejected: 2, failed: 0 });
    expect(answer.result.problems.map(({ row, column }) => [row, column])).to.deep.equal([
      [2, 'Weight_Kg__c'],
      [3, 'Shipped_On__c']
    ]);
    const stored = org.records('Shipment__c').filter((one) => String(one.External_Id__c).startsWith('JSON-'));
    expect(stored.map((one) => [one.External_Id__c, one.Status__c, one.Notes__c ?? ''])).to.have.deep.members([
      ['JSON-1', 'In Transit', 'two\nlines'],
      ['JSON-4', 'In Transit', '']
    ]);
  });

  it('gives every row the constants of a mapping of Data Loader and of --set, and keeps them out of the result files', async () => {
    const file = await csv('constants.csv', 'key,note\nCONST-1,a\nCONST-2,b\nCONST-2,c\n');
    const mapping = await csv(
      'constants.sdl',
      'key=External_Id__c, Name\nnote=Notes__c\n"In\\ Transit"=Status__c\n"1"=Pieces__c\n'
    );
    const flags = ['--mapping-file', mapping, '--set', 'Pieces__c=7'];
    const { code, answer, runDir } = await upsert(file, ...flags);
    expect(code).to.equal(68);
    expect(answer.result.rows).to.include({ read: 3, succeeded: 1, rejected: 2 });
    expect(answer.result.constants).to.deep.equal([
      { field: 'Status__c', value: 'In Transit' },
      { field: 'Pieces__c', value: '7' }
    ]);
    const stored = org.records('Shipment__c').filter((one) => String(one.External_Id__c).startsWith('CONST-'));
    expect(stored.map((one) => [one.Name, one.Notes__c, one.Status__c, one.Pieces__c])).to.deep.equal([
      ['CONST-1', 'a', 'In Transit', 7]
    ]);
    expect(await readFile(join(runDir, 'failed.csv'), 'utf8')).to.match(/^sf__Id,sf__Error,bulkops__Row,key,note\n/);
    const checked = await org.sf.output(...upsertArgs(file, '--dry-run', ...flags).args);
    expect(checked.stdout).to.contain('key → Name').and.contain('"7" → Pieces__c');
  });

  it('loads what Excel writes in German, where it is told how it writes', async () => {
    const text =
      'External_Id__c;Value__c;Shipped_On__c;Delivered_At__c;Is_Insured__c\r\n' +
      'DE-1;"1.234,50 €";31.12.2026;31.12.2026 14:30;WAHR\r\nDE-2;1.5;;;FALSCH\r\n';
    const file = await csv('german.csv', `\ufeff${text}`);
    const dates = ['--date-format', 'DD.MM.YYYY', '--time-zone', 'Europe/Berlin'];
    const values = ['--number-format', '1.234,56', '--boolean-format', 'wahr/falsch'];
    const { code, answer } = await upsert(file, ...dates, ...values);
    expect(code).to.equal(68);
    expect(answer.result.problems.map(({ row, column }) => [row, column])).to.deep.equal([[2, 'Value__c']]);
    const [stored] = org.records('Shipment__c').filter((one) => one.External_Id__c === 'DE-1');
    expect(stored).to.include({ Value__c: 1234.5, Shipped_On__c: '2026-12-31', Is_Insured__c: true });
    expect(stored?.Delivered_At__c).to.match(/^2026-12-31T13:30:00/);
  });

  it('loads files of different dialects and orders as one, and says which rows are of which', async () => {
    const first = await csv('many-1.csv', 'External_Id__c;Name\r\nMANY-1;"one; and"\r\nMANY-2;two;x\r\n');
    const second = inHome('many-2.csv');
    await writeFile(second, '\ufeffname,external_id__c\n"three, too",MANY-3\nMANY-4\n', 'utf16le');
    const { code, answer, runDir } = await upsert(first, '--file', second);
    expect(code).to.equal(68);
    expect(answer.result.rows).to.include({ read: 4, succeeded: 2, rejected: 2 });
    expect(answer.result.inputs).to.deep.equal([
      { path: first, firstRow: 1, rows: 2 },
      { path: second, firstRow: 3, rows: 2 }
    ]);
    const stored = org.records('Shipment__c').filter((one) => String(one.External_Id__c).startsWith('MANY-'));
    expect(stored.map((one) => [one.External_Id__c, one.Name])).to.have.deep.members([
      ['MANY-1', 'one; and'],
      ['MANY-3', 'three, too']
    ]);
    expect(await readFile(join(runDir, 'success.csv'), 'utf8')).to.contain(';true;MANY-3;"three, too"\n');
    const checked = await org.sf.output(...upsertArgs(first, '--file', second, '--dry-run').args);
    expect(checked.stdout).to.contain(`Rows 1 to 2: ${first}`).and.contain(`Rows 3 to 4: ${second}`);
    const again = await upsert(join(runDir, 'failed.csv'));
    expect(again.answer.result.rows).to.include({ read: 2, rejected: 2 });
  });

  it('loads a mended failed.csv as it is', async () => {
    const first = await upsert(
      await csv('mend.csv', 'External_Id__c,Name,Weight_Kg__c\nMEND-1,one,1\nMEND-2,two,heavy\n')
    );
    expect(first.code).to.equal(68);
    const failed = await readFile(join(first.runDir, 'failed.csv'), 'utf8');
    const second = await upsert(await csv('mended.csv', failed.replace(',heavy', ',2')));
    expect(second.code).to.equal(0);
    expect(second.answer.result.rows).to.include({ read: 1, succeeded: 1, created: 1 });
  });

  it('says that a file of nothing but a header holds no rows', async () => {
    const { code, answer } = await upsert(await csv('header.csv', 'External_Id__c,Name\n'));
    expect(code).to.equal(0);
    expect(answer.result.rows.read).to.equal(0);
    expect(answer.result.warnings.join()).to.contain('no rows');
  });

  const refused: ReadonlyArray<{ what: string; name: string; file: () => Promise<string>; more?: string[] }> = [
    { what: 'a file that is not there', name: 'FileMissingError', file: () => Promise.resolve(inHome('nowhere.csv')) },
    { what: 'an empty file', name: 'FileEmptyError', file: async () => csv('empty.csv', '') },
    { what: 'a file without the key', name: 'KeyColumnMissingError', file: async () => csv('nokey.csv', 'Name\nx\n') },
    {
      what: 'a column twice',
      name: 'DuplicateColumnError',
      file: async () => csv('twice.csv', 'Name,External_Id__c,NAME\nx,y,z\n')
    },
    {
      what: 'a column without a name',
      name: 'BlankColumnError',
      file: async () => csv('blank.csv', 'External_Id__c,,Name\nx,y,z\n')
    },
    {
      what: 'a column that is no field',
      name: 'ColumnUnknownError',
      file: async () => csv('what.csv', 'External_Id__c,What__c\nx,y\n')
    },
    {
      what: 'a file that is no UTF-8',
      name: 'NotUtf8Error',
      file: async () => {
        const path = inHome('latin.csv');
        await writeFile(path, Buffer.from('External_Id__c,Name\nx,caf\xe9\n', 'latin1'));
        return path;
      }
    },
    {
      what: 'a workbook',
      name: 'NotTextError',
      file: async () => {
        const path = inHome('book.csv');
        await writeFile(path, Buffer.from('504b0304140006000800', 'hex'));
        return path;
      }
    },
    {
      what: 'a second file with other columns',
      name: 'HeadersDifferError',
      file: async () => csv('second.csv', 'External_Id__c,Name\nx,y\n'),
      more: ['--file', 'third.csv']
    },
    {
      what: 'a constant that does not fit its field',
      name: 'ConstantUnfitError',
      file: async () => csv('unfit.csv', 'External_Id__c,Name\nx,y\n'),
      more: ['--set', 'Weight_Kg__c=heavy']
    },
    {
      what: 'a constant without a field',
      name: 'SetError',
      file: async () => csv('unset.csv', 'External_Id__c,Name\nx,y\n'),
      more: ['--set', 'heavy']
    },
    {
      what: 'a constant without a value',
      name: 'SetError',
      file: async () => csv('unset.csv', 'External_Id__c,Name\nx,y\n'),
      more: ['--set', 'Weight_Kg__c=']
    },
    {
      what: 'a file that is given twice',
      name: 'FileTwiceError',
      file: async () => csv('third.csv', 'Name,Notes__c\nx,y\n'),
      more: ['--file', './third.csv']
    },
    {
      what: 'a date format that is none',
      name: 'DateFormatError',
      file: async () => csv('dated.csv', 'External_Id__c,Name\nx,y\n'),
      more: ['--date-format', 'DD.MM.YY']
    },
    {
      what: 'a time zone that is none',
      name: 'TimeZoneError',
      file: async () => csv('dated.csv', 'External_Id__c,Name\nx,y\n'),
      more: ['--time-zone', 'Berlin']
    },
    {
      what: 'a boolean format that is none',
      name: 'BooleanFormatError',
      file: async () => csv('dated.csv', 'External_Id__c,Name\nx,y\n'),
      more: ['--boolean-format', 'yes']
    },
    {
      what: 'a number format without a check of values',
      name: 'FormatUncheckedError',
      file: async () => csv('unchecked.csv', 'External_Id__c,Name\nx,y\n'),
      more: ['--number-format', '1.234,56', '--validate', 'none']
    },
    {
      what: 'a mapping file that is broken',
      name: 'MappingBrokenError',
      file: async () => csv('mapped.csv', 'External_Id__c,Name\nx,y\n'),
      more: ['--mapping-file', 'broken.yaml']
    }
  ];
  before(async () => {
    await csv('third.csv', 'Name,Notes__c\nx,y\n');
    await writeFile(inHome('broken.yaml'), 'A: B\n C: D: E\n');
  });
  for (const { what, name, file, more = [] } of refused)
    it(`refuses ${what} before anything is sent`, async () => {
      const jobs = org.emulator.org.ingest.list().length;
      const { code, answer } = await upsert(await file(), ...more);
      expect(answer.name).to.equal(name);
      expect(code).to.equal(2);
      expect(org.emulator.org.ingest.list()).to.have.length(jobs);
    });

  it('says what the org said when it refuses a whole job', async () => {
    const { code, answer } = await upsert(
      await csv('refused.csv', 'External_Id__c,What__c\nREF-1,y\n'),
      '--validate',
      'none'
    );
    expect(code).to.equal(1);
    expect(answer.result.status).to.equal('Failed');
    expect(answer.result.rows).to.include({ read: 1, failed: 1 });
    expect(answer.result.warnings.join()).to.contain('Field name not found : What__c');
  });

  it('refuses a run directory that holds a run', async () => {
    const file = await csv('taken.csv', 'External_Id__c\nTAKEN-1\n');
    const { args } = upsertArgs(file, '--json');
    await org.sf.text(...args);
    const { code, stdout } = await org.sf.output(...args);
    expect(code).to.not.equal(0);
    expect((JSON.parse(stdout) as Answer).name).to.equal('DirectoryTakenError');
  });

  it('sends and does not wait with --async; resume fetches the results', async () => {
    const file = inHome('async.csv');
    await writeShipments(file, 25_000, { isClean: true });
    const { code, answer, runDir } = await upsert(file, '--async');
    expect(code).to.equal(0);
    expect(answer.result.status).to.equal('InProgress');
    expect(answer.result.next).to.equal(`sf bulkops resume --run-id ${answer.result.runId}`);
    const resumed = await org.sf.output('bulkops', 'resume', '--run-id', answer.result.runId, '--json');
    expect(resumed.code).to.equal(0);
    expect((JSON.parse(resumed.stdout) as Answer).result.rows).to.include({ read: 25_000, succeeded: 25_000 });
    expect(await lines(join(runDir, 'failed.csv'))).to.equal(1);
  });

  it('ends with 69 when --wait runs out', async () => {
    const { code, answer } = await upsert(await csv('wait.csv', 'External_Id__c\nWAIT-1\n'), '--wait', '0');
    expect(code).to.equal(69);
    expect(answer.result.status).to.equal('InProgress');
  });

  for (const { signal, code } of [
    { signal: 'SIGKILL', code: null },
    { signal: 'SIGINT', code: 130 }
  ] as const)
    it(`resumes after ${signal} as if nothing had been`, async function () {
      if (process.platform === 'win32' && signal === 'SIGINT') this.skip(); // no signal reaches another process there
      const file = inHome(`${signal}.csv`);
      const prefix = signal;
      const rows = Array.from({ length: 30_000 }, (_, at) => `${prefix}-${at + 1},"name ${at}\nof two lines"\n`).join(
        ''
      );
      await writeFile(file, `External_Id__c,Name\n${rows}`);
      const { args, runDir } = upsertArgs(file);
      const child = org.sf.start(args, { stdio: 'ignore' });
      await jobUnderWay(runDir);
      child.kill(signal);
      const [ended] = (await once(child, 'close')) as [number | null];
      expect(ended).to.equal(code);
      await rm(file);
      const { code: resumed, stdout } = await org.sf.output('bulkops', 'resume', '--run-dir', runDir, '--json');
      expect(resumed).to.equal(0);
      const { result } = JSON.parse(stdout) as Answer;
      expect(result.rows).to.include({ read: 30_000, succeeded: 30_000, failed: 0, unaccounted: 0 });
      expect(
        org.records('Shipment__c').filter((record) => String(record.External_Id__c).startsWith(prefix))
      ).to.have.length(30_000);
      const success =
        (await readFile(join(runDir, 'success.csv'), 'utf8')).match(new RegExp(`(?<=,)${prefix}-\\d+`, 'g')) ?? [];
      expect(success).to.deep.equal(Array.from({ length: 30_000 }, (_, at) => `${prefix}-${at + 1}`));
    });

  it('keeps stdout for the JSON', async () => {
    const { args } = upsertArgs(await csv('one.csv', 'External_Id__c\nONE-1\n'), '--json');
    const { stdout } = await org.sf.output(...args);
    expect(() => JSON.parse(stdout) as unknown).to.not.throw();
  });

  it('never writes the session to disk', async () => {
    const { runDir } = await upsert(await csv('secret.csv', 'External_Id__c\nSECRET-1\n'));
    const names = await readdir(runDir);
    for (const name of names) {
      const text = await readFile(join(runDir, name), 'utf8').catch(() => '');
      expect(text, name).to.not.contain(org.emulator.accessToken);
    }
  });

  it('makes its run directory below the working directory', async () => {
    await mkdir(inHome('work'), { recursive: true });
    const file = await csv('default.csv', 'External_Id__c\nDEF-1\n');
    const key = ['--sobject', 'Shipment__c', '--external-id', 'External_Id__c'];
    const { stdout } = await org.sf.output(
      'bulkops',
      'upsert',
      '--target-org',
      ALIAS,
      ...key,
      '--file',
      file,
      '--json'
    );
    const { result } = JSON.parse(stdout) as Answer;
    expect(result.runDir).to.equal(join(org.sf.home, 'bulkops-runs', result.runId));
  });
});

/** Until a job of the run is being processed. */
async function jobUnderWay(runDir: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const journal = await readFile(join(runDir, 'journal.ndjson'), 'utf8').catch(() => '');
    if (journal.includes('upload-complete')) return;
    await sleep(100);
  }
  throw new Error('no job of the run was ever under way');
}
