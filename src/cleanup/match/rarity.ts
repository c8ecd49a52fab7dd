import { type Database } from '../database.js';
import { type Rule } from '../definition/definition.js';
import { type Layout } from '../layout.js';
import { SOME_LIKENESS } from './score.js';

/** A value that no more records have is as rare as any: all of them may be one person's. */
const FEW = 8;
/** The least that such a value tells, in bits: in a file of twenty records nothing is frequent. */
const LEAST_BITS = 7;
/** Bits that a likeness is worth less than equality: some values are alike to each other. */
const ALIKE_BITS = 3;
/** A person is asked about pairs that agree in so much less. */
const REVIEW_FACTOR = 100;

/** Bits are kept as whole tenths, so that their sum does not hang on the order in which it is made. */
const TENTHS = 10;

/**
 * SQL for how rare the values are that two records share, in tenths of a bit: a field in which one record of 1024 has the value counts 100. That
 * fields are independent is not true, but it is true enough to tell two namesakes in one town from one person.
 */
export type RaritySql = {
  /** Columns `q0`… of the record `r`, and the joins that they need. */
  readonly columns: string;
  readonly joins: string;
  /** The columns `q0`… of the records `a` and `b`: the more frequent value's. */
  readonly shared: string;
  /** Of a row with the likenesses `s0`… and `q0`…: whether another record would hardly agree in as much by chance. */
  readonly mayMerge: string;
  readonly mayReview: string;
};

/** Counts the frequent values of a rule's fields, into tables that `dropRarity` removes. */
export async function makeRarity(db: Database, rule: Rule, layout: Layout): Promise<RaritySql> {
  if (rule.chance === undefined) return { columns: '', joins: '', shared: '', mayMerge: 'true', mayReview: 'true' };
  const [[total] = []] = await db.rows('SELECT count(*) FROM records');
  const records = Math.max(Number(total ?? 0), 1);
  const columns: string[] = [];
  const joins: string[] = [];
  for (const [i, comparison] of rule.fields.entries()) {
    const form = layout.side(comparison, 'r')[0] ?? '';
    const [[filled] = []] = await db.rows(`SELECT count(${form}) FROM records r`);
    const most = Math.max(Number(filled ?? 0), 1);
    await db.run(
      `CREATE TABLE often_${i} AS SELECT ${form} AS value, round(${TENTHS} * log2(${most} / count(*)))::SMALLINT AS bits
       FROM records r WHERE ${form} IS NOT NULL GROUP BY ${form} HAVING count(*) > ${FEW}`
    );
    const rare = Math.round(TENTHS * Math.max(Math.log2(most), LEAST_BITS));
    columns.push(`, coalesce(o${i}.bits, ${rare})::SMALLINT AS q${i}`);
    joins.push(`LEFT JOIN often_${i} o${i} ON o${i}.value = ${form}`);
  }
  const isAlike = (i: number): string =>
    `coalesce(s${i} >= ${Math.max(rule.fields[i]?.atLeast ?? 0, SOME_LIKENESS)}, false)`;
  const bits = rule.fields.map(({ follows }, i) => {
    const leader = rule.fields.findIndex(({ field }) => field.toLowerCase() === follows?.toLowerCase());
    const told = leader < 0 ? '' : `WHEN ${isAlike(leader)} THEN 0 `;
    return `CASE ${told}WHEN s${i} = 1 THEN q${i} WHEN ${isAlike(i)} THEN greatest(s${i} * q${i} - ${ALIKE_BITS * TENTHS}, 0) ELSE 0 END`;
  });
  const enough = (chance: number): string =>
    `round(${bits.join(' + ')}) >= ${Math.round(TENTHS * Math.log2(records / chance))}`;
  return {
    columns: columns.join(''),
    joins: joins.join(' '),
    shared: rule.fields.map((_, i) => `, least(a.q${i}, b.q${i}) AS q${i}`).join(''),
    mayMerge: enough(rule.chance),
    mayReview: enough(rule.chance * REVIEW_FACTOR)
  };
}

export async function dropRarity(db: Database, rule: Rule): Promise<void> {
  if (rule.chance === undefined) return;
  for (const i of rule.fields.keys()) await db.run(`DROP TABLE often_${i}`);
}
