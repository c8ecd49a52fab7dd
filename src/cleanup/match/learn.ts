import { type Database } from '../database.js';
import { type Rule } from '../definition/definition.js';
import { type Layout } from '../layout.js';
import { type BlockingKey } from './blocks.js';
import { belongSql, DIFFERENT, evidenceSql, LEVELS, levelSql, type Odds } from './odds.js';
import { TENTHS } from './rarity.js';
import { likenessesOf } from './score.js';

/** Pairs of records taken at random, and pairs of each key; more would tell no more. */
const RANDOM_PAIRS = 30_000;
const TRAINING_PAIRS = 80_000;
const ROUNDS = 8;
/** Pairs less probable than this are not learnt from: some relations are frequent that are none of identity. */
const SURE = 0.9;

/** How often the values of one person stand at each level, before the data say otherwise; it counts as so many pairs. */
const USUAL = [0.82, 0.07, 0.04, 0.02, 0.05] as const;
const USUAL_COUNTS_AS = 20;
/** The same of two records that have nothing to do with each other: in a small file many of all pairs are of one person. */
const USUAL_AT_RANDOM = [0.01, 0.005, 0.005, 0.01, 0.97] as const;
const RANDOM_COUNTS_AS = 200;
/** However clean the data are: values of one person differ this often at least, and so speak against it by 5.6 bits at most. */
const LEAST_DIFFERENT = 0.02;

/** Of the records, how many have another one that is the same, as far as is believed of data at most and at least. */
const MOST_TWICE = 1;
const LEAST_TWICE = 0.01;

/** Of two that belong together one in nine is the same, or eight in nine, as far as is believed of data. */
const MOST_BELONGING = 3;

/** Probabilities are summed as whole thousandths, so that a sum does not hang on its order. */
const PARTS = 1000;

export type Learning = {
  readonly rule: Rule;
  readonly layout: Layout;
  readonly keys: readonly BlockingKey[];
  /** Columns `q0`… of two records. */
  readonly shared: string;
  /** SQL of the records `a` and `b` that is true where a guard keeps them apart. */
  readonly guarded: string;
  /** Of a row of likenesses: false where a person must be asked. */
  readonly mayMerge: string;
};

/**
 * What agreeing and differing in each field tells of two records (Fellegi and Sunter): how often two at random stand at a level is counted, how
 * often two of one person do is estimated by expectation maximisation from the pairs that the keys bring together; a key tells nothing of its own
 * fields. The table `compared` has the records.
 */
export async function learnOdds(db: Database, learning: Learning): Promise<Odds> {
  const [[total] = []] = await db.rows('SELECT count(*) FROM records');
  const records = Math.max(Number(total ?? 0), 2);
  const atRandom = await levelsAtRandom(db, learning, records);
  const scale = await takeTraining(db, learning);
  let known: Estimates = {
    same: learning.rule.fields.map(() => USUAL),
    atRandom,
    twice: MOST_TWICE,
    belonging: 0,
    records
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    const { levels, pairs, together } = await expectation(db, learning, oddsOf(learning.rule, known));
    known = {
      ...known,
      same: levels.map((counts) => shares(counts, USUAL, USUAL_COUNTS_AS)),
      twice: Math.min(Math.max((pairs * scale) / records, LEAST_TWICE), MOST_TWICE),
      belonging: Math.min(
        Math.max(Math.log2((together.same + 1) / (together.others + 1)), -MOST_BELONGING),
        MOST_BELONGING
      )
    };
  }
  await db.run('DROP TABLE training');
  return oddsOf(learning.rule, known);
}

type Estimates = {
  /** Of each field by level. */
  readonly same: ReadonlyArray<readonly number[]>;
  readonly atRandom: ReadonlyArray<readonly number[]>;
  readonly twice: number;
  /** In bits. */
  readonly belonging: number;
  readonly records: number;
};

function oddsOf(rule: Rule, { same, atRandom, twice, belonging, records }: Estimates): Odds {
  const fields = rule.fields.map(({ weight }, i) => {
    const own = (same[i] ?? USUAL).map((share, level) => {
      // Equal values are as rare as each of them is.
      const random = level === 0 ? 1 : (atRandom[i]?.[level] ?? 1);
      return Math.round(
        TENTHS * weight * Math.log2(Math.max(share, level === DIFFERENT ? LEAST_DIFFERENT : 0) / random)
      );
    });
    const different = Math.min(own[DIFFERENT] ?? 0, 0);
    // The more alike, the more it speaks for it, whatever few pairs seem to say.
    const ordered = [own[0] ?? 0];
    for (const bits of own.slice(1, DIFFERENT))
      ordered.push(Math.max(ordered.length === 1 ? bits : Math.min(bits, ordered.at(-1) ?? bits), different));
    return [...ordered, different];
  });
  return {
    prior: Math.round(TENTHS * Math.log2((2 * twice) / records)),
    belonging: Math.round(TENTHS * belonging),
    fields,
    same
  };
}

