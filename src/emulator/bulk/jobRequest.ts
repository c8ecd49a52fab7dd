import { ApiError } from '../rest/apiError.js';

/** A text of a request's body; undefined for none and for an empty one. */
export function textAsked(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** @throws ApiError INVALIDJOB for what is not among the `known` */
export function oneOf<T extends string>(value: unknown, known: readonly T[], otherwise: T): T {
  if (value === undefined || value === null) return otherwise;
  const found = known.find((one) => one === value);
  if (found) return found;
  throw new ApiError(400, 'INVALIDJOB', `InvalidJob : ${textAsked(value) ?? 'null'} is not one of ${known.join(', ')}`);
}
