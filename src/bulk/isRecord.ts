/** Whether JSON from outside is an object whose fields can be looked at: an array is one too, without any of the names that are asked for. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
