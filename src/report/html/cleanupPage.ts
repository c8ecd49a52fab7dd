import { type CleanupApplyResult, type CleanupStatus } from '../../cleanup/apply/applyResult.js';
import { type CleanupResult, isUndo } from '../../cleanup/cleanupResult.js';
import { CLEANUP_HEADLINES } from '../cleanupSummary.js';
import { type CleanupUndoResult } from '../../cleanup/undo/undoResult.js';
import { type LoadResult } from '../../load/loadResult.js';
import { type CleanupEvent, type CleanupStepName } from '../../run/cleanupEvents.js';
import { type RunRecord } from '../../run/run.js';
import { type CleanupTimeline } from '../cleanupTimeline.js';
import { type FieldWritten } from '../fieldsWritten.js';
import { count, counted } from '../format.js';
import { type LeftAlone } from '../leftAlone.js';
import { cleanupCourse, stepSections } from './cleanupCourse.js';
import { type ErrorGroup, errorsSection } from './errorsSection.js';
import { leftAloneSection } from './leftAloneSection.js';
import { datum, type Markup } from './markup.js';
import { facts, page, section, type Tile, tiles, type Tone } from './page.js';
import { continueWith, type FileRow, filesSection, runFacts, warningsSection } from './runSections.js';

export type CleanupStory = {
  readonly record: RunRecord;
  readonly result: CleanupResult;
  /** Of an apply that has taken its plan. */
  readonly plan?: { readonly snapshotAt?: string; readonly children: string; readonly onLoser: string };
  readonly events: readonly CleanupEvent[];
  /** What the load of each step has come to. */
  readonly steps: ReadonlyMap<CleanupStepName, LoadResult>;
  readonly timeline: CleanupTimeline;
  readonly leftAlone: LeftAlone;
  readonly errors: readonly ErrorGroup[];
  readonly fields: readonly FieldWritten[];
  readonly files: readonly FileRow[];
};

/** The report of an apply or an undo: what was changed, what was left alone and why, what went wrong, then how it went. */
export function cleanupPage(story: CleanupStory): string {
  const { result, record } = story;
  const what = isUndo(result) ? `undo of ${result.undoes}` : `cleanup of ${result.sobject || 'the org'}`;
  return page({
    title: `${what}: ${CLEANUP_HEADLINES[result.status]}`,
    outcome: `The ${what} is ${CLEANUP_HEADLINES[result.status]}.`,
    tone: TONES[result.status],
    facts: runFacts(record, result),
    body: [
      outcome(story),
      warningsSection(result.warnings),
      leftAloneSection(story.leftAlone, isUndo(result) ? 'Object' : 'Cluster', driftOf(story.events)),
      errorsSection(story.errors, 'the files of the step'),
      ...stepSections(story),
      filesSection(story.files),
      ...cleanupCourse(story),
      particulars(story)
    ]
  });
}

const TONES: Readonly<Record<CleanupStatus, Tone>> = {
  Success: 'good',
  PartialSuccess: 'warning',
  Interrupted: 'warning'
};

function outcome({ result, events }: CleanupStory): Markup {
  const shown = isUndo(result) ? undoTiles(result) : applyTiles(result, events);
  const isToBeUndone = !isUndo(result) && result.status !== 'Interrupted';
  return section(
    'Records',
    tiles(shown.filter((tile) => tile !== undefined)),
    continueWith(result.next, isToBeUndone ? 'Undo it' : 'Continue')
  );
}

function applyTiles({ counts }: CleanupApplyResult, events: readonly CleanupEvent[]): Array<Tile | undefined> {
  const checked = events.findLast((event) => event.type === 'verified')?.checked;
  const backedUp = events.findLast((event) => event.type === 'backed-up')?.records;
  return [
    { name: 'clusters planned', value: count(counts.clusters) },
    { name: 'updated', value: count(counts.updated), tone: 'good' },
    { name: 'children moved', value: count(counts.reparented), tone: 'good' },
    { name: 'duplicates removed', value: count(counts.removed), tone: 'good' },
    leftTile(counts.skipped, `${counted(counts.clustersSkipped, 'cluster')} left as they are`),
    counts.failed > 0
      ? { name: 'rows refused', value: count(counts.failed), note: 'by the org', tone: 'bad' }
      : undefined,
    counts.wrong > 0
      ? { name: 'not as planned', value: count(counts.wrong), note: 'by a query at the end', tone: 'bad' }
      : undefined,
    checked === undefined
      ? undefined
      : { name: 'looked at again', value: count(checked), note: 'by query, at the end' },
    backedUp === undefined ? undefined : { name: 'backed up', value: count(backedUp), note: 'before anything changed' }
  ];
}

function undoTiles({ counts }: CleanupUndoResult): Array<Tile | undefined> {
  return [
    { name: 'old values back', value: count(counts.restored), tone: 'good' },
    { name: 'undeleted', value: count(counts.undeleted), tone: 'good' },
    counts.recreated > 0
      ? { name: 'made anew', value: count(counts.recreated), note: 'with other Ids', tone: 'warning' }
      : undefined,
    { name: 'children home', value: count(counts.childrenMoved), tone: 'good' },
    leftTile(counts.leftAlone, 'or not as they were')
  ];
}

function leftTile(records: number, note: string): Tile {
  return {
    name: 'left alone',
    value: count(records),
    note: records > 0 ? note : undefined,
    tone: records > 0 ? 'warning' : 'neutral'
  };
}

function driftOf(events: readonly CleanupEvent[]): string | undefined {
  const drift = events.find((event) => event.type === 'drift-checked');
  if (drift === undefined || drift.recordsSkipped === 0) return undefined;
  return `Of them ${counted(drift.recordsSkipped, 'record')} and ${counted(drift.clustersSkipped, 'cluster')} because something changed in the org between the plan and this run.`;
}

function particulars({ record, result, plan }: CleanupStory): Markup {
  return section(
    'What was asked',
    facts([
      ['run directory', datum(result.runDir, 1000)],
      ['undoes', isUndo(result) ? datum(result.undoes) : undefined],
      ['records as of', plan?.snapshotAt],
      ['duplicates', plan && datum(ON_LOSER[plan.onLoser] ?? plan.onLoser)],
      ['their children', plan && (CHILDREN[plan.children] ?? plan.children)],
      ['org', datum(`${record.org.username} (${record.org.id})`)],
      ['API version', record.org.apiVersion],
      ['tool', `sf-plugin-bulkops ${record.toolVersion}`]
    ])
  );
}

const ON_LOSER: Readonly<Partial<Record<string, string>>> = {
  delete: 'deleted, into the recycle bin',
  merge: "merged by the platform's own merge"
};

const CHILDREN: Readonly<Partial<Record<string, string>>> = {
  reparent: 'pointed at the records that stay',
  refuse: 'a reason to leave the cluster alone',
  ignore: 'not looked at'
};
