import { type FieldDescribe } from '../describe.js';
import { textCheck } from './texts.js';
import { type CheckOptions, type Misfit, standsAt, type ValueCheck } from './valueCheck.js';

/** One that is not restricted takes any text. */
export function picklistCheck(field: FieldDescribe, options: CheckOptions): ValueCheck {
  if (!field.restrictedPicklist) return textCheck(field);
  const settable = new SettableValues(field, options);
  return {
    fits: (bytes, start, end) => settable.isActive(bytes, start, end),
    misfit: (value) => (settable.has(value) ? undefined : badValue('is no active value', settable))
  };
}

/** Values parted by semicolons. */
export function multipicklistCheck(field: FieldDescribe, options: CheckOptions): ValueCheck {
  if (!field.restrictedPicklist) return textCheck(field);
  const settable = new SettableValues(field, options);
  return {
    fits: (bytes, start, end) => settable.isActive(bytes, start, end),
    misfit: (value) => {
      const unknown = value.split(';').find((one) => one.trim() !== '' && !settable.has(one));
      return unknown === undefined
        ? undefined
        : badValue(`holds "${unknown.trim()}", which is no active value`, settable);
    }
  };
}

function badValue(what: string, { some }: SettableValues): Misfit {
  return { code: 'BULKOPS_BAD_PICKLIST_VALUE', reason: `${what} of the restricted picklist (${some})` };
}

/** What a job may set a restricted picklist to. Case and spaces around a value are left to the org. */
class SettableValues {
  /** The first few, for a message. */
  public readonly some: string;
  private readonly ofLength: Buffer[][] = [];
  private readonly known: ReadonlySet<string>;

  public constructor({ picklistValues }: FieldDescribe, { isInsert }: CheckOptions) {
    const active = picklistValues.filter((one) => one.active).map(({ value }) => value);
    const settable = isInsert ? active : picklistValues.map(({ value }) => value);
    this.known = new Set(settable.map((value) => value.trim().toLowerCase()));
    this.some = active.slice(0, MOST_NAMED).join(', ') + (active.length > MOST_NAMED ? ', …' : '');
    for (const value of active) {
      const bytes = Buffer.from(value);
      (this.ofLength[bytes.length] ??= []).push(bytes);
    }
  }

  public isActive(bytes: Buffer, start: number, end: number): boolean {
    const candidates = this.ofLength[end - start];
    if (!candidates) return false;
    for (const candidate of candidates) if (standsAt(bytes, start, candidate)) return true;
    return false;
  }

  public has(value: string): boolean {
    return this.known.has(value.trim().toLowerCase());
  }
}

const MOST_NAMED = 6;
