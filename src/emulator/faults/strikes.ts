import { type When } from './faultFile.js';

/** Numbers from 0 up to 1 that a seed gives again and again (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Whether a fault strikes this time; asked once for each request, row or job that it may strike. */
export function strikes({ skip, times, rate }: When, random: () => number): () => boolean {
  let seen = 0;
  let struck = 0;
  return () => {
    seen += 1;
    if (seen <= skip || struck >= times || random() >= rate) return false;
    struck += 1;
    return true;
  };
}

/** Whether a request is one that `on` names; the path is looked at without `/services/data/vXX.X`. */
export function isOn(on: string | undefined, request: { readonly method: string; readonly path: string }): boolean {
  if (on === undefined) return true;
  const [, method, pattern] = /^(?:([A-Za-z]+)\s*)?(\/\S*)?$/.exec(on.trim()) ?? [];
  if (method !== undefined && method.toUpperCase() !== request.method) return false;
  if (pattern === undefined) return true;
  const wanted = pattern.toLowerCase().split('/');
  const path = request.path
    .replace(/^\/services\/data\/v[\d.]+/i, '')
    .toLowerCase()
    .split('/');
  return wanted.length === path.length && wanted.every((segment, at) => segment === '*' || segment === path[at]);
}