/** How often the values of two records stand at each level that have nothing to do with each other. */
async function levelsAtRandom(
  db: Database,
  { rule, layout }: Learning,
  records: number
): Promise<ReadonlyArray<readonly number[]>> {
  const [[first] = []] = await db.rows('SELECT min(n) FROM records');
  const counts = rule.fields.flatMap((_, i) =>
    Array.from({ length: LEVELS }, (_each, level) => `count(*) FILTER (l${i} = ${level})`)
  );
  const step = Math.max(1, Math.floor(records / RANDOM_PAIRS));
  const drawn = `SELECT i AS a, (i + shift) % ${records} AS b FROM
    (SELECT (t * ${step}) % ${records} AS i, 1 + (t * ${STRIDE} + t // ${records}) % ${records - 1} AS shift FROM range(${RANDOM_PAIRS}) r(t))`;
  const all = `SELECT i AS a, j AS b FROM range(${records}) r(i), range(${records}) s(j) WHERE i < j`;
  const pairs = (records * (records - 1)) / 2 <= RANDOM_PAIRS ? all : drawn;
  await db.run(
    `CREATE TABLE at_random AS SELECT a + ${Number(first ?? 0)} AS a, b + ${Number(first ?? 0)} AS b FROM (${pairs})`
  );
  const [row = []] = await db.rows(
    `SELECT ${counts.join(', ')} FROM (SELECT ${levelColumns(rule)} FROM (SELECT ${likenessesOf(rule, layout)}
       FROM at_random JOIN records a ON a.n = at_random.a JOIN records b ON b.n = at_random.b))`
  );
  await db.run('DROP TABLE at_random');
  const found = row.map(Number);
  return rule.fields.map((_, i) =>
    shares(found.slice(i * LEVELS, (i + 1) * LEVELS), USUAL_AT_RANDOM, RANDOM_COUNTS_AS)
  );
}

/** Prime, so that the distances between the records of the pairs are many, whatever order the records are in. */
const STRIDE = 7919;

function levelColumns(rule: Rule): string {
  return rule.fields.map((_, i) => `${levelSql(rule, i)} AS l${i}`).join(', ');
}

/**
 * Pairs to learn from, in the table `training` (key, is_new, s…, q…): of each key those of some blocks, all where they are few.
 * @returns how many pairs one of them stands for
 */
async function takeTraining(db: Database, learning: Learning): Promise<number> {
  const { rule, layout, keys, shared, guarded, mayMerge } = learning;
  const pairs = keys.reduce((sum, key) => sum + key.pairs, 0);
  const every = Math.max(1, Math.ceil(pairs / TRAINING_PAIRS));
  const parts = keys.map((_, k) => {
    const before = Array.from({ length: k }, (_each, j) => `coalesce(a.k${j} <> b.k${j}, true)`);
    return `SELECT ${k} AS key, ${['true', ...before].join(' AND ')} AS is_new, ${guarded} AS guarded, ${likenessesOf(rule, layout)}${shared}
      FROM compared a JOIN compared b ON a.k${k} = b.k${k} WHERE a.n < b.n AND a.k${k} % ${every} = 0`;
  });
  await db.run(
    `CREATE TABLE training AS SELECT *, guarded OR NOT (${mayMerge}) AS apart FROM (${parts.join(' UNION ALL ')})`
  );
  return every;
}

type Expected = {
  readonly levels: ReadonlyArray<readonly number[]>;
  readonly pairs: number;
  /** Of those that belong together. */
  readonly together: { readonly same: number; readonly others: number };
};

/** How many pairs of one person there are by what is believed, and at which level their values stand. Only those count of which little doubt is left. */
async function expectation(db: Database, { rule, keys }: Learning, odds: Odds): Promise<Expected> {
  const sums = rule.fields.flatMap(({ field }, i) => {
    const own = keys.flatMap(({ fields }, k) => (fields.includes(field) ? [k] : []));
    const isOfOthers = own.length === 0 ? '' : ` AND key NOT IN (${own.join(', ')})`;
    return Array.from({ length: LEVELS }, (_each, level) => `sum(p) FILTER (l${i} = ${level}${isOfOthers})`);
  });
  const p = `round(${PARTS} / (1 + pow(2, -(${odds.prior} + ${evidenceSql(rule, odds)}) / ${TENTHS}.0)))::BIGINT`;
  const [row = []] = await db.rows(
    `SELECT ${sums.map((one) => `coalesce(${one}, 0)::BIGINT`).join(', ')}, coalesce(sum(p) FILTER (is_new), 0)::BIGINT,
       count(*) FILTER (is_new AND belong AND p > 0) * ${PARTS}, count(*) FILTER (is_new AND belong AND p = 0) * ${PARTS}
     FROM (SELECT * REPLACE (CASE WHEN NOT apart AND p >= ${PARTS * SURE} THEN p ELSE 0 END AS p) FROM
       (SELECT key, is_new, apart, ${p} AS p, ${belongSql(rule, odds)} AS belong, ${levelColumns(rule)} FROM training))`
  );
  const found = row.map((one) => Number(one) / PARTS);
  const levels = rule.fields.map((_, i) => found.slice(i * LEVELS, (i + 1) * LEVELS));
  const [pairs = 0, same = 0, others = 0] = found.slice(rule.fields.length * LEVELS);
  return { levels, pairs, together: { same, others } };
}

/** Shares of a whole, given what was counted and what is believed before. */
function shares(counts: readonly number[], believed: readonly number[], countsAs: number): number[] {
  const sum = counts.reduce((before, one) => before + one, countsAs);
  return believed.map((share, i) => ((counts[i] ?? 0) + share * countsAs) / sum);
}
