import { expect } from 'chai';
import { type JobId } from '../../../src/bulk/job.js';
import { type Transport } from '../../../src/bulk/transport.js';
import { hash53 } from '../../../src/input/hash53.js';
import { type JobFates, type JobRead, readJobFates } from '../../../src/load/settle/jobResults.js';
import { canonicalForm, looseForm } from '../../../src/schema/canonical.js';
import { rejection } from '../../rejection.js';
import { TestClock } from '../../testClock.js';

type Bodies = { readonly success?: string; readonly failed?: string; readonly unprocessed?: string };

/** An org whose results are these, reading by reading; the last ones stay. */
function resultsOf(...readings: Bodies[]): Transport {
  let calls = 0;
  return {
    apiCalls: 0,
    json: () => Promise.reject(new Error('nobody asks')),
    upload: () => Promise.reject(new Error('nobody uploads')),
    stream: ({ path }) => {
      const bodies = readings[Math.min(Math.floor(calls / 3), readings.length - 1)] ?? {};
      calls += 1;
      const text = path.endsWith('successfulResults')
        ? bodies.success
        : path.endsWith('failedResults')
          ? bodies.failed
          : bodies.unprocessed;
      return Promise.resolve({ status: 200, headers: {}, body: inPieces(text ?? '') });
    },
    close: () => Promise.resolve()
  };
}

async function* inPieces(text: string): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 7) {
    await Promise.resolve();
    yield bytes.subarray(at, at + 7);
  }
}

const SENT = 'Key__c,Name\nk1,same\nk12,same\nk3,other\n';

/** What is known of a part's keys when its results are read. */
type Keys = (keys: readonly string[]) => Float64Array | undefined;

const NO_HASHES: Keys = () => undefined;
const HASHES: Keys = (keys) => Float64Array.from(keys, hash53);

function jobOf(sent: string, keyColumn: number | undefined, keys: Keys): JobRead {
  const [, ...lines] = sent.trim().split('\n');
  return {
    jobId: '750000000000001AAA' as JobId,
    processed: 0,
    rows: lines.length,
    keys: () => Promise.resolve(keys(lines.map((line) => line.split(',')[0] ?? ''))),
    sent: () => inPieces(sent),
    columns: ['Key__c', 'Name'],
    delimiter: 'COMMA' as const,
    plan: { keyColumn, canonical: [canonicalForm('string'), canonicalForm('string')] }
  };
}

async function read(
  transport: Transport,
  keyColumn?: number,
  { sent = SENT, keys = NO_HASHES }: { sent?: string; keys?: Keys } = {}
): Promise<JobFates> {
  return readJobFates(jobOf(sent, keyColumn, keys), transport, new TestClock());
}

function told({ fates, strays }: JobFates): string {
  const all = Array.from({ length: fates.rows }, (_, at) => {
    const fate = fates.of(at);
    return fate.kind === 'succeeded' ? fate.id : fate.kind === 'failed' ? `!${fate.error}` : `(${fate.kind})`;
  });
  return `${all.join(' ')}${strays > 0 ? ` and ${strays} strays` : ''}`;
}

const ALL_WELL = 'A B C';

