import { expect } from 'chai';
import { id18, jobIdIn } from '../../src/bulk/recordId.js';

describe('bulk/recordId', () => {
  // The pairs are of public documentation of the service.
  const PAIRS: ReadonlyArray<readonly [id15: string, id18: string]> = [
    ['001D000000IqhSL', '001D000000IqhSLIAZ'],
    ['005D0000001KbUy', '005D0000001KbUyIAK'],
    ['750000000000001', '750000000000001AAA']
  ];
  for (const [short, long] of PAIRS)
    it(`makes ${long} of ${short}`, () => {
      expect(id18(short)).to.equal(long);
      expect(id18(long)).to.equal(long);
    });

  const JOB_IDS: ReadonlyArray<readonly [text: string, id: string | undefined]> = [
    ['750D0000001KbUy', '750D0000001KbUyIAK'],
    [' 750D0000001KbUyIAK ', '750D0000001KbUyIAK'],
    ['750d0000001kbuyiak', undefined],
    ['750D0000001KbuyIAK', undefined],
    ['001D000000IqhSL', undefined],
    ['750D0000001KbUyIA', undefined],
    ['750D0000001KbU', undefined],
    ['', undefined],
    ['../jobs', undefined]
  ];
  for (const [text, id] of JOB_IDS)
    it(`takes "${text}" for ${id ?? 'no id of a job'}`, () => expect(jobIdIn(text)).to.equal(id));
});
