import { createHash } from 'node:crypto';
import { access, copyFile, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { type Page } from 'playwright-core';
import { CHROMIUM, pictureFile, section, withPage } from './browser.ts';
import { IsolatedSf, type RunningEmulator } from './sf.ts';
import { INSERTED_COLUMNS, type Student, students } from './students.ts';

/** A cleanup from end to end, on the embedded emulator and through the real `sf`: `npm run demo:cleanup`. */
const STUDENTS = 3000;
const SEED = 20_261_125;
const ONE_IN = 10;
const DEFINITION = fileURLToPath(new URL('students.yaml', import.meta.url));
const PARTIAL_SUCCESS = 68;

/** Two counsellors: one edits as the run reads the org, the other while it is changing it. */
const COUNSELLORS = {
  faults: [
    {
      fault: 'edit',
      on: 'GET /query',
      times: 1,
      object: 'Contact',
      field: 'Title',
      value: 'seen by Diaz',
      records: 60
    },
    {
      fault: 'edit',
      on: 'POST /jobs/ingest',
      skip: 1,
      times: 1,
      object: 'Contact',
      field: 'Department',
      value: 'seen by Okafor',
      records: 70
    }
  ]
};

type Counts = Readonly<Record<string, number>>;

const sf = await IsolatedSf.create();
const dataDir = join(sf.home, 'org');
let emulator: RunningEmulator | undefined;
try {
  say(`1. An org with messy students, and cases of theirs`);
  emulator = await sf.startEmulator('--data-dir', dataDir);
  await fill();
  const before = await checksum();
  const contacts = await count('Contact');
  console.log(`   ${contacts} contacts, ${await count('Case')} cases, checksum ${before}`);

  say('2. sf bulkops cleanup plan --definition students.yaml');
  const planDir = join(sf.home, 'plan');
  expect(
    (await sf.run(
      'bulkops',
      'cleanup',
      'plan',
      '--definition',
      DEFINITION,
      '--target-org',
      emulator.alias,
      '--plan-dir',
      planDir
    )) === 0,
    'a plan, and nothing is changed'
  );
  expect((await checksum()) === before, 'the org is as it was');

  say('3. A look at the report');
  await look(join(planDir, 'report.html'));

  say('4. A person says yes to one of the doubtful ones, in review.csv');
  const decided = await sayYes(join(planDir, 'review.csv'));
  console.log(`   ${decided.loser} is ${decided.survivor} (score ${decided.score}): merge = yes`);

  say('5. sf bulkops cleanup apply, while two counsellors go on editing');
  await emulator.close();
  const faults = join(sf.home, 'counsellors.json');
  await writeFile(faults, JSON.stringify(COUNSELLORS));
  emulator = await sf.startEmulator('--data-dir', dataDir, '--faults', faults);
  const applied = join(sf.home, 'applied');
  const apply = [
    'bulkops',
    'cleanup',
    'apply',
    '--target-org',
    emulator.alias,
    '--plan',
    planDir,
    '--no-prompt',
    '--run-dir',
    applied
  ];
  const code = await sf.run(...apply);
  expect(
    code === PARTIAL_SUCCESS,
    `exit code ${code}, which says: done, but what the counsellors touched was left alone`
  );

  say('6. Verify');
  const did = await countsOf(applied);
  expect(did.wrong === 0 && did.failed === 0, `everything is as planned by a query, and the org refused nothing`);
  expect((await count('Contact')) === contacts - (did.removed ?? 0), `${did.removed} duplicates are gone`);
  expect(
    (await count('Contact', `Id IN ('${decided.loser}', '${decided.survivor}')`)) === 1,
    'the doubtful one is merged, as the person said'
  );
  expect((await count('Case', 'ContactId = null')) === 0, `every case has its student; ${did.reparented} were moved`);
  expect((await count('Contact', "Title = 'seen by Diaz'")) === 60, 'the edits of Diaz are there, all 60');
  expect((await count('Contact', "Department = 'seen by Okafor'")) === 70, 'the edits of Okafor are there, all 70');
  const [first, second] = (await readFile(join(applied, 'skipped.csv'), 'utf8')).split('\n');
  console.log(`   skipped.csv says why: ${first}\n                         ${second}`);
  if (process.env.PICTURES) await picture(join(applied, 'report.html'), process.env.PICTURES);

  say('7. sf bulkops cleanup undo');
  const undone = ['bulkops', 'cleanup', 'undo', '--target-org', emulator.alias, '--run', applied, '--no-prompt'];
  expect((await sf.run(...undone)) === 0, 'everything is back');
  expect((await checksum()) === before, `the org is as it was: checksum ${before}`);
  console.log(
    '   (The checksum is over all values of contacts and cases but the times of changes, and what the counsellors wrote.)'
  );
  console.log('\nThe demo went as it should.');
} finally {
  await emulator?.close();
  await sf.close();
}

/** The students, and a case for every third of them. */
async function fill(): Promise<void> {
  if (!emulator) return;
  const csv = (rows: ReadonlyArray<readonly string[]>): string =>
    rows.map((row) => `${row.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')}\n`).join('');
  const file = join(sf.home, 'students.csv');
  const rows = [...someStudents()].map((student) => INSERTED_COLUMNS.map((column) => student[column]));
  await writeFile(file, csv([INSERTED_COLUMNS, ...rows]));
  const insert = ['bulkops', 'insert', '--target-org', emulator.alias, '--json'];
  const loaded = join(sf.home, 'loaded');
  // The org refuses some of what people have typed.
  const { code: inserted } = await sf.output(...insert, '--sobject', 'Contact', '--file', file, '--run-dir', loaded);
  expect(inserted === 0 || inserted === PARTIAL_SUCCESS, 'the students are in the org, but for what it refuses');
  const success = (await readFile(join(loaded, 'success.csv'), 'utf8')).split('\n').slice(1);
  const ids = success.flatMap((line) => /^"?(003\w{15})/.exec(line)?.[1] ?? []);
  const cases = ids.filter((_, i) => i % 3 === 0).map((id, i) => [`Case ${i + 1}`, id]);
  await writeFile(join(sf.home, 'cases.csv'), csv([['Subject', 'ContactId'], ...cases]));
  await sf.text(...insert, '--sobject', 'Case', '--file', join(sf.home, 'cases.csv'));
}

/** Duplicates come long after their originals, so these are a share of the families of a much longer file. */
function* someStudents(): Generator<Student> {
  let made = 0;
  for (const student of students(STUDENTS * ONE_IN, SEED)) {
    if (Math.floor(Number(student.Person) / 4) % ONE_IN !== 0 || made === STUDENTS) continue;
    made += 1;
    yield student;
  }
}

/** Marks the surest pair that is left to a person, as one would in a spreadsheet. */
async function sayYes(path: string): Promise<{ survivor: string; loser: string; score: string }> {
  const rows: Array<Record<string, string>> = parse(await readFile(path), { columns: true, bom: true });
  const pairs = rows.flatMap((loser) => {
    const others = rows.filter((row) => row !== loser && row.cluster === loser.cluster);
    const [survivor] = others;
    return loser.role === 'loser' && others.length === 1 && survivor ? [{ survivor, loser }] : [];
  });
  const [surest] = pairs.sort((one, other) => Number(other.loser.score) - Number(one.loser.score));
  if (!surest) throw new Error('the plan leaves no pair to a person');
  surest.loser.merge = 'yes';
  await writeFile(path, stringify(rows, { header: true, bom: true }));
  const { survivor, loser } = surest;
  return { survivor: survivor.Id ?? '', loser: loser.Id ?? '', score: loser.score ?? '' };
}

/** Of all contacts and cases, in the order of their Ids. */
async function checksum(): Promise<string> {
  const hash = createHash('sha256');
  for (const soql of [
    `SELECT Id, ${INSERTED_COLUMNS.join(', ')}, ReportsToId, OwnerId FROM Contact ORDER BY Id`,
    'SELECT Id, Subject, ContactId, Status FROM Case ORDER BY Id'
  ]) {
    const { result } = await query(soql);
    for (const record of result.records)
      hash.update(JSON.stringify(Object.entries(record).filter(([name]) => name !== 'attributes')));
  }
  return hash.digest('hex').slice(0, 16);
}

async function count(sobject: string, where?: string): Promise<number> {
  const { result } = await query(`SELECT count() FROM ${sobject}${where === undefined ? '' : ` WHERE ${where}`}`);
  return result.totalSize;
}

type Queried = {
  readonly result: { readonly totalSize: number; readonly records: ReadonlyArray<Record<string, unknown>> };
};

async function query(soql: string): Promise<Queried> {
  return JSON.parse(
    await sf.text('data', 'query', '--target-org', emulator?.alias ?? '', '--query', soql, '--json')
  ) as Queried;
}

async function countsOf(runDir: string): Promise<Counts> {
  return (JSON.parse(await readFile(join(runDir, 'summary.json'), 'utf8')) as { counts: Counts }).counts;
}

/** Opens the report without a screen where there is Chromium, and keeps it for those who want to look themselves. */
async function look(report: string): Promise<void> {
  const kept = join(tmpdir(), 'bulkops-demo-report.html');
  await copyFile(report, kept);
  console.log(`   ${kept}`);
  const hasChromium = await access(CHROMIUM).then(
    () => true,
    () => false
  );
  if (!hasChromium) return;
  await withPage(report, { width: 1280, height: 900 }, async (page) => {
    await page.waitForSelector('body[data-ready]');
    await page.selectOption('#kind', 'merge');
    console.log(`   clusters: ${await page.locator('#count').textContent()}; the least sure one to be merged:`);
    for (const row of (await page.locator('article').first().locator('tr').allInnerTexts()).slice(0, 6))
      console.log(`   | ${row.replaceAll('\t', ' | ')}`);
    if (process.env.PICTURES) await pictures(page, process.env.PICTURES);
  });
}

/** For the guide: `PICTURES=docs/images npm run demo:cleanup`. */
async function pictures(page: Page, directory: string): Promise<void> {
  const into = (name: string): { path: string } => ({ path: pictureFile(`cleanup-report${name}`, directory) });
  await page.screenshot(into(''));
  // A cluster is as wide as its values, and what does not fit is scrolled to.
  const cluster = await page.locator('article').first().boundingBox();
  const list = await page.locator('article').first().locator('..').boundingBox();
  if (cluster && list) await page.screenshot({ ...into('-cluster'), clip: { ...cluster, width: list.width } });
  await section(page, 'Standardised').screenshot(into('-standardised'));
  await section(page, 'How sure').screenshot(into('-scores'));
}

/** The report of the apply, as `PICTURES` has that of the plan. */
async function picture(report: string, directory: string): Promise<void> {
  await withPage(report, { width: 1080, height: 1000 }, async (page) => {
    await page.screenshot({ path: pictureFile('cleanup-run', directory) });
    await section(page, 'Steps over time').screenshot({ path: pictureFile('cleanup-run-steps', directory) });
  });
}

function say(text: string): void {
  console.log(`\n${text}`);
}

function expect(isSo: boolean, text: string): void {
  console.log(`   ${isSo ? '✓' : '✗'} ${text}`);
  if (!isSo) throw new Error(`the demo expected otherwise: ${text}`);
}
