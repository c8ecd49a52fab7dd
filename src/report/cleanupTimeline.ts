import { type CleanupEvent, type CleanupStepName } from '../run/cleanupEvents.js';
import { type JournalEntry } from '../run/journal.js';
import { type LoadEvent } from '../run/loadEvents.js';
import { counted } from './format.js';
import { type JobSpan, loadTimeline, type ProcessSpan, type Progress } from './loadTimeline.js';

/** What a cleanup was doing for some time: a step that a load carries out, or a piece of its own work. Milliseconds of the epoch. */
export type Stage = {
  readonly name: string;
  readonly startMs: number;
  /** Missing where it was not seen to end. */
  endMs?: number;
  told: string;
  /** Of the load that carries it out; none for the cleanup's own work. */
  readonly jobs: readonly JobSpan[];
};

export type CleanupTimeline = {
  readonly processes: readonly ProcessSpan[];
  readonly stages: readonly Stage[];
  /** Rows that the org was seen to process, of all steps. */
  readonly progress: readonly Progress[];
};

/** The journals of the loads that carry out the steps. */
export type StepJournals = ReadonlyMap<CleanupStepName, ReadonlyArray<JournalEntry<LoadEvent>>>;

/** How a cleanup went in time, folded from its own journal and those of its steps. */
export function cleanupTimeline(
  entries: ReadonlyArray<JournalEntry<CleanupEvent>>,
  steps: StepJournals,
  startedMs: number
): CleanupTimeline {
  const folding = new Folding(steps, startedMs);
  for (const { at, event } of entries) folding.add(event, Date.parse(at));
  const stepTimes = [...steps.values()].flatMap((journal) => journal.map(({ at }) => Date.parse(at)));
  return { ...folding.told, processes: reaching(folding.processes, stepTimes) };
}

class Folding {
  public readonly processes: Array<{ startMs: number; endMs: number }>;
  private readonly stages: Stage[] = [];
  private readonly progress: Progress[] = [];
  private readonly open = new Map<string, Stage>();
  /** When the event before was written. */
  private lastMs: number;

  public constructor(
    private readonly steps: StepJournals,
    startedMs: number
  ) {
    this.processes = [{ startMs: startedMs, endMs: startedMs }];
    this.lastMs = startedMs;
  }

  public get told(): Pick<CleanupTimeline, 'stages' | 'progress'> {
    return { stages: this.stages, progress: this.progress };
  }

  public add(event: CleanupEvent, atMs: number): void {
    if (event.type === 'cleanup-resumed') this.processes.push({ startMs: atMs, endMs: atMs });
    // Another run has written that: this one was over.
    if (event.type === 'undo-starting') return;
    const process = this.processes.at(-1);
    if (process) process.endMs = Math.max(process.endMs, atMs);
    this.tell(event, atMs);
    this.lastMs = atMs;
  }

  private tell(event: CleanupEvent, atMs: number): void {
    switch (event.type) {
      case 'backed-up':
        return this.since('backup', atMs, `${counted(event.records, 'record')} backed up`);
      case 'drift-checked':
        return this.since('look for changes', atMs, `${counted(event.recordsSkipped, 'record')} left alone`);
      case 'undeleted':
        return this.since('undelete', atMs, `${counted(event.records, 'record')} brought back`);
      case 'verified':
        return this.since('check by query', atMs, `${counted(event.checked, 'record')} looked at again`);
      case 'step-starting':
        return this.begin(event.step, { atMs, rows: event.rows, told: counted(event.rows, 'row') });
      case 'step-finished':
        return this.end(event.step, atMs, `${counted(event.succeeded, 'row')} done, ${event.failed} refused`);
      case 'merging':
        return this.begin('merge', { atMs, rows: event.losers.length, told: counted(event.losers.length, 'loser') });
      case 'merged':
        return this.end('merge', atMs, `${counted(event.merged.length, 'record')} merged`);
      default: // the others say nothing of time
    }
  }

  /** Work that is only noted when it is done began after what was noted before it. */
  private since(name: string, atMs: number, told: string): void {
    this.stages.push({ name, startMs: this.lastMs, endMs: atMs, told: `${name}: ${told}`, jobs: [] });
  }

  private begin(name: string, { atMs, rows, told }: { atMs: number; rows: number; told: string }): void {
    if (rows === 0) return;
    const journal = this.steps.get(name) ?? [];
    const { jobs, progress } = loadTimeline(journal, atMs);
    this.progress.push(...progress);
    const stage: Stage = { name, startMs: atMs, told: `${name}: ${told}`, jobs };
    this.stages.push(stage);
    this.open.set(name, stage);
  }

  private end(name: string, atMs: number, told: string): void {
    const stage = this.open.get(name);
    if (!stage) return;
    stage.endMs = atMs;
    stage.told = `${name}: ${told}`;
  }
}

/** A process that was killed within a step worked as long as the step's load has written something. */
function reaching(processes: readonly ProcessSpan[], timesMs: readonly number[]): ProcessSpan[] {
  return processes.map(({ startMs, endMs }, at) => {
    const beforeMs = processes[at + 1]?.startMs ?? Number.POSITIVE_INFINITY;
    const own = timesMs.filter((ms) => ms >= startMs && ms < beforeMs);
    return { startMs, endMs: own.reduce((last, ms) => Math.max(last, ms), endMs) };
  });
}
