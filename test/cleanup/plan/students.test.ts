import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { pairsOf, qualityOf, readTruth, unionOf } from '../../../bench/pairwise.ts';
import { writeStudents } from '../../../demo/students.ts';
import { parseDefinition, readDefinition } from '../../../src/cleanup/definition/readDefinition.js';
import { starterOfFile } from '../../../src/cleanup/definition/starter.js';
import { makePlan } from '../../../src/cleanup/plan/plan.js';
import { tempDir } from '../../tempDir.js';

const COUNT = 5000;

/** The demo's definition, or the one that `cleanup init` writes. */
type By = 'demo' | 'init';

describe('a plan of students whose truth is known', () => {
  const dir = tempDir();

  async function plan(by: By, seed: number, threads: number): Promise<{ file: string; planDir: string }> {
    const file = join(dir.path, `${seed}.csv`);
    await writeStudents(file, COUNT, seed);
    const planDir = join(dir.path, `${by}-${seed}-${threads}`);
    const definition =
      by === 'demo'
        ? await readDefinition(fileURLToPath(new URL('../../../demo/students.yaml', import.meta.url)))
        : parseDefinition(await starterOfFile({ path: file }), 'starter.yaml');
    await makePlan(
      { definition, sources: [{ path: file }], toolVersion: '0.0.0', planDir },
      { nowMs: () => 0, onStage: () => undefined, threads }
    );
    return { file, planDir };
  }

  for (const by of ['demo', 'init'] as const) {
    it(`merges hardly anybody who is another, and leaves out few, by ${by}`, async () => {
      const { file, planDir } = await plan(by, 3, 2);
      const truth = await readTruth(file, 'Id', ({ Person = '' }) => Person);
      const [clusters, review] = [join(planDir, 'clusters.csv'), join(planDir, 'review.csv')];
      const planned = await pairsOf(clusters, 'Id', truth);
      expect(truth.pairs).to.be.above(300);
      expect(qualityOf(planned.all, truth.pairs).precision).to.be.at.least(0.999);
      expect(qualityOf(await unionOf([clusters, review], 'Id', truth), truth.pairs).recall).to.be.at.least(0.95);
    });

    it(`is the same to the byte, with one thread and with many, by ${by}`, async () => {
      const { planDir } = await plan(by, 4, 1);
      const { planDir: other } = await plan(by, 4, 5);
      const names = await readdir(planDir);
      expect(await readdir(other)).to.deep.equal(names);
      expect(names).to.include.members(['plan.json', 'clusters.csv', 'review.csv', 'updates.csv', 'changes.csv']);
      for (const name of names.filter((one) => one !== 'made.json'))
        expect((await readFile(join(other, name))).equals(await readFile(join(planDir, name))), name).to.equal(true);
    });
  }
});
