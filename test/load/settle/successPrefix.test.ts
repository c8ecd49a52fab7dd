import { expect } from 'chai';
import { RowFates } from '../../../src/load/settle/rowFates.js';
import { SuccessPrefix } from '../../../src/load/settle/successPrefix.js';

const ID = 'a0X000000000001AAA';

/** What is put before each row of a part whose rows the org has taken under these Ids. */
function prefixes(delimiter: string, rows: ReadonlyArray<readonly [id: string, isCreated: boolean]>): string[] {
  const fates = new RowFates(rows.length);
  for (const [at, [id, isCreated]] of rows.entries()) {
    fates.succeeded(at, isCreated);
    fates.setId(at, Buffer.from(id), 0, id.length);
  }
  const prefix = new SuccessPrefix(delimiter);
  return rows.map((_, at) => prefix.of(fates, at).toString());
}

describe('load/successPrefix', () => {
  it('names the Id and whether the row was created', () => {
    const rows = [[ID, true] as const, ['a0X000000000002AAA', false] as const, [ID, true] as const];
    expect(prefixes(',', rows)).to.deep.equal([`${ID},true,`, 'a0X000000000002AAA,false,', `${ID},true,`]);
  });

  it('takes Ids of other lengths, whatever stood before them', () => {
    const rows = [[ID, true] as const, [ID.slice(0, 15), true] as const, ['', false] as const, [ID, false] as const];
    expect(prefixes('\t', rows)).to.deep.equal([
      `${ID}\ttrue\t`,
      `${ID.slice(0, 15)}\ttrue\t`,
      '\tfalse\t',
      `${ID}\tfalse\t`
    ]);
  });
});
