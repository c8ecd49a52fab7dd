import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type OrgReads } from '../../../src/bulk/orgReads.js';
import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { type LoadAsked } from '../../../src/load/asked.js';
import { cut, type CutInput } from '../../../src/load/prepare/cut.js';
import { dropDuplicates, type Deduplicated } from '../../../src/load/prepare/duplicates.js';
import { fragmentSource } from '../../../src/load/parts/fragment.js';
import { mergeRecords } from '../../../src/load/parts/mergeRecords.js';
import { readKeyHashes } from '../../../src/load/parts/keyHashes.js';
import { partPaths } from '../../../src/load/parts/partFile.js';
import { eachRow } from '../../../src/load/parts/partRows.js';
import { matchPlan } from '../../../src/load/prepare/prepared.js';
import { openForLoad, type Opened } from '../../../src/load/prepare/prepare.js';
import { type KeyedRecord, RowKey } from '../../../src/load/settle/rowKey.js';
import { RecordBatch } from '../../../src/input/recordBatch.js';
import { scanRecords } from '../../../src/input/records.js';
import { fragmentPath, type FragmentKind, type FragmentOrigin } from '../../../src/load/settle/settle.js';
import { rejection, sfRejection } from '../../rejection.js';
import { CONTACT } from '../../schema/objects.js';
import { tempDir } from '../../tempDir.js';
import { ASKED } from '../loadHarness.js';

/** Knows Contact, and asks for nothing else. */
const ORG: OrgReads = {
  get: async (path) =>
    Promise.resolve(path === '/sobjects' ? { sobjects: [{ name: 'Account', keyPrefix: '001' }] } : CONTACT)
};

type PartRow = { readonly number: number; readonly sent: string; readonly input: string };

