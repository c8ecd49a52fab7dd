import { expect } from 'chai';
import { type AnyJob } from '../../src/bulk/jobs.js';
import { type WatchEvent } from '../../src/bulk/watchEvents.js';
import { watchStatus, type WatchStatus } from '../../src/jobs/fate.js';
import { watchJobs } from '../../src/jobs/watchJobs.js';
import { watchResult } from '../../src/jobs/watchResult.js';
import { rejection } from '../rejection.js';
import { TestClock } from '../testClock.js';
import { asSent, FakeTransport, job, notFound, refused } from './fakeJobs.js';

/** Answers for a job one after another; the last one stays. */
function scripted(answers: Record<string, Array<Partial<AnyJob> | Error>>): FakeTransport {
  return new FakeTransport(({ path }) => {
    const id = path.split('/').at(-1) ?? '';
    const script = answers[id] ?? [];
    const next = script.length > 1 ? script.shift() : script[0];
    if (next instanceof Error) throw next;
    return asSent({ ...job(1), id: id as AnyJob['id'], ...next });
  });
}

describe('jobs/watchJobs', () => {
  const clock = (): TestClock => new TestClock();
  const a = job(1, { state: 'Open' });
  const b = job(2, { state: 'UploadComplete' });

  async function watched(
    jobs: AnyJob[],
    transport: FakeTransport,
    signal = new AbortController().signal,
    time = clock()
  ) {
    const events: WatchEvent[] = [];
    const fates = await watchJobs(jobs, { transport, clock: time, signal, onEvent: (event) => events.push(event) });
    return { fates, events, time };
  }

  const shown = (events: WatchEvent[]): string[] =>
    events.map((event) => (event.type === 'job-gone' ? 'gone' : `${event.state} ${event.processed}/${event.failed}`));

  it('shows each transition and each growth of counts once, and asks no more of a job that has ended', async () => {
    const transport = scripted({
      [a.id]: [
        { state: 'Open' },
        { state: 'UploadComplete' },
        { state: 'InProgress', numberRecordsProcessed: 10 },
        { state: 'InProgress', numberRecordsProcessed: 10 },
        { state: 'InProgress', numberRecordsProcessed: 20, numberRecordsFailed: 1 },
        { state: 'JobComplete', numberRecordsProcessed: 30, numberRecordsFailed: 1 }
      ]
    });
    const { fates, events } = await watched([a, job(3)], transport);
    expect(shown(events)).to.deep.equal([
      'Open 0/0',
      'JobComplete 0/0',
      'UploadComplete 0/0',
      'InProgress 10/0',
      'InProgress 20/1',
      'JobComplete 30/1'
    ]);
    expect(transport.calls).to.have.length(6);
    expect(fates.map(({ job: { state } }) => state)).to.deep.equal(['JobComplete', 'JobComplete']);
  });

  it('looks less and less often, up to every 30 s, and often again when something moves', async () => {
    const still: Array<Partial<AnyJob>> = Array.from({ length: 12 }, () => ({ state: 'InProgress' }));
    const transport = scripted({ [a.id]: [...still, { state: 'Failed' }] });
    const { time } = await watched([{ ...a, state: 'UploadComplete' }], transport);
    expect(time.pauses.slice(0, 5)).to.deep.equal([1000, 1000, 1500, 2250, 3375]);
    expect(Math.max(...time.pauses)).to.equal(30_000);
  });

  it('knows a job that was deleted while it was watched', async () => {
    const { fates, events } = await watched(
      [a, b],
      scripted({ [a.id]: [notFound()], [b.id]: [{ state: 'JobComplete' }] })
    );
    expect(shown(events).slice(2)).to.deep.equal(['gone', 'JobComplete 0/0']);
    expect(fates.map(({ isGone }) => isGone)).to.deep.equal([true, false]);
  });

  it('ends with what it has seen when the time is over', async () => {
    const over = new AbortController();
    const transport = scripted({ [a.id]: [{ state: 'InProgress' }] });
    const time = clock();
    const pausing = {
      now: () => time.now(),
      sleep: async (ms: number, signal?: AbortSignal) => {
        if (time.pauses.length === 3) over.abort(new Error('enough'));
        await time.sleep(ms, signal);
      }
    };
    const fates = await watchJobs([a], { transport, clock: pausing, signal: over.signal, onEvent: () => undefined });
    expect(fates.map(({ job: { state } }) => state)).to.deep.equal(['InProgress']);
  });

  it('throws what the org refuses', async () => {
    expect((await rejection(watched([a], scripted({ [a.id]: [refused('API_DISABLED_FOR_ORG')] })))).name).to.equal(
      'RefusedByOrg'
    );
  });

  const STATUSES: ReadonlyArray<
    readonly [fates: Array<Partial<AnyJob> & { isGone?: boolean }>, interrupted: boolean, status: WatchStatus]
  > = [
    [[{}, { state: 'JobComplete' }], false, 'Success'],
    [[{}, { numberRecordsFailed: 2 }], false, 'PartialSuccess'],
    [[{ state: 'InProgress' }, { numberRecordsFailed: 2 }], false, 'InProgress'],
    [[{ state: 'InProgress' }, {}], true, 'Interrupted'],
    [[{}, {}], true, 'Success'],
    [[{ state: 'Failed' }, { state: 'InProgress' }], false, 'Failed'],
    [[{ state: 'Aborted' }, { numberRecordsFailed: 2 }], false, 'Failed'],
    [[{ isGone: true }, {}], false, 'Failed']
  ];
  for (const [fates, isInterrupted, status] of STATUSES)
    it(`is ${status} for ${JSON.stringify(fates)}${isInterrupted ? ' when the user ends it' : ''}`, () => {
      const all = fates.map(({ isGone = false, ...more }, n) => ({ job: job(n, more), isGone }));
      expect(watchStatus(all, isInterrupted)).to.equal(status);
    });

  it('adds up what the jobs have done, and says how to watch on', () => {
    const fates = [
      { job: job(1, { state: 'InProgress', numberRecordsProcessed: 10, numberRecordsFailed: 1 }), isGone: false },
      { job: job(2, { state: 'Failed', numberRecordsProcessed: 5, errorMessage: 'InvalidBatch : x' }), isGone: false }
    ];
    const running = watchResult(fates, { status: 'InProgress', apiCalls: 3, durationMs: 9 });
    expect(running).to.deep.include({ rows: { processed: 15, failed: 1 }, apiCalls: 3, durationMs: 9 });
    expect(running.errors).to.deep.equal([{ code: job(2).id, message: 'InvalidBatch : x', count: 1 }]);
    const command = `sf bulkops job watch --job-id ${job(1).id} --job-id ${job(2).id}`;
    expect(running.next).to.equal(command);
    const seen = { status: 'Interrupted', apiCalls: 3, durationMs: 9, username: 'me@x.org' } as const;
    expect(watchResult(fates, seen).next).to.equal(`${command} --target-org me@x.org`);
    expect(watchResult(fates, { status: 'Failed', apiCalls: 3, durationMs: 9 }).next).to.equal(undefined);
  });
});