describe('load/jobResults', () => {
  const cases: ReadonlyArray<[what: string, bodies: Bodies, told: string]> = [
    [
      'quoted, as the service writes them',
      {
        success:
          '"sf__Id","sf__Created",Key__c,Name\n"C","true","k3","other"\n"A","true","k1","same"\n"B","true","k12","same"\n'
      },
      ALL_WELL
    ],
    [
      'unquoted, in another order, in other case, with a BOM and CRLF',
      { success: '\uFEFFNAME,key__c,SF__CREATED,sf__id\r\nsame,k1,true,A\r\nsame,k12,true,B\r\nother,k3,true,C\r\n' },
      ALL_WELL
    ],
    [
      'without a last row end',
      { success: 'sf__Id,sf__Created,Name,Key__c\nC,true,other,k3\nA,true,same,k1\nB,true,same,k12' },
      ALL_WELL
    ],
    [
      'a last key that was cut to one that is another row’s',
      { success: 'sf__Id,sf__Created,Name,Key__c\nC,true,other,k3\nB,true,same,k1' },
      '(unknown) (unknown) C'
    ],
    [
      'cut within a quoted value',
      { success: 'sf__Id,sf__Created,Name,Key__c\n"C","true","other","k3"\n"B","true","same","k1' },
      '(unknown) (unknown) C'
    ],
    [
      'a result that comes twice, and one that belongs to nobody',
      {
        success:
          'sf__Id,sf__Created,Key__c,Name\nA,false,k1,same\nA,false,k1,same\nB,false,k12,same\nC,false,k3,other\nX,false,k9,x\n'
      },
      `${ALL_WELL} and 2 strays`
    ],
    [
      'an error of several lines with quotes, commas and colons',
      {
        success: 'sf__Id,sf__Created,Key__c,Name\nA,true,k1,same\nC,true,k3,other\n',
        failed: '"sf__Id","sf__Error",Key__c,Name\n"","BAD:first: a,\n""second"":Name --","k12","same"\n'
      },
      'A !BAD:first: a,\n"second":Name -- C'
    ],
    [
      'rows that no batch reached, and headers alone',
      {
        success: '"sf__Id","sf__Created",Key__c,Name\n',
        failed: '"sf__Id","sf__Error",Key__c,Name\n',
        unprocessed: 'Key__c,Name\nk12,same\nk1,same\nk3,other\n'
      },
      '(unprocessed) (unprocessed) (unprocessed)'
    ],
    ['nothing at all', {}, '(unknown) (unknown) (unknown)']
  ];
  for (const [what, bodies, expected] of cases) {
    it(`reads results by key: ${what}`, async () => {
      expect(told(await read(resultsOf(bodies), 0))).to.equal(expected);
    });

    it(`reads results by the hashes of keys: ${what}`, async () => {
      expect(told(await read(resultsOf(bodies), 0, { keys: HASHES }))).to.equal(expected);
    });
  }

  it('goes by the keys themselves where two of them have one hash', async () => {
    const success = 'sf__Id,sf__Created,Key__c,Name\nC,true,k3,other\nB,true,k12,same\nA,true,k1,same\n';
    const keys: Keys = (all) => Float64Array.from(all, (key) => hash53(key.slice(0, 2)));
    expect(told(await read(resultsOf({ success }), 0, { keys }))).to.equal(ALL_WELL);
  });

  it('does not read a part whose keys it knows', async () => {
    const success = 'sf__Id,sf__Created,Key__c\nA,true,k1\n';
    const unread = (async function* (): AsyncGenerator<Buffer> {
      yield await Promise.reject(new Error('the part is read'));
    })();
    const job = { ...jobOf('Key__c\nk1\n', 0, HASHES), sent: () => unread };
    expect(told(await readJobFates(job, resultsOf({ success }), new TestClock()))).to.equal('A');
  });

  it('lets no record that is named twice settle two equal rows of an insert', async () => {
    const sent = 'Key__c,Name\nk,same\nk,same\nk,other\n';
    const success = 'sf__Id,sf__Created,Key__c,Name\nA,true,k,same\nA,true,k,same\nC,true,k,other\n';
    expect(told(await read(resultsOf({ success }), undefined, { sent }))).to.equal('A (unknown) C and 1 strays');
  });

  it('reads again while rows are missing, and takes what says most', async () => {
    const header = 'sf__Id,sf__Created,Key__c,Name\n';
    const rows = ['A,true,k1,same\n', 'B,true,k12,same\n', 'C,true,k3,other\n'];
    const readings = [1, 2, 3].map((count) => ({ success: header + rows.slice(0, count).join('') }));
    expect(told(await read(resultsOf(...readings), 0))).to.equal(ALL_WELL);
  });

  for (const [processed, expected] of [
    [3, ALL_WELL],
    [0, '(unknown) (unknown) (unknown)']
  ] as const)
    it(`waits for results that come late where the job counts ${processed} rows`, async () => {
      const success = 'sf__Id,sf__Created,Key__c,Name\nA,true,k1,same\nB,true,k12,same\nC,true,k3,other\n';
      const late = resultsOf({}, {}, {}, { success: 'sf__Id,sf__Created,Key__c,Name\n' }, { success });
      const job = { ...jobOf(SENT, 0, NO_HASHES), processed };
      expect(told(await readJobFates(job, late, new TestClock()))).to.equal(expected);
    });

  const looks: ReadonlyArray<[what: string, sent: string, bodies: Bodies, told: string]> = [
    [
      'numbers that were sent as no number is written',
      'Key__c,Name\n00042,a\n.5,b\n7,c\n',
      { success: 'sf__Id,sf__Created,Key__c,Name\nA,true,42.0,a\nC,true,7.0,c\nB,true,0.5,b\n' },
      ALL_WELL
    ],
    [
      'such numbers that have failed, or that no batch reached',
      'Key__c,Name\n00042,a\n.5,b\n7,c\n',
      {
        success: 'sf__Id,sf__Created,Key__c,Name\nA,true,4.2E1,a\n',
        failed: 'sf__Id,sf__Error,Key__c,Name\n,BAD:no:--,0.5,b\n',
        unprocessed: 'Key__c,Name\n7.0,c\n'
      },
      'A !BAD:no:-- (unprocessed)'
    ],
    [
      'codes of which one is another’s number, where the org gives text back as it is',
      'Key__c,Name\n42,a\n00042,b\n7,c\n',
      { success: 'sf__Id,sf__Created,Key__c,Name\nC,true,7,c\nB,true,00042,b\nA,true,42,a\n' },
      ALL_WELL
    ],
    [
      'no row where two may be meant',
      'Key__c,Name\n0042,a\n00042,b\n7,c\n',
      { success: 'sf__Id,sf__Created,Key__c,Name\nC,true,7.0,c\nX,true,42.0,a\nY,true,42.0,b\n' },
      '(unknown) (unknown) C and 2 strays'
    ],
    [
      'no row that has a result of its own',
      'Key__c,Name\n00042,a\nk12,b\n7,c\n',
      { success: 'sf__Id,sf__Created,Key__c,Name\nA,true,00042,a\nX,true,42,a\nC,true,7.0,c\n' },
      'A (unknown) C and 1 strays'
    ]
  ];
  for (const [what, sent, bodies, expected] of looks)
    for (const [by, keys] of [['keys', NO_HASHES] as const, ['the hashes of keys', HASHES] as const])
      it(`finds by ${by}, at a second look: ${what}`, async () => {
        const unasked = { keyColumn: 0, canonical: [canonicalForm('unknown'), canonicalForm('string')] };
        const loosePlan = { keyColumn: 0, canonical: [looseForm('unknown'), looseForm('string')] };
        const job = { ...jobOf(sent, 0, keys), plan: unasked, loosePlan };
        expect(told(await readJobFates(job, resultsOf(bodies), new TestClock()))).to.equal(expected);
      });

  const inserts: ReadonlyArray<[what: string, sent: string, bodies: Bodies, told: string]> = [
    [
      'by the columns that both have',
      'Key__c,Name\nk1,a\nk2,b\nk3,c\n',
      { success: 'sf__Id,sf__Created,Name\nC,true,c\nA,true,a\nB,true,b\n' },
      ALL_WELL
    ],
    [
      'by all columns in the result that has them',
      'Key__c,Name\nk1,a\nk2,b\nk3,c\n',
      {
        success: 'sf__Id,sf__Created,Name\nC,true,c\nA,true,a\n',
        failed: 'sf__Id,sf__Error,Key__c,Name\n,BAD:no:--,k2,b\n'
      },
      'A !BAD:no:-- C'
    ],
    [
      'equal ones one after another',
      'Key__c,Name\nk1,a\nk1,a\nk3,c\n',
      { success: 'sf__Id,sf__Created,Name\nC,true,c\nA,true,a\nB,true,a\n' },
      ALL_WELL
    ],
    [
      'equal ones not by a record that is named twice',
      'Key__c,Name\nk1,a\nk1,a\nk3,c\n',
      { success: 'sf__Id,sf__Created,Name\nC,true,c\nA,true,a\nA,true,a\n' },
      'A (unknown) C and 1 strays'
    ],
    [
      'none of those that differ only in what is missing',
      'Key__c,Name\nk1,a\n,a\nk3,c\n',
      { success: 'sf__Id,sf__Created,Name\nC,true,c\nA,true,a\nB,true,a\n' },
      '(unknown) (unknown) C and 2 strays'
    ],
    [
      'none where no column is left',
      'Key__c,Name\nk1,a\nk2,b\nk3,c\n',
      { success: 'sf__Id,sf__Created\nC,true\nA,true\nB,true\n' },
      '(unknown) (unknown) (unknown) and 3 strays'
    ]
  ];
  for (const [what, sent, bodies, expected] of inserts)
    it(`knows the rows of an insert again whose results lack a column: ${what}`, async () => {
      expect(told(await read(resultsOf(bodies), undefined, { sent }))).to.equal(expected);
    });

  it('reads once more, and no more, where the second look finds all', async () => {
    const transport = resultsOf({ success: 'sf__Id,sf__Created,Name\nC,true,other\n' });
    const counted = { calls: 0 };
    const counting: Transport = {
      ...transport,
      stream: (call) => {
        counted.calls += 1;
        return transport.stream(call);
      }
    };
    const found = await read(counting, undefined, { sent: 'Key__c,Name\nk3,other\n' });
    expect(`${told(found)}, ${counted.calls} calls`).to.equal('C, 6 calls');
  });

  it('reads again when what came is the page of a proxy', async () => {
    const page = { success: '<html><body>One moment, please</body></html>' };
    const success = 'sf__Id,sf__Created,Key__c,Name\nA,true,k1,same\nB,true,k12,same\nC,true,k3,other\n';
    expect(told(await read(resultsOf(page, page, { success }), 0))).to.equal(ALL_WELL);
  });

  it('says so when nothing else comes', async () => {
    const error = await rejection(read(resultsOf({ failed: '<html></html>' }), 0));
    expect(error.message).to.equal('What the org answered is no failedResults of job 750000000000001AAA.');
  });
});
