import { dateCheck, datetimeCheck, timeCheck } from './checks/dates.js';
import { idCheck } from './checks/ids.js';
import { booleanCheck, decimalCheck, intCheck, longCheck } from './checks/numbers.js';
import { multipicklistCheck, picklistCheck } from './checks/picklists.js';
import { emailCheck, textCheck } from './checks/texts.js';
import { type CheckOf, type CheckOptions, type ValueCheck } from './checks/valueCheck.js';
import { type FieldDescribe } from './describe.js';

/**
 * How the values of each type are checked (BULK_API §3, §6): what the service is known to refuse is refused, what it may take passes. The values
 * of types that are not here are left to the org.
 */
export const FIELD_CHECKS = {
  string: textCheck,
  textarea: textCheck,
  phone: textCheck,
  url: textCheck,
  encryptedstring: textCheck,
  combobox: textCheck,
  email: emailCheck,
  picklist: picklistCheck,
  multipicklist: multipicklistCheck,
  boolean: booleanCheck,
  int: intCheck,
  long: longCheck,
  double: decimalCheck,
  currency: decimalCheck,
  percent: decimalCheck,
  date: dateCheck,
  datetime: datetimeCheck,
  time: timeCheck,
  id: idCheck,
  reference: idCheck
} as const satisfies Record<string, CheckOf>;

/** The check of a field's values; undefined where its type has none. */
export function valueCheck(field: FieldDescribe, options: CheckOptions): ValueCheck | undefined {
  const { type } = field;
  return isChecked(type) ? FIELD_CHECKS[type](field, options) : undefined;
}

function isChecked(type: string): type is keyof typeof FIELD_CHECKS {
  return Object.hasOwn(FIELD_CHECKS, type);
}
