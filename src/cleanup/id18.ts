const CHECK_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** An Id with its check over the case of the other letters; Ids of both lengths meet so. */
export function id18(id: string): string {
  if (id.length !== 15) return id;
  const check = [0, 5, 10].map((from) => {
    let bits = 0;
    for (let i = 0; i < 5; i += 1) if (/[A-Z]/.test(id[from + i] ?? '')) bits |= 1 << i;
    return CHECK_LETTERS[bits] ?? '';
  });
  return id + check.join('');
}