describe('load/cut', () => {
  const dir = tempDir();
  let inputs = 0;

  class Cut {
    public readonly parts: PartRow[][] = [];
    public result!: CutInput;
    public opened!: Opened;
    public readonly directory = join(dir.path, String((inputs += 1)));
    private readonly asked: LoadAsked;

    public constructor(asked: Partial<LoadAsked>) {
      this.asked = { ...ASKED, partBytes: 1_000_000, delimiter: undefined, ...asked };
    }

    public async cut(texts: readonly string[], signal = new AbortController().signal): Promise<this> {
      await mkdir(this.directory);
      const files: string[] = [];
      for (const [at, text] of texts.entries()) {
        files.push(join(this.directory, `in${at}.csv`));
        await writeFile(files[at] ?? '', text);
      }
      this.opened = await openForLoad({ ...this.asked, files }, ORG);
      const { input, columns, prepared, rowCheck, inputBytes } = this.opened;
      this.result = await cut(input, {
        columns,
        prepared,
        emptyAsNull: this.asked.emptyAsNull,
        rowCheck,
        plan: { partBytes: this.asked.partBytes, concurrency: 1, inputBytes },
        ...this.dirs,
        onProgress: async () => Promise.resolve(),
        signal
      });
      await this.read();
      return this;
    }

    public async dropDuplicates(candidates = this.result.candidates): Promise<Deduplicated> {
      const { onDuplicate } = this.asked;
      const { parts } = this.result;
      const dropped = await dropDuplicates({
        parts,
        candidates,
        prepared: this.opened.prepared,
        onDuplicate,
        ...this.dirs
      });
      this.result = { ...this.result, parts: dropped.parts };
      await this.read();
      return dropped;
    }

    public get rows(): PartRow[] {
      return this.parts.flat();
    }

    public get dirs(): { partsDir: string; settledDir: string } {
      return { partsDir: join(this.directory, 'parts'), settledDir: join(this.directory, 'settled') };
    }

    public async sentFile(part: number): Promise<string> {
      return readFile(partPaths(this.dirs.partsDir, part).sent, 'utf8');
    }

    public async filed(origin: FragmentOrigin, kind: FragmentKind = 'failed'): Promise<string[]> {
      const path = fragmentPath(this.dirs.settledDir, origin, kind);
      let text = '';
      for await (const piece of mergeRecords([fragmentSource(path)])) text += piece.toString();
      return text.split('\n').slice(0, -1);
    }

    private async read(): Promise<void> {
      this.parts.length = 0;
      for (const { part, rows, bytes } of this.result.parts) {
        const found: PartRow[] = [];
        await eachRow(partPaths(this.dirs.partsDir, part), ({ number, sent, input }) => {
          found.push({ number, sent: sent.buffer.toString(), input: input.buffer.toString() });
        });
        expect(found).to.have.length(rows);
        expect(Buffer.byteLength(await this.sentFile(part))).to.equal(bytes);
        expect(await this.hashes(part, rows), 'hashes of keys').to.deep.equal(await this.hashesOfSent(part));
        this.parts.push(found);
      }
    }

    private async hashes(part: number, rows: number): Promise<number[] | undefined> {
      const hashes = await readKeyHashes(partPaths(this.dirs.partsDir, part).keys, rows);
      return hashes && [...hashes];
    }

    /** As the org would have to answer it; undefined where a row has no key. */
    private async hashesOfSent(part: number): Promise<number[] | undefined> {
      const { prepared } = this.opened;
      const key = new RowKey(matchPlan(prepared));
      const chunks = (async function* (bytes: Promise<Buffer>) {
        yield await bytes;
      })(readFile(partPaths(this.dirs.partsDir, part).sent));
      const hashes: number[] = [];
      const record: KeyedRecord = {
        batch: RecordBatch.NONE,
        at: 0,
        placeOf: prepared.columns.map((_, column) => column),
        valueOf: (column) => record.batch.field(record.at, column)
      };
      for await (const batch of scanRecords(chunks, { delimiter: prepared.delimiter })) {
        record.batch = batch;
        for (record.at = batch.firstNumber === 0 ? 1 : 0; record.at < batch.count; record.at += 1) {
          key.ofRecord(record);
          if (!key.isKey && prepared.keyColumn !== undefined) return undefined;
          hashes.push(key.hash);
        }
      }
      return hashes;
    }
  }

  const cutOf = async (texts: string | readonly string[], asked: Partial<LoadAsked> = {}): Promise<Cut> =>
    new Cut(asked).cut(typeof texts === 'string' ? [texts] : texts);

  it('lays all rows with their numbers into parts, as they came', async () => {
    const made = await cutOf('A,B\n1,"x\n""y"""\n\n2,ü\n');
    expect(made.rows).to.deep.equal([
      { number: 1, sent: '1,"x\n""y"""', input: '1,"x\n""y"""' },
      { number: 2, sent: '2,ü', input: '2,ü' }
    ]);
    expect(await made.sentFile(1)).to.equal('A,B\n1,"x\n""y"""\n2,ü\n');
    expect(made.result).to.deep.include({ rows: 2, rejected: 0 });
  });

  it('begins another part where one is full, by its bytes with the header', async () => {
    const made = await cutOf('A\naaaa\nbbbb\ncccc\ndddd\neeee\n', { partBytes: 12 });
    expect(made.parts.map((part) => part.map(({ sent }) => sent))).to.deep.equal([
      ['aaaa', 'bbbb'],
      ['cccc', 'dddd'],
      ['eeee']
    ]);
    for (const { part } of made.result.parts) expect((await made.sentFile(part)).startsWith('A\n')).to.equal(true);
  });

  it('gives a row that is larger than a part may be a part of its own', async () => {
    const made = await cutOf(`A\na\n${'d'.repeat(30)}\nb\n`, { partBytes: 12 });
    expect(made.parts.map((part) => part.length)).to.deep.equal([1, 1, 1]);
  });

  it('skips rows without a value, such as Excel writes at the end, and files them with their numbers', async () => {
    const made = await cutOf('A;B;;\r\n1;2;;\r\n;;;\r\n;"";;\r\n3;4\r\n;\r\n;;;;;\r\n', { validate: 'none' });
    expect(made.rows.map(({ number, sent }) => `${number}:${sent}`)).to.deep.equal(['1:1;2', '4:3;4']);
    expect(made.result).to.deep.include({ rows: 6, rejected: 0, skipped: 4, firstEmpty: 2 });
    const skipped = await made.filed('scan', 'skipped');
    expect(skipped).to.have.length(4);
    expect(skipped[0]).to.equal(';BULKOPS_EMPTY_ROW:the row has no value in any column:--;2;;;;');
  });

  it('sends no column without a name, and no row that has a value there', async () => {
    const made = await cutOf('A;B;;\r\n1;2;;x\r\n3;4;;\r\n', { validate: 'none' });
    expect(await made.sentFile(1)).to.equal('A;B\n3;4\n');
    expect((await made.filed('scan'))[0]).to.match(/^;BULKOPS_NAMELESS_VALUE:.*:--;1;1;2;;x$/);
    expect(made.opened.prepared.mapping.map(({ column }) => column)).to.deep.equal(['A', 'B']);
  });

  it('numbers rows on through several files', async () => {
    const made = await cutOf(['A,B\n1,2\n', '\ufeffa,b\r\n3\r\n4,5\r\n', 'A,B\n6,7']);
    expect(made.rows.map(({ number, sent }) => `${number}:${sent}`)).to.deep.equal(['1:1,2', '3:4,5', '4:6,7']);
    expect(await made.filed('scan')).to.deep.equal([
      ',BULKOPS_TOO_FEW_FIELDS:the row has 1 field and the header 2:--,2,3,'
    ]);
  });

  it('loses no row and no byte of one, whatever the rows and however small the parts', async () => {
    const value = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', 'ü', ' '), maxLength: 8 });
    const line = fc.oneof(
      {
        weight: 5,
        arbitrary: fc
          .tuple(value, value)
          .map((values) => values.map((text) => `"${text.replaceAll('"', '""')}"`).join(','))
      },
      { weight: 1, arbitrary: fc.constantFrom('x', '1,2,3', 'a"b,c', '"a"b,c') }
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 15 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.integer({ min: 5, max: 60 }),
        fc.constantFrom('LF' as const, 'CRLF' as const),
        async (lines, rowEnd, partBytes, lineEnding) => {
          const made = await cutOf(['A,B', ...lines].join(rowEnd), { partBytes, lineEnding, delimiter: 'COMMA' });
          const isEmpty = (text: string): boolean => text === '"",""';
          const isGood = (text: string): boolean => text.startsWith('"') && text.endsWith('"') && !isEmpty(text);
          expect(made.rows.map(({ number, input }) => [number, input])).to.deep.equal(
            lines.flatMap((text, at) => (isGood(text) ? [[at + 1, text]] : []))
          );
          expect(made.result.skipped).to.equal(lines.filter(isEmpty).length);
          expect(made.result.rejected).to.equal(lines.filter((text) => !isGood(text) && !isEmpty(text)).length);
          expect(made.result.rows).to.equal(lines.length);
          // What is sent says the same as the input, but for the kind of row ends.
          const end = lineEnding === 'LF' ? '\n' : '\r\n';
          for (const { sent, input } of made.rows)
            expect(sent).to.equal(input.replace(/\r\n?|\n/g, end) + (lineEnding === 'CRLF' ? '\r' : ''));
        }
      ),
      { numRuns: 80 }
    );
  });

  describe('what is sent', () => {
    it('has the chosen columns under the names of their fields', async () => {
      const made = await cutOf('Key,Skip,"City, State",Empty\nk,s,"c, d",\n', {
        map: [
          ['Key', 'Ext__c'],
          ['City, State', 'City__c']
        ],
        skipColumns: ['skip']
      });
      expect(await made.sentFile(1)).to.equal('Ext__c,City__c,Empty\nk,"c, d",\n');
      expect(made.rows[0]?.input).to.equal('k,s,"c, d",');
    });

    it('says #N/A for nothing where that was asked', async () => {
      const made = await cutOf('A,B,C\n,"",x\n"",,"y"\n', { emptyAsNull: true });
      expect(made.rows.map(({ sent }) => sent)).to.deep.equal(['#N/A,#N/A,x', '#N/A,#N/A,"y"']);
      expect(made.rows.map(({ input }) => input)).to.deep.equal([',"",x', '"",,"y"']);
    });

    it('has row ends within quotes as the job has them', async () => {
      const rows = 'A,B\r\n1,"a\r\nb\rc\nd"\r\n2,e\r\n';
      expect(await (await cutOf(rows)).sentFile(1)).to.equal('A,B\n1,"a\nb\nc\nd"\n2,e\n');
      expect(await (await cutOf(rows, { lineEnding: 'CRLF' })).sentFile(1)).to.equal(
        'A,B\r\n1,"a\r\nb\r\nc\r\nd"\r\n2,e\r\n'
      );
    });

    it('of a row whose one column is empty is no blank line', async () => {
      const made = await cutOf('A,Skip\n,x\n', { skipColumns: ['Skip'] });
      expect(await made.sentFile(1)).to.equal('A\n""\n');
    });

    it('is the Id alone in a delete', async () => {
      const made = await cutOf('Name,id\na,003000000000001\n', { operation: 'delete' });
      expect(await made.sentFile(1)).to.equal('id\n003000000000001\n');
      expect(made.rows[0]?.input).to.equal('a,003000000000001');
    });
  });

  describe('a malformed row', () => {
    const long = 'x'.repeat(131_073);
    const cases: ReadonlyArray<[string, string, string]> = [
      ['with too few fields is filled up', '1', ',BULKOPS_TOO_FEW_FIELDS:the row has 1 field and the header 2:--,2,1,'],
      [
        'with too many fields is kept as one value',
        '1,2,3',
        ',BULKOPS_TOO_MANY_FIELDS:the row has 3 fields and the header 2:--,2,"1,2,3",'
      ],
      [
        'with a stray quote is kept as one value',
        'a"b,2',
        ',BULKOPS_STRAY_QUOTE:A: a quote stands within a value that is not in quotes:--,2,"a""b,2",'
      ],
      [
        'with text after a quote is kept as one value',
        '"a"b,2',
        ',BULKOPS_STRAY_QUOTE:A: text stands after the quote that closes a value:--,2,"""a""b,2",'
      ],
      [
        'with a value that is too long is kept as it is',
        `${long},2`,
        `,BULKOPS_TOO_LONG:A: a value has more than 131072 characters:--,2,${long},2`
      ],
      [
        'with a value that is too long and none after it is filled up',
        long,
        `,BULKOPS_TOO_LONG:A: a value has more than 131072 characters:--,2,${long},`
      ]
    ];
    for (const [name, row, filed] of cases)
      it(`${name}, with its number, and the others go on`, async () => {
        const made = await cutOf(`A,B\n1,2\n${row}\n3,4\n`, { delimiter: 'COMMA' });
        expect(made.rows.map(({ number }) => number)).to.deep.equal([1, 3]);
        const lines = await made.filed('scan');
        expect(lines.length === 1 && lines[0] === filed, lines[0]?.slice(0, 200)).to.equal(true);
        expect(made.result.errors).to.have.length(1);
        expect(made.result.errors[0]).to.include({ count: 1, exampleRow: 2 });
        // Whoever reads failed.csv finds as many columns in it as the header has.
        expect(parse(lines.join('\n'))[0]).to.have.length(5);
      });

    it('stands in the results in as many columns as the header, in any dialect', async () => {
      const made = await cutOf('A;B;C\n1\nx"y;2;3\n1;2;3;4\n', { delimiter: 'SEMICOLON' });
      const rows = parse((await made.filed('scan')).join('\n'), { delimiter: ';' });
      expect(rows.map((row) => row.length)).to.deep.equal([6, 6, 6]);
    });
  });

  it('rejects the header where it comes again, with or without its byte order mark, and knows rows that are like it', async () => {
    const made = await cutOf('A,B b,\n1,2\nA,B b\n\ufeffA,"B b"\na, b B,\nA,x\nA,b\u00a0B\nA,b  b\n', {
      validate: 'none'
    });
    expect(made.rows.map(({ number }) => number)).to.deep.equal([1, 4, 5]);
    expect(await made.filed('scan')).to.deep.equal([
      ',BULKOPS_HEADER_AGAIN:the row is the header once more:--,2,A,B b',
      ',BULKOPS_HEADER_AGAIN:the row is the header once more:--,3,\ufeffA,"B b"',
      ',BULKOPS_HEADER_AGAIN:the row is the header once more:--,6,A,b\u00a0B',
      ',BULKOPS_HEADER_AGAIN:the row is the header once more:--,7,A,b  b'
    ]);
  });

  it('takes no file twice, whose rows would all be sent twice', async () => {
    const path = join(dir.path, 'twice.csv');
    await writeFile(path, 'A\n1\n');
    for (const files of [
      [path, path],
      ['-', path, '-']
    ]) {
      const error = await sfRejection(openForLoad({ ...ASKED, files }, ORG));
      expect(error.name).to.equal('FileTwiceError');
    }
  });

  describe('several files', () => {
    it('are one, whatever their dialects and the order of their columns, and so are their rejected rows', async () => {
      const files = [
        'Id,LastName,Email\n001,"A, B",a\n002,x\n',
        'email;id;lastname\nb;003;C,D\nonly;two\nc"d;e;f\n1;2;3;4\n',
        'Email\tLastName\tId\nc\tE\t004\n'
      ];
      const made = await new Cut({ operation: 'update' }).cut(files);
      expect(await made.sentFile(1)).to.equal('Id,LastName,Email\n001,"A, B",a\n003,"C,D",b\n004,E,c\n');
      expect(made.rows.map(({ number }) => number)).to.deep.equal([1, 3, 7]);
      const rejected = parse((await made.filed('scan')).join('\n'));
      expect(rejected).to.deep.equal([
        ['', 'BULKOPS_TOO_FEW_FIELDS:the row has 2 fields and the header 3:--', '2', '002', 'x', ''],
        ['', 'BULKOPS_TOO_FEW_FIELDS:the row has 2 fields and the header 3:--', '4', 'only;two', '', ''],
        [
          '',
          'BULKOPS_STRAY_QUOTE:email: a quote stands within a value that is not in quotes:--',
          '5',
          'c"d;e;f',
          '',
          ''
        ],
        ['', 'BULKOPS_TOO_MANY_FIELDS:the row has 4 fields and the header 3:--', '6', '1;2;3;4', '', '']
      ]);
    });
  });

  describe('a mapping file', () => {
    const MAPPING = { name: 'x.sdl', isWhole: false, columns: [] };

    it('translates values on the way out, before they are checked, and keeps what came', async () => {
      const made = await cutOf('LastName,Sum,Mail\n"a",n/a,\nb,"1,5",x@y.zz\nc,"ten",\n', {
        validate: 'full',
        emptyAsNull: true,
        mapping: {
          ...MAPPING,
          columns: [
            { column: 'sum', field: 'Amount__c', line: 1, values: { '1,5': '1.5', 'n/a': '' } },
            { column: 'Mail', field: 'Email', line: 2, values: { '': 'none@x.yz' } }
          ]
        }
      });
      expect(await made.sentFile(1)).to.equal('LastName,Amount__c,Email\n"a",#N/A,none@x.yz\nb,1.5,x@y.zz\n');
      expect(made.rows.map(({ input }) => input)).to.deep.equal(['"a",n/a,', 'b,"1,5",x@y.zz']);
      expect(await made.filed('scan')).to.have.length(1);
    });

    it('sends a column to several fields and constants beside, and keeps what came', async () => {
      const made = await cutOf('LastName,X,Mail\na,1,n/a\n"b\r\nc",2,\n,,\n', {
        skipColumns: ['X'],
        set: [
          ['Note__c', 'a "note"\r\nwith, all'],
          ['Code__c', '']
        ],
        mapping: {
          ...MAPPING,
          columns: [{ column: 'Mail', field: 'Email', also: ['Other__c'], line: 1, values: { 'n/a': 'x@y.zz' } }]
        }
      });
      const note = '"a ""note""\nwith, all"';
      expect(await made.sentFile(1)).to.equal(
        `LastName,Email,Other__c,Note__c,Code__c\na,x@y.zz,x@y.zz,${note},\n"b\nc",,,${note},\n`
      );
      expect(made.rows.map(({ input }) => input)).to.deep.equal(['a,1,n/a', '"b\r\nc",2,']);
      expect(made.result.skipped).to.equal(1);
      expect(made.opened.prepared.mapping).to.deep.equal([
        { column: 'LastName', field: 'LastName' },
        { column: 'X', field: null },
        { column: 'Mail', field: 'Email' },
        { column: 'Mail', field: 'Other__c' }
      ]);
      expect(made.opened.prepared.constants).to.deep.equal([
        { field: 'Note__c', value: 'a "note"\r\nwith, all' },
        { field: 'Code__c', value: '' }
      ]);
    });

    it('does not take as many fields as columns for the same ones', async () => {
      const made = await cutOf('A,B\n1,2\n', {
        skipColumns: ['B'],
        map: [
          ['A', 'X__c'],
          ['A', 'Y__c']
        ]
      });
      expect(await made.sentFile(1)).to.equal('X__c,Y__c\n1,1\n');
      const constant = await cutOf('A,B\n1,2\n', { skipColumns: ['B'], set: [['C', '3']], emptyAsNull: true });
      expect(await constant.sentFile(1)).to.equal('A,C\n1,3\n');
    });

    it('can not have a constant that does not fit its field', async () => {
      const error = await sfRejection(cutOf('LastName\na\n', { validate: 'full', set: [['Amount__c', 'ten']] }));
      expect(error.name).to.equal('ConstantUnfitError');
      expect(error.message).to.contain(`The constant "ten" can't go into Amount__c: it is no number`);
      const empty = await sfRejection(cutOf('Email\na@b.cc\n', { validate: 'full', set: [['LastName', '#N/A']] }));
      expect(empty.message).to.contain(`can't go into LastName: it has no value`);
      expect(
        await (await cutOf('LastName\na\n', { validate: 'full', set: [['Amount__c', '10']] })).sentFile(1)
      ).to.equal('LastName,Amount__c\na,10\n');
    });

    it('reads numbers and dates as they were said to be written, a table of values before that', async () => {
      const text = 'LastName;Amount__c;Born__c\na;"1.234,50";31.12.2026\nb;n/a;#N/A\nc;;\n"d ""e""";7;2026-12-31\n';
      const made = await cutOf(text, {
        validate: 'full',
        numberFormat: '1.234,56',
        dateFormat: 'DD.MM.YYYY',
        mapping: { ...MAPPING, columns: [{ column: 'Amount__c', line: 1, values: { 'n/a': '0' } }] }
      });
      expect(await made.sentFile(1)).to.equal(
        'LastName;Amount__c;Born__c\na;1234.50;2026-12-31\nb;0;#N/A\nc;;\n"d ""e""";7;2026-12-31\n'
      );
      expect(made.rows[0]?.input).to.equal('a;"1.234,50";31.12.2026');
    });

    it('rejects what is written otherwise, though it may be a number or a date in another way', async () => {
      const text = 'LastName,Number__c,Born__c\na,1.5,\nb,,12/31/2026\nc,,30.02.2026\nd,"9999999999999999999,0",\n';
      const made = await cutOf(text, { validate: 'full', numberFormat: '1.234,56', dateFormat: 'DD.MM.YYYY' });
      expect(made.rows).to.deep.equal([]);
      const errors = parse((await made.filed('scan')).join('\n')).map(([, error]) => error);
      expect(errors).to.deep.equal([
        'BULKOPS_BAD_NUMBER:Number__c "1.5" is no number such as 1.234,56:Number__c --',
        'BULKOPS_BAD_DATE:Born__c "12/31/2026" is no date such as 31.01.2026:Born__c --',
        'BULKOPS_BAD_DATE:Born__c "30.02.2026" is no date such as 2024-01-31:Born__c --',
        'BULKOPS_NUMBER_TOO_LARGE:Number__c "9999999999999999999,0" is too large: the field takes 18 digits before the point:Number__c --'
      ]);
    });

    it('reads booleans and moments as they were said to be written', async () => {
      const asked = {
        validate: 'full',
        booleanFormat: 'ja/nein',
        timeZone: 'Europe/Berlin',
        dateFormat: 'DD.MM.YYYY'
      } as const;
      const text =
        'LastName,Active__c,Seen__c\na,JA,31.12.2026 14:30\nb,true,2026-12-31T14:30:00Z\nc,1,\nd,,29.03.2026 02:30\n';
      const made = await cutOf(text, asked);
      expect(await made.sentFile(1)).to.equal(
        'LastName,Active__c,Seen__c\na,true,2026-12-31T13:30:00.000Z\nb,true,2026-12-31T14:30:00Z\n'
      );
      const errors = parse((await made.filed('scan')).join('\n')).map(([, error]) => error);
      expect(errors).to.deep.equal([
        'BULKOPS_BAD_BOOLEAN:Active__c "1" is no boolean such as ja/nein:Active__c --',
        'BULKOPS_BAD_DATE:Seen__c "29.03.2026 02:30" is no date and time such as 31.01.2026 14:30:00:Seen__c --'
      ]);
    });

    it('reads the number that rows are known by, and finds it twice', async () => {
      const made = await cutOf('Number__c,LastName\n1.000,a\n1000,b\n', {
        operation: 'upsert',
        externalId: 'Number__c',
        validate: 'full',
        numberFormat: '1.234,56'
      });
      expect([...made.result.candidates]).to.deep.equal([1, 2]);
    });

    it('reads nothing that is not checked', async () => {
      const formats: Array<Partial<LoadAsked>> = [
        { dateFormat: 'DD.MM.YYYY' },
        { timeZone: 'UTC' },
        { numberFormat: '1.234,56' },
        { booleanFormat: 'yes/no' }
      ];
      for (const validate of ['header', 'none'] as const)
        for (const format of formats) {
          const error = await sfRejection(cutOf('LastName\na\n', { validate, ...format }));
          expect(error.name).to.equal('FormatUncheckedError');
          expect(error.message).to.contain(`--validate ${validate}`);
        }
    });

    it('writes translated values as the job has them', async () => {
      const made = await cutOf('A,B\nx,1\n', {
        lineEnding: 'CRLF',
        mapping: { ...MAPPING, columns: [{ column: 'A', line: 1, values: { x: 'a\n"b",c' } }] }
      });
      expect(await made.sentFile(1)).to.equal('A,B\r\n"a\r\n""b"",c",1\r\n');
    });

    it('makes two keys of its table one', async () => {
      const made = await cutOf('Code__c,Email\nx,\ny,\nz,\n', {
        operation: 'upsert',
        externalId: 'Code__c',
        validate: 'full',
        mapping: { ...MAPPING, columns: [{ column: 'Code__c', line: 1, values: { x: 'y' } }] }
      });
      expect([...made.result.candidates]).to.deep.equal([1, 2]);
    });

    it('leaves out what it leaves out, and flags come before it', async () => {
      const made = await cutOf('sf__Id,sf__Error,bulkops__Row,A,B,C,D\n,,1,1,2,3,4\n', {
        map: [['b', 'X__c']],
        skipColumns: ['D'],
        mapping: {
          ...MAPPING,
          isWhole: true,
          columns: [
            { column: 'A', field: 'A__c', line: 1 },
            { column: 'B', field: null, line: 2 },
            { column: 'D', field: 'D__c', line: 3 }
          ]
        }
      });
      expect(await made.sentFile(1)).to.equal('A__c,X__c\n1,2\n');
      expect(made.opened.columns.warnings.join()).to.match(/x\.sdl does not name them: C\.$/);
    });

    it('is named where it sends a column to no field, or names a column that is not there', async () => {
      const columns = [{ column: 'Mail', field: 'Emial', line: 7 }];
      const unknown = await sfRejection(
        cutOf('LastName,Mail\na,b\n', { validate: 'header', mapping: { ...MAPPING, columns } })
      );
      expect(unknown.message).to.contain('"Mail", which is sent to Emial (x.sdl line 7)');
      expect(unknown.actions?.[0]).to.contain('Emial → Email');
      const missing = await sfRejection(cutOf('LastName\na\n', { mapping: { ...MAPPING, columns } }));
      expect(missing.message).to.equal('The input has no column "Mail" (x.sdl line 7).');
    });
  });

  describe('a row whose values do not fit', () => {
    const full = (more: Partial<LoadAsked> = {}): Partial<LoadAsked> => ({ validate: 'full', ...more });

    it('goes to failed.csv as it came, with all that is wrong, and the others go on', async () => {
      const made = await cutOf(
        `LastName,Mail,AccountId,Amount__c\n"a\nb",x,0010,"1,5"\nb,b@c.de,001000000000001,1.5\nc,,,\n,x@y.zz,,\n`,
        full({ map: [['Mail', 'Email']] })
      );
      expect(made.rows.map(({ number }) => number)).to.deep.equal([2, 3]);
      expect(await made.filed('scan')).to.deep.equal([
        ',"BULKOPS_BAD_EMAIL:Mail (Email) ""x"" is no e-mail address; AccountId ""0010"" is no Id: it has not 15 or 18 letters and digits; ' +
          'Amount__c ""1,5"" is no number such as 1234.56, with a decimal point and digits alone:Email,AccountId,Amount__c --",1,"a',
        'b",x,0010,"1,5"',
        ',BULKOPS_VALUE_MISSING:LastName has no value and must have one:LastName --,4,,x@y.zz,,'
      ]);
      expect(made.result).to.deep.include({ rows: 4, rejected: 2 });
      expect(made.result.errors.map(({ code, count, exampleRow }) => [code, count, exampleRow])).to.deep.equal([
        ['BULKOPS_BAD_EMAIL', 1, 1],
        ['BULKOPS_VALUE_MISSING', 1, 4]
      ]);
      expect(made.result.problems.map(({ row, column, field, value }) => [row, column, field, value])).to.deep.equal([
        [1, 'Mail', 'Email', 'x'],
        [1, 'AccountId', 'AccountId', '0010'],
        [1, 'Amount__c', 'Amount__c', '1,5'],
        [4, 'LastName', 'LastName', '']
      ]);
    });

    it('has its values cut short in the message, and not in its columns', async () => {
      const long = `x\n${'ü'.repeat(90)}`;
      const made = await cutOf(`LastName\n"${long}"\n`, full());
      const [error, ...row] = (await made.filed('scan')).join('\n').split(',1,');
      expect(error).to.contain(`LastName ""x ${'ü'.repeat(38)}…"" has 92 characters, and the field takes 80`);
      expect(row.join()).to.equal(`"${long}"`);
    });

    it('takes nothing, #N/A and quoted values for what they are', async () => {
      const made = await cutOf(
        'LastName,Email,Amount__c\n"a","b@c.de","1.5"\nb,#N/A,"#N/A"\nc,"",\n"#N/A",,\n',
        full()
      );
      expect(made.rows.map(({ number }) => number)).to.deep.equal([1, 2, 3]);
    });

    it('needs its key, unless an upsert by Id makes a record of it', async () => {
      const rows = async (csv: string, more: Partial<LoadAsked>): Promise<number[]> =>
        (await cutOf(csv, full(more))).rows.map(({ number }) => number);
      const byCode = { operation: 'upsert', externalId: 'Code__c' } as const;
      expect(await rows('Code__c,Email\nx,\n,a@b.cd\n#N/A,\n', byCode)).to.deep.equal([1]);
      const ids = 'Id,Email\n003000000000001,\n,a@b.cd\n001000000000001,\n';
      expect(await rows(ids, { operation: 'upsert', externalId: 'id' })).to.deep.equal([1, 2]);
      expect(await rows(ids, { operation: 'update' })).to.deep.equal([1]);
    });

    it('has blanks alone where there must be a value', async () => {
      const made = await cutOf(
        'Code__c,Email\n" ",\n\u00a0 ,a@b.cd\nx, \n',
        full({ operation: 'upsert', externalId: 'Code__c' })
      );
      expect(made.result.errors.map(({ code, count }) => [code, count])).to.deep.include(['BULKOPS_VALUE_MISSING', 1]);
    });

    it('frees its key for another row', async () => {
      const made = await cutOf(
        'Code__c,Email\nx,bad\nx,a@b.cd\n',
        full({ operation: 'upsert', externalId: 'Code__c' })
      );
      expect([...made.result.candidates]).to.deep.equal([]);
      expect(made.rows.map(({ number }) => number)).to.deep.equal([2]);
    });

    it('is sent all the same where only the header is checked', async () => {
      expect((await cutOf('LastName,Email\na,x\n', { validate: 'header' })).rows).to.have.length(1);
    });

    it('says what looks as if nobody meant it in a text, and sends it', async () => {
      const made = await cutOf('LastName,Email\n\\N,\n"=""007""",\nMüller,\n', full());
      expect(made.rows).to.have.length(3);
      expect(made.opened.rowCheck?.warnings()).to.have.length(2);
    });

    it('says what is sent in a column some of whose numbers have a decimal comma', async () => {
      const text = 'LastName;Amount__c\na;1.234\nb;1,5\nc;2.345\nd;7\n';
      const made = await cutOf(text, full());
      expect(made.rows).to.have.length(3);
      expect(made.opened.rowCheck?.warnings().join()).to.match(/Amount__c .*\(1\).*\(2, the first in row 1, "1.234"\)/);
      expect((await cutOf(text.replace('1,5', '1.5'), full())).opened.rowCheck?.warnings()).to.deep.equal([]);
    });

    it('says that a key is the name of a sum, and nothing of other columns', async () => {
      const keyed = full({ operation: 'upsert', externalId: 'Code__c' });
      const made = await cutOf('Code__c,LastName\nA,Total\nTotal,b\n', keyed);
      expect(made.opened.rowCheck?.warnings().join()).to.match(
        /sum below the table.*: 1, the first in row 2, column Code__c/
      );
      const inserted = await cutOf('LastName,Note__c\nGrand Total,\na,Total\n', full());
      expect(inserted.opened.rowCheck?.warnings().join()).to.match(/: 1, the first in row 1, column LastName/);
    });

    it('keeps the first hundred problems for a report', async () => {
      const made = await cutOf(`LastName,Email\n${'a,x\n'.repeat(150)}`, full());
      expect(made.result.problems).to.have.length(100);
      expect(made.result.rejected).to.equal(150);
    });
  });

  describe('a corrected failed.csv', () => {
    const FAILED = 'sf__Id,sf__Error,bulkops__Row,"Na,me",City\n,"X:y:--",7,a,"b\nc"\n,E,9,only\n,E,10,a,b,c\n,E\n';

    describe('with a row that nobody has mended', () => {
      const HEAD = 'sf__Id,sf__Error,bulkops__Row,A,B,C\n';
      const cases: ReadonlyArray<[what: string, row: string, isSent: boolean]> = [
        ['a stray quote', ',BULKOPS_STRAY_QUOTE:A: x:--,1,"a""b,2,3",,', false],
        ['too many fields', ',BULKOPS_TOO_MANY_FIELDS:the row has 4 fields and the header 3:--,1,"1,2,3,4",,', false],
        ['no JSON', ',BULKOPS_BAD_RECORD:x:--,1,"{""A"":",,', false],
        ['too few fields', ',BULKOPS_TOO_FEW_FIELDS:the row has 2 fields and the header 3:--,1,1,3,', false],
        ['one field', ',BULKOPS_TOO_FEW_FIELDS:the row has 1 field and the header 3:--,1,1,,', false],
        ['too few fields, filled', ',BULKOPS_TOO_FEW_FIELDS:the row has 2 fields and the header 3:--,1,1,,3', true],
        [
          'too few fields, for the second time',
          ',BULKOPS_TOO_FEW_FIELDS:the row has 5 fields and the header 6:--,1,1,3,',
          false
        ],
        ['a stray quote, mended', ',BULKOPS_STRAY_QUOTE:A: x:--,1,"a""b",2,3', true],
        ['a stray quote, said to be right', ',,1,"a""b,2,3",,', true],
        ['an error of the org', ',REQUIRED_FIELD_MISSING:x:B --,1,a,,', true]
      ];
      for (const [what, row, isSent] of cases)
        it(`${isSent ? 'sends' : 'rejects again'} ${what}`, async () => {
          const made = await cutOf(`${HEAD}${row}\n`, { delimiter: 'COMMA' });
          expect(made.rows).to.have.length(isSent ? 1 : 0);
          if (!isSent) {
            const [filed = ''] = await made.filed('scan');
            expect(filed).to.match(/^,"?BULKOPS_\w+:the row is as an earlier load left it/);
            expect(parse(filed)[0]?.slice(3)).to.deep.equal(parse(row)[0]?.slice(3));
          }
        });

      it('sends what a load of one column has, where a whole row can not be told from a value', async () => {
        const made = await cutOf('sf__Error,A\nBULKOPS_STRAY_QUOTE:x:--,"a""b"\n', { delimiter: 'COMMA' });
        expect(made.rows).to.have.length(1);
      });
    });

    it('is loaded as it is, and its results have the leading columns once', async () => {
      const made = await cutOf(FAILED, { map: [['Na,me', 'Name']] });
      expect(made.opened.prepared.inputHeader).to.equal('"Na,me",City');
      expect(await made.sentFile(1)).to.equal('Name,City\na,"b\nc"\n');
      expect(made.rows).to.deep.equal([{ number: 1, sent: 'a,"b\nc"', input: 'a,"b\nc"' }]);
      const rows = parse((await made.filed('scan')).join('\n'));
      expect(rows.map((row) => row.slice(2))).to.deep.equal([
        ['2', 'only', ''],
        ['3', ',E,10,a,b,c', ''],
        ['4', '', '']
      ]);
    });

    it('keeps such a column that was mapped on purpose', async () => {
      const made = await cutOf('sf__Id,sf__Created,Name\n003,true,a\n', {
        operation: 'update',
        map: [['sf__Id', 'Id']]
      });
      expect(made.opened.prepared.inputHeader).to.equal('sf__Id,Name');
      expect(await made.sentFile(1)).to.equal('Id,Name\n003,a\n');
    });
  });

  it('ends at once when it is told to, and leaves no file open', async () => {
    const reason = new Error('out');
    expect(await rejection(new Cut({}).cut(['A\n1\n'], AbortSignal.abort(reason)))).to.equal(reason);
  });

  it('says what is wrong with the input before a part is there', async () => {
    const broken = new Cut({});
    expect((await sfRejection(broken.cut(['A,B\n1,2\n3,"4\n']))).name).to.equal('UnclosedQuoteError');
  });

  describe('rows of one key', () => {
    const upsert = (more: Partial<LoadAsked> = {}): Partial<LoadAsked> => ({
      operation: 'upsert',
      externalId: 'Key',
      ...more
    });
    const CSV = 'Key,V\na,1\nb,2\nA,3\n,4\nc,5\n,6\na,7\n';

    it('are found by what the org takes for one key', async () => {
      const made = await cutOf(CSV, upsert());
      expect([...made.result.candidates]).to.deep.equal([1, 3, 7]);
    });

    it('are all taken out by reject, and each says where the others are', async () => {
      const made = await cutOf(CSV, upsert({ partBytes: 14 }));
      const dropped = await made.dropDuplicates();
      expect(dropped).to.deep.include({ rejected: 3, skipped: 0 });
      expect(made.rows.map(({ number }) => number)).to.deep.equal([2, 4, 5, 6]);
      expect(await made.filed('duplicates')).to.deep.equal([
        ',"BULKOPS_DUPLICATE_KEY:the key a is also in row 3, 7:--",1,a,1',
        ',"BULKOPS_DUPLICATE_KEY:the key a is also in row 1, 7:--",3,A,3',
        ',"BULKOPS_DUPLICATE_KEY:the key a is also in row 1, 3:--",7,a,7'
      ]);
      expect(dropped.errors[0]).to.deep.include({ code: 'BULKOPS_DUPLICATE_KEY', count: 3, exampleRow: 1 });
    });

    it('are taken out but the first, or but the last', async () => {
      for (const [onDuplicate, numbers] of [
        ['first', [1, 2, 4, 5, 6]],
        ['last', [2, 4, 5, 6, 7]]
      ] as const) {
        const made = await cutOf(CSV, upsert({ onDuplicate, partBytes: 14 }));
        expect(await made.dropDuplicates()).to.deep.include({ rejected: 0, skipped: 2, errors: [] });
        expect(made.rows.map(({ number }) => number)).to.deep.equal(numbers);
        expect(await made.filed('duplicates', 'skipped')).to.have.length(2);
      }
    });

    it('name a few of many others and count the rest', async () => {
      const made = await cutOf(`Key,V\n${'k,1\n'.repeat(20)}`, upsert());
      await made.dropDuplicates();
      expect((await made.filed('duplicates'))[0]).to.contain('row 2, 3, 4, 5, 6 and 14 more');
    });

    it('are found in a file where every key comes twice', async () => {
      const KEYS = 12_000;
      const keys = Array.from({ length: KEYS }, (_, at) => `K-${at}`);
      const csv = ['Key', ...keys, ...keys.map((key) => key.toLowerCase())].join('\n');
      for (const [onDuplicate, kept] of [
        ['reject', []],
        ['first', keys],
        ['last', keys.map((key) => key.toLowerCase())]
      ] as const) {
        const made = await cutOf(csv, upsert({ onDuplicate, partBytes: 100_000 }));
        await made.dropDuplicates();
        expect(made.rows.map(({ sent }) => sent)).to.deep.equal(kept);
        const filed = await made.filed('duplicates', onDuplicate === 'reject' ? 'failed' : 'skipped');
        expect(filed).to.have.length(KEYS * 2 - kept.length);
        for (const at of [0, 1, filed.length - 1]) {
          const number = Number(filed[at]?.split(',')[2]);
          const other = number > KEYS ? number - KEYS : number + KEYS;
          expect(filed[at]).to.contain(`is also in row ${other}:--`);
        }
      }
    }).timeout(60_000);

    it('are a hundred thousand of one key without its reasons growing', async () => {
      const ROWS = 100_000;
      const made = await cutOf(`Key\n${'k\n'.repeat(ROWS)}`, upsert());
      expect(await made.dropDuplicates()).to.deep.include({ parts: [], rejected: ROWS });
      const filed = await made.filed('duplicates');
      expect(filed).to.have.length(ROWS);
      expect(filed.at(-1)).to.contain(`the key k is also in row 1, 2, 3, 4, 5 and ${ROWS - 6} more:--`);
      expect(Math.max(...filed.map((line) => line.length))).to.be.below(120);
    }).timeout(60_000);

    it('have no more of a long key in their reasons than an external ID can hold', async () => {
      const key = 'k'.repeat(5000);
      const made = await cutOf(`Key,V\n${key},1\n${key},2\n`, upsert());
      await made.dropDuplicates();
      expect((await made.filed('duplicates'))[0]).to.contain(`:the key ${'k'.repeat(255)}… is also in row 2:--`);
    });

    for (const { field, keys, kept, why } of [
      { field: 'Student_ID__c', keys: ['ab', 'AB', 'Ab ', 'ac'], kept: ['ac'], why: 'whatever their case' },
      { field: 'Code__c', keys: ['ab', 'AB', 'ab', 'Ab'], kept: ['AB', 'Ab'], why: 'by case where the field says so' },
      { field: 'Student_ID__c', keys: ['1', '1.0', '01', '1'], kept: ['1.0', '01'], why: 'as text, digits too' },
      { field: 'Number__c', keys: ['1', '1.0', '1E0', '+1', '10'], kept: ['10'], why: 'as numbers' },
      {
        field: 'Id',
        keys: ['003000000000001', '003000000000001AAA', '00300000000000A', '00300000000000a'],
        kept: ['00300000000000A', '00300000000000a'],
        why: 'as Ids of 15 and of 18 characters, by case'
      }
    ])
      it(`are compared as the org compares: ${why}`, async () => {
        const made = await cutOf(
          `${field},FirstName\n${keys.map((key) => `"${key}",x`).join('\n')}\n`,
          field === 'Id'
            ? { operation: 'update', validate: 'header' }
            : upsert({ externalId: field, validate: 'header' })
        );
        await made.dropDuplicates();
        expect(made.rows.map(({ sent }) => sent.split(',')[0]?.replaceAll('"', ''))).to.deep.equal(kept);
      });

    it('are judged by the true key: rows that share a hash and no key all stay', async () => {
      const made = await cutOf('Key,V\na,1\nb,2\nc,3\n', upsert());
      const dropped = await made.dropDuplicates(Uint32Array.from([1, 2, 3]));
      expect(dropped).to.deep.equal({ parts: made.result.parts, rejected: 0, skipped: 0, errors: [] });
      expect(made.rows).to.have.length(3);
    });

    it('leave parts without them untouched, and no part of nothing behind', async () => {
      const made = await cutOf('Key,V\na,1\na,2\nb,3\nc,4\n', upsert({ partBytes: 14 }));
      expect(made.parts.map((part) => part.length)).to.deep.equal([2, 2]);
      await made.dropDuplicates();
      expect(made.result.parts.map(({ part }) => part)).to.deep.equal([2]);
      expect((await readdir(made.dirs.partsDir)).sort()).to.deep.equal(['00002.csv', '00002.keys', '00002.rows']);
    });

    it('keep their own words in what is sent otherwise', async () => {
      const made = await cutOf(
        'Name,Skip\n"a",s\n"a",t\nb,u\n',
        upsert({ map: [['Name', 'Key']], skipColumns: ['Skip'], onDuplicate: 'last' })
      );
      await made.dropDuplicates();
      expect(made.rows).to.deep.equal([
        { number: 2, sent: '"a"', input: '"a",t' },
        { number: 3, sent: 'b', input: 'b,u' }
      ]);
    });

    it('are exactly those that a Map would find', async () => {
      const key = fc.constantFrom('a', 'A', 'b', 'c', '', 'ü', ' a', '"x"');
      await fc.assert(
        fc.asyncProperty(
          fc.array(key, { maxLength: 15 }),
          fc.constantFrom('reject' as const, 'first' as const, 'last' as const),
          async (keys, onDuplicate) => {
            const lines = keys.map((text, at) => `"${text.replaceAll('"', '""')}",${at}`);
            const made = await cutOf(
              ['Key,V', ...lines].join('\n'),
              upsert({ onDuplicate, partBytes: 20, delimiter: 'COMMA' })
            );
            await made.dropDuplicates();
            const rowsOf = new Map<string, number[]>();
            for (const [at, text] of keys.entries()) {
              const form = text.trim().toLowerCase();
              rowsOf.set(form, [...(rowsOf.get(form) ?? []), at + 1]);
            }
            const kept = keys.flatMap((text, at) => {
              const all = rowsOf.get(text.trim().toLowerCase()) ?? [];
              const isKept =
                text === '' ||
                all.length === 1 ||
                (onDuplicate === 'first' ? all[0] : onDuplicate === 'last' ? all.at(-1) : 0) === at + 1;
              return isKept ? [at + 1] : [];
            });
            expect(made.rows.map(({ number }) => number)).to.deep.equal(kept);
          }
        ),
        { numRuns: 30 }
      );
    });
  });
});
