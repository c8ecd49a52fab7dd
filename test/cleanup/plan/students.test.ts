import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { pairsOf, qualityOf, readTruth, unionOf } from '../../../bench/pairwise.ts';
import { writeStudents } from '../../../demo/students.ts';
import { readDefinition } from '../../../src/cleanup/definition/readDefinition.js';
import { makePlan } from '../../../src/cleanup/plan/plan.js';
import { tempDir } from '../../tempDir.js';

const COUNT = 5000;

describe('a plan of students whose truth is known', () => {
  const dir = tempDir();

  async function plan(name: string, seed: number, threads: number): Promise<{ file: string; planDir: string }> {
    const file = join(dir.path, `${seed}.csv`);
    await writeStudents(file, COUNT, seed);
    const planDir = join(dir.path, name);
    const definition = await readDefinition(fileURLToPath(new URL('../../../demo/students.yaml', import.meta.url)));
    await makePlan(
      { definition, sources: [{ path: file }], toolVersion: '0.0.0', planDir },
      { nowMs: () => 0, onStage: () => undefined, threads }
    );
    return { file, planDir };
  }

  it('merges hardly anybody who is another, and leaves out few', async () => {
    const { file, planDir } = await plan('plan', 3, 2);
    const truth = await readTruth(file, 'Id', ({ Person = '' }) => Person);
    const [clusters, review] = [join(planDir, 'clusters.csv'), join(planDir, 'review.csv')];
    const planned = await pairsOf(clusters, 'Id', truth);
    expect(truth.pairs).to.be.above(300);
    expect(qualityOf(planned.all, truth.pairs).precision).to.be.at.least(0.999);
    expect(qualityOf(await unionOf([clusters, review], 'Id', truth), truth.pairs).recall).to.be.at.least(0.95);
  });

  it('is the same to the byte, with one thread and with many', async () => {
    const { planDir } = await plan('one', 4, 1);
    const { planDir: other } = await plan('many', 4, 5);
    const names = await readdir(planDir);
    expect(await readdir(other)).to.deep.equal(names);
    expect(names).to.include.members(['plan.json', 'clusters.csv', 'review.csv', 'updates.csv', 'changes.csv']);
    for (const name of names.filter((one) => one !== 'made.json'))
      expect((await readFile(join(other, name))).equals(await readFile(join(planDir, name))), name).to.equal(true);
  });
});
