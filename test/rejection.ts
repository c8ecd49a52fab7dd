import { SfError } from '@salesforce/core';

/** The error that a promise is rejected with; a promise that is fulfilled fails the test. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error(`rejected with something that is no error: ${String(error)}`, { cause: error });
  }
  throw new Error(`expected a rejection, and got ${JSON.stringify(value)}`);
}

/** As `rejection`, of an error for users: its name, its sentence without leftover placeholders, and actions that are whole too. */
export async function sfRejection(promise: Promise<unknown>): Promise<SfError> {
  const error = await rejection(promise);
  if (!(error instanceof SfError)) throw new Error(`expected an SfError, and got ${error.name}: ${error.message}`);
  for (const text of [error.message, ...(error.actions ?? [])])
    if (/%s|undefined|\[object/.test(text)) throw new Error(`the text has a hole: ${text}`);
  return error;
}
