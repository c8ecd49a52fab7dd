import { expect } from 'chai';
import { dayRange } from '../../../src/emulator/soql/dateLiterals.js';

describe('SOQL: date literals', () => {
  // A leap year's Friday in March.
  const NOW_MS = Date.UTC(2024, 2, 15, 23, 59, 59);
  const CASES: Array<[literal: string, start: string, end: string]> = [
    ['YESTERDAY', '2024-03-14', '2024-03-15'],
    ['TODAY', '2024-03-15', '2024-03-16'],
    ['TOMORROW', '2024-03-16', '2024-03-17'],
    ['LAST_N_DAYS:15', '2024-02-29', '2024-03-16'],
    ['NEXT_N_DAYS:17', '2024-03-16', '2024-04-02'],
    ['N_DAYS_AGO:15', '2024-02-29', '2024-03-01'],
    ['THIS_WEEK', '2024-03-10', '2024-03-17'],
    ['LAST_WEEK', '2024-03-03', '2024-03-10'],
    ['THIS_MONTH', '2024-03-01', '2024-04-01'],
    ['LAST_MONTH', '2024-02-01', '2024-03-01'],
    ['LAST_N_MONTHS:3', '2023-12-01', '2024-03-01'],
    ['NEXT_N_MONTHS:10', '2024-04-01', '2025-02-01'],
    ['THIS_QUARTER', '2024-01-01', '2024-04-01'],
    ['LAST_QUARTER', '2023-10-01', '2024-01-01'],
    ['THIS_YEAR', '2024-01-01', '2025-01-01'],
    ['LAST_YEAR', '2023-01-01', '2024-01-01'],
    ['NEXT_YEAR', '2025-01-01', '2026-01-01']
  ];
  for (const [literal, start, end] of CASES) {
    it(literal, () => {
      const [name = '', count] = literal.split(':');
      const range = dayRange({ name, count: count === undefined ? undefined : Number(count) }, NOW_MS);
      expect(range).to.deep.equal({ start, end });
    });
  }
});
