import { writeTable } from '../csvTable.js';
import { type Skip } from './applyResult.js';
import { type CleanupRun } from './cleanupRun.js';
import { type PlannedCluster } from './takePlan.js';

/** What a run leaves alone: records, and clusters as a whole as soon as one of their records can't be dealt with as planned. */
export class Skips {
  public readonly clusters = new Set<string>();
  private readonly records = new Map<string, Skip>();
  private readonly clusterOf = new Map<string, PlannedCluster>();

  public constructor(private readonly planned: readonly PlannedCluster[]) {
    for (const cluster of planned)
      for (const id of [cluster.survivor, ...cluster.losers]) this.clusterOf.set(id, cluster);
  }

  /** Leaves a record alone, and with it all others of its cluster. */
  public add(id: string, reason: string): void {
    const cluster = this.clusterOf.get(id);
    if (!this.records.has(id)) this.records.set(id, { id, cluster: cluster?.cluster ?? '', reason });
    if (!cluster || this.clusters.has(cluster.cluster)) return;
    this.clusters.add(cluster.cluster);
    for (const other of [cluster.survivor, ...cluster.losers])
      if (!this.records.has(other))
        this.records.set(other, { id: other, cluster: cluster.cluster, reason: `its cluster: ${id} ${reason}` });
  }

  public has(id: string): boolean {
    return this.records.has(id);
  }

  public get size(): number {
    return this.records.size;
  }

  /** The clusters that are still to be carried out. */
  public open(): PlannedCluster[] {
    return this.planned.filter(({ cluster }) => !this.clusters.has(cluster));
  }

  public async write(run: CleanupRun): Promise<string | undefined> {
    if (this.records.size === 0) return undefined;
    const path = run.path('skipped.csv');
    await writeTable(
      path,
      ['Id', 'cluster', 'reason'],
      [...this.records.values()].map(({ id, cluster, reason }) => [id, cluster, reason])
    );
    return path;
  }
}
