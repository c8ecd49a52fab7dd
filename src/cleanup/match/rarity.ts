import { type Database } from '../database.js';
import { type Rule } from '../definition/definition.js';
import { type Layout } from '../layout.js';

/** A value that no more records have is as rare as any: all of them may be one person's. */
const FEW = 8;
/** The least that such a value tells, in bits: in a file of twenty records nothing is frequent. */
const LEAST_BITS = 7;

/** Bits are kept as whole tenths, so that their sum does not hang on the order in which it is made. */
export const TENTHS = 10;

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
};

export const NO_RARITY: RaritySql = { columns: '', joins: '', shared: '' };

/** Counts the frequent values of a rule's fields, into tables `often_<rule>_<field>` that stay as long as the database. */
export async function countFrequent(db: Database, rule: Rule, index: number, layout: Layout): Promise<RaritySql> {
  const columns: string[] = [];
  const joins: string[] = [];
  for (const [i, comparison] of rule.fields.entries()) {
    const form = layout.side(comparison, 'r')[0] ?? '';
    const table = `often_${index}_${i}`;
    const [[filled] = []] = await db.rows(`SELECT count(${form}) FROM records r`);
    const most = Math.max(Number(filled ?? 0), 1);
    await db.run(
      `CREATE TABLE ${table} AS SELECT ${form} AS value, round(${TENTHS} * log2(${most} / count(*)))::SMALLINT AS bits
       FROM records r WHERE ${form} IS NOT NULL GROUP BY ${form} HAVING count(*) > ${FEW}`
    );
    const rare = Math.round(TENTHS * Math.max(Math.log2(most), LEAST_BITS));
    columns.push(`, coalesce(${table}.bits, ${rare})::SMALLINT AS q${i}`);
    joins.push(`LEFT JOIN ${table} ON ${table}.value = ${form}`);
  }
  return {
    columns: columns.join(''),
    joins: joins.join(' '),
    shared: rule.fields.map((_, i) => `, least(a.q${i}, b.q${i}) AS q${i}`).join('')
  };
}
