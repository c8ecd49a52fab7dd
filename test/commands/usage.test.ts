import { Config } from '@oclif/core';
import { stubSfCommandUx } from '@salesforce/sf-plugins-core';
import { createSandbox } from 'sinon';
import { expect } from 'chai';
import JobList from '../../src/commands/bulkops/job/list.js';
import { isolatedHome } from '../isolatedHome.js';

describe('commands', () => {
  isolatedHome();
  const sandbox = createSandbox();
  beforeEach(() => void stubSfCommandUx(sandbox));
  afterEach(() => sandbox.restore());

  it('end with the code of wrong usage where no org is named and none is the default', async () => {
    const config = await Config.load(import.meta.dirname);
    const error: unknown = await JobList.run([], config).catch((thrown: unknown) => thrown);
    expect(error).to.include({ name: 'NoDefaultEnvError', exitCode: 2 });
  });
});
