import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { leastSure } from '../../../src/cleanup/plan/leastSure.js';
import { tempDir } from '../../tempDir.js';

describe('the clusters that a plan is least sure of', () => {
  const dir = tempDir();

  it('are the five with the lowest scores, those that are certain aside', async () => {
    const scores = [1, 0.9, 0.71, 0.95, 0.8, 0.85, 0.93, 0.72, 1];
    const rows = scores.map((score, i) => `C${i},survivor,s${i},likeness,${score},x\nC${i},loser,l${i},likeness,1,y\n`);
    await mkdir(join(dir.path, 'plan'));
    await writeFile(join(dir.path, 'plan', 'clusters.csv'), `cluster,role,Id,rule,score,Name\n${rows.join('')}`);
    const found = await leastSure(join(dir.path, 'plan'));
    expect(found.map(({ cluster }) => cluster)).to.deep.equal(['C2', 'C7', 'C4', 'C5', 'C1']);
    expect(found[0]).to.deep.equal({ cluster: 'C2', score: 0.71, rule: 'likeness', records: ['s2', 'l2'] });
    await writeFile(join(dir.path, 'plan', 'clusters.csv'), 'cluster,role,Id,rule,score,Name\n');
    expect(await leastSure(join(dir.path, 'plan'))).to.deep.equal([]);
  });
});
