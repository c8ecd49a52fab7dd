/** Groups of the numbers from 0 to `size` - 1 that only grow. Four bytes a number. */
export class UnionFind {
  private readonly parents: Int32Array;

  public constructor(size: number) {
    // A root holds the size of its group as a negative number.
    this.parents = new Int32Array(size).fill(-1);
  }

  /** The number that stands for a group: the smallest in it. */
  public root(n: number): number {
    let root = n;
    for (let parent = this.parents[root] ?? -1; parent >= 0; parent = this.parents[root] ?? -1) root = parent;
    for (let at = n; at !== root;) {
      const next = this.parents[at] ?? root;
      this.parents[at] = root;
      at = next;
    }
    return root;
  }

  public size(n: number): number {
    return -(this.parents[this.root(n)] ?? -1);
  }

  /** Makes the groups of two numbers one. */
  public unite(a: number, b: number): void {
    const [one, other] = [this.root(a), this.root(b)];
    if (one === other) return;
    const [root, child] = one < other ? [one, other] : [other, one];
    this.parents[root] = (this.parents[root] ?? -1) + (this.parents[child] ?? -1);
    this.parents[child] = root;
  }
}
