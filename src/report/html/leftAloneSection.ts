import { count, counted } from '../format.js';
import { type LeftAlone, type LeftAloneGroup, type LeftAloneRecord } from '../leftAlone.js';
import { datum, markup, type Markup } from './markup.js';
import { section } from './page.js';
import { table } from './table.js';

const ELSEWHERE = 'skipped.csv';

/**
 * What was left alone and why, with the first records of each kind of reason.
 * @param of what the second column of the examples is
 * @param note said before all of it
 */
export function leftAloneSection({ groups, others }: LeftAlone, of: string, note: string | undefined): Markup {
  if (groups.length === 0) return markup``;
  return section(
    'Left alone, and why',
    note === undefined ? undefined : markup`<p>${note}</p>`,
    ...groups.map((group) => block(group, of)),
    others > 0
      ? markup`<p class="more">and ${counted(others, 'record')} for other reasons, in ${ELSEWHERE}</p>`
      : undefined
  );
}

function block({ reason, count: records, examples }: LeftAloneGroup, of: string): Markup {
  return markup`<div class="error"><h3>${count(records)} × ${datum(reason)}</h3>
${table<LeftAloneRecord>(
  [
    { name: 'Id', cell: ({ id }) => markup`<code>${id}</code>` },
    { name: of, cell: (record) => datum(record.of) },
    // Where the kind is all that there is to it, it stands above.
    { name: 'Why', cell: (record) => (record.reason === reason ? '' : datum(record.reason)) }
  ],
  examples,
  { elsewhere: ELSEWHERE }
)}</div>\n`;
}
