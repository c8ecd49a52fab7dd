/** `20261123-211500-upsert-Contact-7f3a`: when (UTC), what, of which object, and four random digits. */
export type RunId = string & { readonly __brand: 'RunId' };

/** @param random from 0 up to 1 */
export function newRunId(nowMs: number, what: { command: string; subject: string }, random: () => number): RunId {
  const [date = '', time = ''] = new Date(nowMs).toISOString().split('T');
  const stamp = `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}`;
  const suffix = Math.floor(random() * 0x10000)
    .toString(16)
    .padStart(4, '0');
  return [stamp, what.command, what.subject.replace(/\W/g, ''), suffix].join('-') as RunId;
}
