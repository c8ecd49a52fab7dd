import { type Database } from '../database.js';
import { type Definition, type Rule } from '../definition/definition.js';
import { comparedOfGuard } from '../definition/fieldsOf.js';
import { type Layout } from '../layout.js';
import { type BlockingKey, makeBlocks } from './blocks.js';
import { ANY_CHANCE, type ChanceSql, chanceSql } from './chance.js';
import { learnOdds } from './learn.js';
import { type Learnt, learntOf, type Odds, oddsSql } from './odds.js';
import { countFrequent, NO_RARITY, type RaritySql } from './rarity.js';
import { guardSql, meanSql, type RuleSql, verdictsOf } from './score.js';

/** What comparing by one rule took and gave. */
export type RuleCounts = {
  readonly rule: string;
  readonly keys: readonly BlockingKey[];
  /** Pairs that the keys brought together; one of two keys is counted twice and compared once. */
  readonly compared: number;
  /** Of all pairs that there are. */
  readonly possible: number;
  /** Pairs at or above `merge`, guards aside. */
  readonly merged: number;
  /** Pairs between `review` and `merge`. */
  readonly reviewed: number;
  /** Pairs that would be merged if no guard were against it; a person is asked about some of them. */
  readonly guarded: number;
  /** Where the score is a probability: what was learnt of each field. */
  readonly learnt?: readonly Learnt[];
};

/** How a rule scores two records of this data. */
export type Scoring = {
  readonly sql: RuleSql & ChanceSql;
  readonly rarity: RaritySql;
  /** What was learnt, where the score is a probability. */
  readonly odds?: Odds;
};

export type Compared = { readonly counts: readonly RuleCounts[]; readonly scorings: readonly Scoring[] };

/**
 * Compares the records by every rule; the pairs that reach a rule's `review` and that no guard keeps apart are then in the table `pairs`
 * (a, b, rule, score, merges), a < b, by their best rule.
 */
export async function comparePairs(db: Database, definition: Definition, layout: Layout): Promise<Compared> {
  await db.run(
    'CREATE TABLE scored (a INTEGER, b INTEGER, rule INTEGER, score DOUBLE, reaches BOOLEAN, merges BOOLEAN, apart BOOLEAN)'
  );
  const [[total] = []] = await db.rows('SELECT count(*) FROM records');
  const records = Number(total ?? 0);
  const possible = (records * records - records) / 2;
  const counts: RuleCounts[] = [];
  const scorings: Scoring[] = [];
  for (const [i, rule] of definition.rules.entries()) {
    const keys = await makeBlocks(db, definition, layout, i);
    const work = { definition, layout, rule, index: i, keys, records };
    const scoring = await scoringOf(db, work);
    scorings.push(scoring);
    await compareByRule(db, work, scoring);
    await db.run('DROP TABLE compared');
    await db.run(`DROP TABLE blocks_${i}`);
    const [row = []] = await db.rows(
      `SELECT count(*) FILTER (merges), count(*) FILTER (NOT merges AND NOT apart), count(*) FILTER (reaches AND NOT merges)
       FROM scored WHERE rule = ${i}`
    );
    const [merged = 0, reviewed = 0, guarded = 0] = row.map(Number);
    const compared = keys.reduce((sum, { pairs }) => sum + pairs, 0);
    const learnt = scoring.odds === undefined ? {} : { learnt: learntOf(rule, scoring.odds) };
    counts.push({ rule: rule.name, keys, compared, possible, merged, reviewed, guarded, ...learnt });
  }
  await db.run(
    `CREATE TABLE pairs AS SELECT a, b, arg_min(rule, rank) AS rule, arg_min(score, rank) AS score, bool_or(merges) AS merges
     FROM (SELECT *, (CASE WHEN merges THEN 0 ELSE 2 END) + (1 - score) + rule * 1e-7 AS rank FROM scored WHERE NOT apart)
     GROUP BY a, b`
  );
  await db.run('DROP TABLE scored');
  return { counts, scorings };
}

type RuleWork = {
  readonly definition: Definition;
  readonly layout: Layout;
  readonly rule: Rule;
  readonly index: number;
  readonly keys: readonly BlockingKey[];
  readonly records: number;
};

/** Makes the table `compared` of the records that a key puts into a block, and learns from it what the rule leaves to the data. */
async function scoringOf(db: Database, work: RuleWork): Promise<Scoring> {
  const { definition, layout, rule, index, keys, records } = work;
  const isOdds = rule.score === 'probability';
  const rarity = isOdds || rule.chance !== undefined ? await countFrequent(db, rule, index, layout) : NO_RARITY;
  const columns = comparedColumns(definition, layout, index);
  await db.run(
    `CREATE TABLE compared AS SELECT b.*, ${columns.map((column) => `r.${column}`).join(', ')}${rarity.columns}
     FROM blocks_${index} b JOIN records r ON r.n = b.n ${rarity.joins}
     WHERE ${keys.map((_, k) => `b.k${k} IS NOT NULL`).join(' OR ')}`
  );
  if (!isOdds) return { sql: { ...meanSql(rule, layout), ...chanceSql(rule, records) }, rarity };
  const guarded = guardSql(definition, layout, 'merge');
  const odds = await learnOdds(db, {
    rule,
    layout,
    keys,
    shared: rarity.shared,
    guarded,
    mayMerge: verdictsOf(rule).mayMerge
  });
  return { sql: { ...oddsSql(rule, layout, odds), ...ANY_CHANCE }, rarity, odds };
}

/** One join for each key. A pair that an earlier key has brought together is left out, so that each is compared once. */
async function compareByRule(db: Database, work: RuleWork, { sql, rarity }: Scoring): Promise<void> {
  const { definition, layout, rule, index, keys } = work;
  const { staged, score, hasRequired, mayMerge, isRare, mayReview } = sql;
  for (const key of keys.keys()) {
    const isNew = Array.from({ length: key }, (_, k) => `coalesce(a.k${k} <> b.k${k}, true)`);
    const where = ['a.n < b.n', ...isNew].join(' AND ');
    await db.run(
      `INSERT INTO scored SELECT a, b, ${index}, score, score >= ${rule.merge} AND may_merge, score >= ${rule.merge} AND may_merge AND NOT guarded, apart FROM
         (SELECT a, b, apart, guarded, ${score} AS score, ${hasRequired} AS has_required, ${mayMerge} AND ${isRare} AS may_merge, ${mayReview} AS may_review FROM
           (SELECT *${staged.dear} FROM
             (SELECT a.n AS a, b.n AS b, ${guardSql(definition, layout, 'review')} AS apart,
                ${guardSql(definition, layout, 'merge')} AS guarded, ${staged.cheap}${rarity.shared}
              FROM compared a JOIN compared b ON a.k${key} = b.k${key} WHERE ${where})
            WHERE ${staged.canReach}))
       WHERE score >= ${rule.review} AND has_required AND may_review`
    );
  }
}

/** The columns that a rule and the guards look at. */
function comparedColumns(definition: Definition, layout: Layout, index: number): string[] {
  const rule = definition.rules[index];
  const all = [...(rule?.fields ?? []), ...definition.guards.flatMap(comparedOfGuard)];
  const columns = all.flatMap(({ field, compare }) => layout.side({ field, compare }, '').map((name) => name.slice(1)));
  return [...new Set(columns)];
}
