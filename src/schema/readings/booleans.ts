import { type Reading } from './reading.js';

const PAIR = /^\s*([^/\s][^/]*?)\s*\/\s*([^/\s][^/]*?)\s*$/;

/** Whether a text says how booleans are written, the true one first: `yes/no`, `WAHR/FALSCH`. */
export function isBooleanFormat(text: string): boolean {
  const [, yes, no] = PAIR.exec(text) ?? [];
  return yes !== undefined && yes.toLowerCase() !== no?.toLowerCase();
}

/** Two words, whatever their case; those of the API are read too. */
export function booleanReading(format: string): Reading {
  const [, yes = '', no = ''] = PAIR.exec(format.toLowerCase()) ?? [];
  const values = new Map([
    ['true', 'true'],
    ['false', 'false'],
    [yes, 'true'],
    [no, 'false']
  ]);
  return { example: format, read: (value) => values.get(value.trim().toLowerCase()) };
}
