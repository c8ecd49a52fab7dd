import { expect } from 'chai';
import { confirm } from '../../src/shell/confirm.js';
import { sfRejection } from '../rejection.js';

/** A command whose user answers so, and what was asked. */
function asked(answer: boolean, isJson = false) {
  const questions: string[] = [];
  return {
    questions,
    jsonEnabled: () => isJson,
    confirm: ({ message }: { message: string }) => {
      questions.push(message);
      return Promise.resolve(answer);
    }
  };
}

describe('shell/confirm', () => {
  const ASK = { 'no-prompt': false };
  const question = (): string => 'Go on?';

  it('goes on after a yes, and ends with nothing changed after a no', async () => {
    const willing = asked(true);
    await confirm(ASK, willing, question, true);
    expect(willing.questions).to.deep.equal(['Go on?']);
    expect((await sfRejection(confirm(ASK, asked(false), question, true))).name).to.equal('NotConfirmedError');
  });

  it('asks nobody who has said that it shall not', async () => {
    const silent = asked(false);
    await confirm({ 'no-prompt': true }, silent, question, false);
    expect(silent.questions).to.deep.equal([]);
  });

  for (const [where, isJson, isTerminal] of [
    ['with --json', true, true],
    ['where standard input is no terminal', false, false]
  ] as const)
    it(`refuses as wrong usage ${where}, and does not ask`, async () => {
      const command = asked(true, isJson);
      const error = await sfRejection(confirm(ASK, command, question, isTerminal));
      expect([error.name, error.exitCode]).to.deep.equal(['NeedsNoPromptError', 2]);
      expect(command.questions).to.deep.equal([]);
    });
});
