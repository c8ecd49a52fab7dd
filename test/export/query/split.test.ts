import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { type SplitAsked } from '../../../src/export/asked.js';
import { halves, narrowed, plannedRanges, spanQueries } from '../../../src/export/query/split.js';
import { SCALES } from '../../../src/export/query/splitScale.js';
import { faultPlan } from '../../../src/emulator/faults/faultFile.js';
import { faultsOf } from '../../../src/emulator/faults/faults.js';
import { type RangeBounds } from '../../../src/run/exportEvents.js';
import { rejection } from '../../rejection.js';
import { tempDir } from '../../tempDir.js';
import { ExportOrg, textOf } from '../exportOrg.js';

const BY_TIME: SplitAsked = { field: 'CreatedDate', type: 'datetime', isNillable: false };
const CLOSED: SplitAsked = { field: 'CloseDate', type: 'date', isNillable: true };

describe('export/split', () => {
  const SOQL = 'SELECT Id FROM Account';

  it('narrows a query wherever its clauses stand', () => {
    expect(narrowed(SOQL, 'a = 1')).to.equal('SELECT Id FROM Account WHERE a = 1');
    expect(narrowed(`${SOQL} a WHERE x = 'WHERE' OR y = 2`, 'a = 1')).to.equal(
      "SELECT Id FROM Account a WHERE (x = 'WHERE' OR y = 2) AND (a = 1)"
    );
    expect(narrowed(`${SOQL} USING SCOPE mine WITH SECURITY_ENFORCED`, 'a = 1')).to.equal(
      'SELECT Id FROM Account USING SCOPE mine WHERE a = 1 WITH SECURITY_ENFORCED'
    );
  });

  it('asks for the lowest and the highest value by the index', () => {
    expect(spanQueries(`${SOQL} WHERE a = 1 OR b = 2`, BY_TIME).high).to.equal(
      'SELECT CreatedDate FROM Account WHERE (a = 1 OR b = 2) AND CreatedDate != null ORDER BY CreatedDate DESC LIMIT 1'
    );
  });

  it('asks for them within the scope of the query', () => {
    expect(spanQueries(`${SOQL} a USING SCOPE mine WITH USER_MODE`, BY_TIME).low).to.equal(
      'SELECT CreatedDate FROM Account a USING SCOPE mine WHERE CreatedDate != null ORDER BY CreatedDate ASC LIMIT 1'
    );
  });

  it('cuts by the calendar, open at both ends, and keeps the rows without a value', () => {
    const ranges = plannedRanges(SOQL, { ...CLOSED, unit: 'month' }, { low: '2026-01-15', high: '2026-03-02' });
    expect(ranges.map(({ soql }) => soql.slice(SOQL.length))).to.deep.equal([
      ' WHERE CloseDate < 2026-02-01',
      ' WHERE CloseDate >= 2026-02-01 AND CloseDate < 2026-03-01',
      ' WHERE CloseDate >= 2026-03-01',
      ' WHERE CloseDate = null'
    ]);
  });

  it('is one query for the rows with a value where there is nothing to cut', () => {
    expect(plannedRanges(SOQL, CLOSED, undefined).map(({ soql }) => soql)).to.deep.equal([
      `${SOQL} WHERE CloseDate != null`,
      `${SOQL} WHERE CloseDate = null`
    ]);
    expect(plannedRanges(SOQL, BY_TIME, undefined).map(({ soql }) => soql)).to.deep.equal([SOQL]);
  });

  it('refuses so small parts that they would be more jobs than one export may make', async () => {
    const days = { ...BY_TIME, unit: 'day' as const };
    const span = { low: '1700-01-01T00:00:00.000Z', high: '2026-01-01T00:00:00.000Z' };
    const error = await rejection(Promise.resolve().then(() => plannedRanges(SOQL, days, span)));
    expect(error.name).to.equal('SplitTooFineError');
    expect(error.message).to.contain('119070 query jobs');
  });

  const holds = ({ from, to }: RangeBounds, value: string): boolean =>
    (from === undefined || value >= from) && (to === undefined || value < to);

  it('puts every value into exactly one range, also after halving', () => {
    const seconds = fc.integer({ min: 0, max: 100_000_000 });
    const time = seconds.map((s) => `${new Date(Date.UTC(2020, 0, 1) + s * 1000).toISOString().slice(0, 19)}Z`);
    const unit = fc.constantFrom('month' as const, 'year' as const, undefined);
    fc.assert(
      fc.property(
        fc.array(time, { minLength: 2, maxLength: 20 }),
        unit,
        fc.integer({ min: 2, max: 20 }),
        (values, by, splits) => {
          const sorted = [...values].sort();
          const split = { ...BY_TIME, unit: by, splits };
          const ranges = plannedRanges(SOQL, split, { low: sorted[0] ?? '', high: sorted.at(-1) ?? '' });
          const cut = ranges.flatMap((range) => halves(range, SOQL, split, 1000) ?? [range]);
          for (const set of [ranges, cut])
            for (const value of values)
              expect(set.filter(({ bounds = {} }) => holds(bounds, value)).length, value).to.equal(1);
        }
      )
    );
  });

  it('orders Ids as their digits do', () => {
    const bounds = SCALES.id.bounds('001000000000001AAA', '0010000000000zzAAA', { splits: 4 });
    expect(bounds).to.have.length(3);
    expect([...bounds].sort()).to.deep.equal(bounds);
    expect(bounds.every((id) => id.length === 15 && id > '001000000000001' && id < '0010000000000zz')).to.equal(true);
    expect(SCALES.id.middle('001000000000001', '001000000000002')).to.equal(undefined);
  });

  describe('in an org', () => {
    const dir = tempDir();
    let org: ExportOrg | undefined;
    afterEach(async () => {
      await org?.close();
      org = undefined;
    });
    const soql = 'SELECT Id, Name FROM Account';
    const columns = [
      { name: 'Id', type: 'id', precision: 0, scale: 0 },
      { name: 'Name', type: 'string', precision: 0, scale: 0 }
    ];
    const BY_ID: SplitAsked = { field: 'Id', type: 'id', isNillable: false, splits: 5 };

    it('gives the same rows as one query', async () => {
      org = await ExportOrg.create(95);
      const result = await org.export(org.asked(dir.path, { soql, columns, split: BY_ID }), join(dir.path, 'run'));
      expect(result.jobs).to.have.length(5);
      expect(result.jobs.every(({ rows }) => rows > 10)).to.equal(true);
      expect(await textOf(dir.path)).to.equal(await org.whole(`${soql} ORDER BY Id`));
    });

    it('halves what takes too long, and again', async () => {
      const faults = faultsOf(faultPlan({ faults: [{ fault: 'fail-query', times: 3 }] }));
      org = await ExportOrg.create(60, { faults });
      const asked = org.asked(dir.path, { soql, columns, split: { ...BY_ID, splits: 2 } });
      const result = await org.export(asked, join(dir.path, 'run'));
      expect(org.events.filter(({ type }) => type === 'range-halved')).to.have.length(3);
      expect(result.jobs).to.have.length(5);
      expect(await textOf(dir.path)).to.equal(await org.whole(`${soql} ORDER BY Id`));
    });

    it('says what to do when there is nothing to halve', async () => {
      org = await ExportOrg.create(3, { faults: faultsOf(faultPlan({ faults: [{ fault: 'fail-query' }] })) });
      const error = await rejection(org.export(org.asked(dir.path, { soql, columns }), join(dir.path, 'run')));
      expect(error.name).to.equal('QueryTimedOutError');
    });

    const failing = faultPlan({ faults: [{ fault: 'fail-query', message: 'QUERY_TIMEOUT : too long' }] });

    it('names the range that takes too long and can’t be halved any more', async () => {
      org = await ExportOrg.create(60, { faults: faultsOf(failing) });
      const asked = org.asked(dir.path, { soql, columns, split: { ...BY_ID, splits: 2 } });
      const error = await rejection(org.export(asked, join(dir.path, 'run')));
      expect(error.name).to.equal('RangeTimedOutError');
      expect(error.message).to.match(
        /Id (?:from \w+ )?before 001\w+, and its range can't be halved any more: .*too long$/
      );
    });

    it('stops halving where it helps nothing', async () => {
      org = await ExportOrg.create(60, { faults: faultsOf(failing) });
      const { store } = org.emulator.org;
      const account = store.schema.object('Account');
      if (!account) throw new Error('there is no Account');
      for (const year of [2000, 2026]) store.table(account).insert(new Map([['Name', 'A']]), Date.UTC(year, 5, 1));
      const split = { ...BY_TIME, unit: 'year' as const };
      const error = await rejection(org.export(org.asked(dir.path, { soql, columns, split }), join(dir.path, 'run')));
      expect(error.name).to.equal('RangeTimedOutError');
      expect(error.message).to.contain('ranges were halved 500 times already');
      expect(org.emulator.org.queries.list().length).to.be.lessThan(1100);
    });
  });
});
