import { type Reading } from './reading.js';

/** By an example: what parts thousands, and what stands before the decimals. */
export const NUMBER_FORMATS = ['1.234,56', '1 234,56', "1'234.56", '1,234.56'] as const;

export type NumberFormat = (typeof NUMBER_FORMATS)[number];

/** Spaces of any kind, and either apostrophe, since people do not tell them apart. */
const THOUSANDS: Readonly<Record<NumberFormat, string>> = {
  '1.234,56': '\\.',
  '1 234,56': '\\s',
  "1'234.56": "['’]",
  '1,234.56': ','
};

/** Whole groups of three or none at all: `1.5` is no number where the point parts thousands. A sign of currency before or behind it is passed over. */
export function numberReading(format: NumberFormat): Reading {
  const thousands = THOUSANDS[format];
  const decimal = format.includes(',56') ? ',' : '\\.';
  const shape = new RegExp(
    `^(?:\\p{Sc}\\s*)?([+-]?)(?:\\p{Sc}\\s*)?(\\d{1,3}(?:${thousands}\\d{3})+|\\d+)(?:${decimal}(\\d+))?(?:\\s*\\p{Sc})?$`,
    'u'
  );
  return {
    example: format,
    read: (value) => {
      const [all, sign = '', whole = '', decimals] = shape.exec(value.trim()) ?? [];
      if (all === undefined) return undefined;
      return sign.replace('+', '') + whole.replace(/\D/g, '') + (decimals === undefined ? '' : `.${decimals}`);
    }
  };
}
