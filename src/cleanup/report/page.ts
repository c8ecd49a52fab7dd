import { readFile } from 'node:fs/promises';
import { count } from '../../report/format.js';
import { datum, markup, Markup } from '../../report/html/markup.js';
import { page, section, tiles } from '../../report/html/page.js';
import { type PageColumn, table } from '../../report/html/table.js';
import { type PlanRecord } from '../plan/planFiles.js';
import { type Distribution } from './clusterLines.js';
import { histogram } from './histogram.js';

/** Stands where the packed clusters go; no text of the data becomes such a character. */
const HERE = '\u0000';

/** The page around the packed clusters: what can be told without a script, then the browser of clusters. */
export async function pageAround(plan: PlanRecord, distribution: Distribution): Promise<[start: string, end: string]> {
  const { sobject, org, snapshotAt, counts } = plan;
  const asOf = snapshotAt === null ? [] : [`records as of ${snapshotAt}`];
  const whole = page({
    title: 'Plan of a cleanup',
    outcome: `Plan: ${count(counts.losers)} duplicate ${sobject} records in ${count(counts.clusters)} clusters`,
    tone: plan.warnings.length > 0 ? 'warning' : 'neutral',
    facts: [org ? datum(`${org.username} (${org.id})`) : 'of a file', ...asOf, 'nothing is changed yet'],
    body: [
      numbers(plan),
      clusters(),
      scores(plan, distribution),
      standardizers(plan),
      rules(plan),
      learnt(plan),
      oversized(plan)
    ],
    script: await asset('cleanupReport.js'),
    style: await asset('cleanupReport.css')
  });
  const [start = '', end = ''] = whole.split(HERE);
  return [start, end];
}

async function asset(name: string): Promise<string> {
  return readFile(new URL(`../../../assets/${name}`, import.meta.url), 'utf8');
}

function numbers({ counts, of, key, warnings }: PlanRecord): Markup {
  const isRows = of === 'rows';
  const tile = (name: string, value: number): { name: string; value: string } => ({ name, value: count(value) });
  return section(
    'What would be done',
    tiles([
      tile(isRows ? 'rows read' : 'records read', counts.read),
      tile('clusters to merge', counts.clusters),
      tile(isRows ? 'rows left out' : 'duplicates', counts.losers),
      tile(isRows ? (key === null ? 'rows to insert' : 'rows to upsert') : 'updates', counts.updates),
      tile('deletes', counts.deletes),
      tile('children to move', counts.reparented),
      tile('groups for review', counts.review),
      tile('too large to act on', counts.oversized)
    ]),
    warnings.length === 0 ? undefined : markup`<ul>${warnings.map((warning) => markup`<li>${warning}</li>`)}</ul>`
  );
}

function standardizers({ standardized }: PlanRecord): Markup {
  if (standardized.length === 0) return markup``;
  type Field = PlanRecord['standardized'][number];
  const some = ({ examples }: Field): Markup => {
    const pairs = examples
      .slice(0, MOST_EXAMPLES)
      .map(([before, after]) => markup`<del>${datum(before)}</del> → <ins>${datum(after)}</ins><br>`);
    return markup`${pairs}`;
  };
  return section(
    'Standardised',
    table<Field>(
      [
        { name: 'field', cell: ({ field }) => field },
        { name: 'filled', cell: ({ filled }) => count(filled), isNumber: true },
        { name: 'changed', cell: ({ changed }) => count(changed), isNumber: true },
        { name: 'could not be', cell: ({ left }) => count(left), isNumber: true },
        { name: 'before → after', cell: some }
      ],
      standardized,
      { elsewhere: 'plan.json' }
    )
  );
}

const MOST_EXAMPLES = 6;

function rules({ rules: list }: PlanRecord): Markup {
  if (list.length === 0) return markup``;
  type Rule = PlanRecord['rules'][number];
  const number = (name: string, of: (rule: Rule) => number): PageColumn<Rule> => ({
    name,
    cell: (rule: Rule): string => count(of(rule)),
    isNumber: true
  });
  return section(
    'Rules, in pairs of records',
    table<Rule>(
      [
        { name: 'rule', cell: ({ rule }) => rule },
        number('compared', ({ compared }) => compared),
        number('of possible', ({ possible }) => possible),
        number('the same', ({ merged }) => merged),
        number('for review', ({ reviewed }) => reviewed),
        number('kept apart by guards', ({ guarded }) => guarded)
      ],
      list,
      { elsewhere: 'plan.json' }
    )
  );
}

/** What the data told of each field, for the rules whose score is a probability. */
function learnt({ rules: list }: PlanRecord): Markup {
  const rows = list.flatMap(({ rule, learnt: fields = [] }) => fields.map((one) => ({ rule, ...one })));
  if (rows.length === 0) return markup``;
  type Row = (typeof rows)[number];
  const percent = (of: (row: Row) => number) => (row: Row) => `${Math.round(of(row) * 100)} %`;
  return section(
    'What the data tell of each field',
    table<Row>(
      [
        { name: 'rule', cell: ({ rule }) => rule },
        { name: 'field', cell: ({ field }) => field },
        { name: 'of one person equal', cell: percent(({ equal }) => equal), isNumber: true },
        { name: 'different', cell: percent(({ different }) => different), isNumber: true },
        { name: 'all but equal speaks for it, bits', cell: ({ bitsFor }) => bitsFor.toFixed(1), isNumber: true },
        { name: 'different speaks against it, bits', cell: ({ bitsAgainst }) => bitsAgainst.toFixed(1), isNumber: true }
      ],
      rows,
      { elsewhere: 'plan.json' }
    ),
    markup`<p class="note">One bit is twice as probable. Equal values speak for it the more, the fewer records have them.</p>`
  );
}

function scores({ definition }: PlanRecord, distribution: Distribution): Markup {
  const { merge, review } = definition.thresholds;
  return section(
    'How sure: clusters by the score of their weakest pair',
    histogram(distribution),
    markup`<p class="note">From ${merge} on merged (blue), from ${review} on for review, unless a rule says otherwise. A click on a bar shows the clusters up to its score.</p>`
  );
}

function oversized({ oversized: list }: PlanRecord): Markup {
  if (list.length === 0) return markup``;
  return section(
    'Too large to act on',
    table(
      [
        { name: 'records', cell: ({ records }) => count(records), isNumber: true },
        { name: 'the first of them', cell: ({ keys }) => datum(keys.join(' ')) }
      ],
      list,
      { most: 20, elsewhere: 'plan.json' }
    )
  );
}

function clusters(): Markup {
  const option = (value: string, text: string): Markup => markup`<option value="${value}">${text}</option>`;
  return section(
    'Clusters',
    markup`<noscript><p>Clusters are shown where scripts may run; clusters.csv and review.csv have them, too.</p></noscript>
<div class="controls">
<input id="search" type="search" placeholder="Search names, Ids, values" aria-label="Search">
<select id="kind" aria-label="Kind">${[option('', 'all'), option('merge', 'to be merged'), option('review', 'for review')]}</select>
<select id="rule" aria-label="Rule">${option('', 'any rule')}</select>
<select id="sort" aria-label="Order">${[
      option('worst', 'least sure first'),
      option('best', 'surest first'),
      option('largest', 'largest first'),
      option('file', 'as in clusters.csv')
    ]}</select>
<label>score up to <input id="below" type="number" min="0" max="1" step="0.01"></label>
<span id="count"></span>
</div>
<div id="view" tabindex="0"><div id="space"></div></div>
<script type="text/plain" id="data">${new Markup(HERE)}</script>`
  );
}
