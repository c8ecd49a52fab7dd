/** How the values of a column are written, where that is not as the API has them. */
export type Reading = {
  /** The value as the API has it; undefined for one that is not written in this way. */
  readonly read: (value: string) => string | undefined;
  /** A value that is, for messages. */
  readonly example: string;
};

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

const DATE_FORMAT = /^(?=.*YYYY)(?=.*MM)(?=.*DD)(YYYY|MM|DD)([-./ ])(YYYY|MM|DD)\2(YYYY|MM|DD)$/;

/** Whether a text says how dates are written: `DD.MM.YYYY`, `MM/DD/YYYY`. */
export function isDateFormat(text: string): boolean {
  return DATE_FORMAT.test(text);
}

/**
 * Days in a format, also with one digit where there may be two, and a midnight behind it, which databases and spreadsheets add. A day as the API has it
 * is one in any format but the one that it could be mistaken for.
 */
export function dateReading(format: string): Reading {
  const [, first = '', separator = '', second = '', third = ''] = DATE_FORMAT.exec(format) ?? [];
  const digits = (part: string): string => `(?<${part}>\\d{${part === 'YYYY' ? 4 : '1,2'}})`;
  const between = separator === '.' ? '\\.\\s?' : `\\${separator}`;
  const shape = new RegExp(
    `^${digits(first)}${between}${digits(second)}${between}${digits(third)}(?:[ T]0?0:00(?::00(?:\\.0+)?)?)?$`
  );
  return {
    example: format.replace('YYYY', '2026').replace('MM', '01').replace('DD', '31'),
    read: (value) => {
      const text = value.trim();
      const { YYYY, MM, DD } = shape.exec(text)?.groups ?? {};
      if (YYYY !== undefined && MM !== undefined && DD !== undefined)
        return `${YYYY}-${MM.padStart(2, '0')}-${DD.padStart(2, '0')}`;
      return format !== 'YYYY-DD-MM' && /^\d{4}-\d\d-\d\d/.test(text) ? text : undefined;
    }
  };
}
