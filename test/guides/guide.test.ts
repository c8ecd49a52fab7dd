import { expect } from 'chai';
import { missingLine, readGuide } from './guide.js';
import { workflowScript } from './workflow.js';

const GUIDE = [
  '<!-- org {"rowsPerSecond": 10} -->',
  'Text with `code` and <!-- a comment -->',
  '<!-- any comment -->',
  '<!-- sh',
  'echo hidden > file',
  '-->',
  '```text',
  '$ not run',
  '```',
  '<!-- file people.csv -->',
  '```csv',
  'Name',
  'Ann',
  '```',
  '<!-- exits 68 -->',
  '```console',
  '$ first one \\',
  '    --flag',
  'prints   this',
  '',
  '$ second',
  '$ echo $?',
  '68',
  '$ last',
  '```',
  '```sh',
  'a',
  'b',
  '```'
].join('\n');

describe('a guide', () => {
  it('is read with all that is to be run', () => {
    const { org, blocks } = readGuide(GUIDE);
    expect(org).to.deep.equal({ rowsPerSecond: 10 });
    expect(blocks.map(({ kind, line }) => [kind, line])).to.deep.equal([
      ['shell', 4],
      ['file', 11],
      ['shell', 16],
      ['shell', 26]
    ]);
    const [hidden, file, typed, script] = blocks;
    expect(hidden).to.deep.include({
      commands: [{ line: 4, text: 'echo hidden > file', prints: [], exits: 0 }]
    });
    expect(file).to.deep.include({ saveAs: 'people.csv', text: 'Name\nAnn\n' });
    expect(typed).to.deep.include({
      commands: [
        { line: 17, text: 'first one \\\n    --flag', prints: ['prints   this'], exits: 0 },
        { line: 21, text: 'second', prints: [], exits: undefined },
        { line: 22, text: 'echo $?', prints: ['68'], exits: 0 },
        { line: 24, text: 'last', prints: [], exits: 68 }
      ]
    });
    expect(script).to.deep.include({ commands: [{ line: 26, text: 'a\nb', prints: [], exits: 0 }] });
  });

  const broken: ReadonlyArray<[what: string, text: string, says: string]> = [
    ['a block without end', '```sh\na', 'line 1: the block is not closed'],
    ['output without a command', '```console\nout\n```', 'line 2: a console block begins with "$ "'],
    ['a directive with a mistake', '<!-- exits never -->', '"exits never" is no directive']
  ];
  for (const [what, text, says] of broken)
    it(`is refused with ${what}`, () => expect(() => readGuide(text)).to.throw(says));

  const prints: ReadonlyArray<[what: string, prints: string[], missing: string | undefined]> = [
    ['all lines', ['one', 'two 2', 'three'], undefined],
    ['some lines', ['one', 'three'], undefined],
    ['anything for …', ['o…', '…', 't…e'], undefined],
    ['not another order', ['three', 'one'], 'one'],
    ['not a piece of a line', ['tw'], 'tw'],
    ['not a pattern', ['t.o 2'], 't.o 2']
  ];
  for (const [what, wanted, missing] of prints)
    it(`takes as printed ${what}`, () => expect(missingLine(wanted, ' one\ntwo   2\nthree\n')).to.equal(missing));
});

describe('a workflow of a guide', () => {
  const yaml = [
    'on: { schedule: [{ cron: "0 1 * * *" }] }',
    'jobs:',
    '  load:',
    '    env: { KEY: "${{ secrets.KEY }}" }',
    '    steps:',
    '      - uses: actions/checkout@v5',
    '      - name: Install',
    '        run: npm install',
    '      - run: echo "it\'s $KEY"',
    '      - if: failure()',
    '        run: echo sorry'
  ].join('\n');

  it('is a script of its steps', () => {
    expect(workflowScript(yaml, ['Install'], { 'secrets.KEY': 'k' })).to.equal(
      [
        'failed=0',
        `if [ $failed = 0 ]; then ( export KEY='k'; bash -e -c 'echo "it'\\''s $KEY"' ) || failed=$?; fi`,
        `if [ $failed != 0 ]; then ( export KEY='k'; bash -e -c 'echo sorry' ) || failed=$?; fi`,
        '(exit $failed)'
      ].join('\n')
    );
  });
  it('is nothing for other YAML', () => expect(workflowScript('a: 1', [], {})).to.equal(undefined));
  it('is refused when a step to be skipped is not there', () =>
    expect(() => workflowScript(yaml, ['Instal'], { 'secrets.KEY': 'k' })).to.throw('no step Instal'));
  it('is refused when a secret is not given', () =>
    expect(() => workflowScript(yaml, ['Install'], {})).to.throw('nothing to give for secrets.KEY'));
  it('is refused when it is no YAML', () => expect(() => workflowScript('a: [', [], {})).to.throw());
});
