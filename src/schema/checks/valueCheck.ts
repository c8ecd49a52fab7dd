import { type RowErrorCode } from '../../bulk/rowError.js';
import { type FieldDescribe } from '../describe.js';

/** Why a value can't go into its field; the reason goes on a sentence that begins with column and value. */
export type Misfit = { readonly code: RowErrorCode; readonly reason: string };

/** What is known of the values of one field. Neither function is asked about nothing or `#N/A`. */
export type ValueCheck = {
  /** Looks at the bytes of a value, without its quotes: true only where it certainly fits. Asked of every value, so it makes nothing. */
  readonly fits: (bytes: Buffer, start: number, end: number) => boolean;
  /** For what takes any text: a value of no more bytes fits, whatever they are. */
  readonly mostBytes?: number;
  /** Decides where the bytes alone did not. Where only the org can know, the value passes. */
  readonly misfit: (value: string) => Misfit | undefined;
};

export type CheckOptions = {
  /** Whether every row makes a record: otherwise a picklist value that is no longer active may be the record's own. */
  readonly isInsert: boolean;
  /** The first three characters of Ids by object; of an object that is not in it any Id will do. */
  readonly keyPrefixes: ReadonlyMap<string, string>;
};

export type CheckOf = (field: FieldDescribe, options: CheckOptions) => ValueCheck;

/** Whether these very bytes stand at `start`. */
export function standsAt(bytes: Buffer, start: number, wanted: Buffer): boolean {
  for (let at = 0; at < wanted.length; at += 1) if (bytes[start + at] !== wanted[at]) return false;
  return true;
}

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
