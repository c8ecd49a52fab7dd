import { type JobId } from './job.js';

/** The id with its check letters: 18 characters, the same whether 15 or 18 were given. Anything else is given back as it is. */
export function id18(id: string): string {
  if (id.length !== 15) return id;
  const check = [0, 5, 10].map((from) => {
    let bits = 0;
    for (let i = 0; i < 5; i += 1) if (/[A-Z]/.test(id[from + i] ?? '')) bits |= 1 << i;
    return CHECK_LETTERS[bits] ?? '';
  });
  return id + check.join('');
}

const CHECK_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** The id of a job as a person gives it, with 15 or 18 characters; undefined when it can't be one, or its check letters say that it is mistyped. */
export function jobIdIn(text: string): JobId | undefined {
  const id = text.trim();
  if (!/^750[A-Za-z0-9]{12}(?:[A-Z0-5]{3})?$/.test(id)) return undefined;
  const whole = id18(id.slice(0, 15));
  return id.length === 15 || id === whole ? (whole as JobId) : undefined;
}
