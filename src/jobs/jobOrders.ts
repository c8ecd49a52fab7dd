import { type AnyJob } from '../bulk/jobs.js';

/** How jobs can be sorted; each is the order that a person looks for first. */
export const JOB_ORDERS = {
  created: (a, b) => createdMs(b) - createdMs(a),
  modified: (a, b) => timeMs(b.systemModstamp) - timeMs(a.systemModstamp),
  object: (a, b) => compareText(a.object, b.object) || createdMs(b) - createdMs(a),
  operation: (a, b) => compareText(a.operation, b.operation) || createdMs(b) - createdMs(a),
  state: (a, b) => compareText(a.state, b.state) || createdMs(b) - createdMs(a)
} as const satisfies Readonly<Record<string, (a: AnyJob, b: AnyJob) => number>>;

export type JobOrder = keyof typeof JOB_ORDERS;

export const JOB_ORDER_NAMES = Object.keys(JOB_ORDERS) as JobOrder[];

export function createdMs({ createdDate }: AnyJob): number {
  return timeMs(createdDate);
}

/** `2022-01-02T21:33:43.000+0000`; what says no time is the beginning of time. */
function timeMs(text: string): number {
  const ms = Date.parse(text.replace(/\+0000$/, 'Z'));
  return Number.isNaN(ms) ? 0 : ms;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
