import { type DateFunctionName } from './dateFunctions.js';

/** A field as written, parent relationships first: `['Owner', 'Profile', 'Name']`. `at` is its offset in the text. */
export type FieldPath = { readonly kind: 'field'; readonly path: readonly string[]; readonly at: number };

export const AGGREGATES = ['COUNT', 'COUNT_DISTINCT', 'MIN', 'MAX', 'SUM', 'AVG'] as const;
export type AggregateName = (typeof AGGREGATES)[number];

/** `argument` is missing in `count()` alone. */
export type Aggregate = {
  readonly kind: 'aggregate';
  readonly name: AggregateName;
  readonly argument?: FieldPath;
  readonly alias?: string;
  readonly at: number;
};

/** `CALENDAR_YEAR(CloseDate)`. `convertTimezone()` within it may be around the field. */
export type DateFunctionCall = {
  readonly kind: 'dateFunction';
  readonly name: DateFunctionName;
  readonly argument: FieldPath;
  readonly isConverted: boolean;
  readonly alias?: string;
  readonly at: number;
};

export const FIELD_GROUPS = ['ALL', 'STANDARD', 'CUSTOM'] as const;
export type FieldGroup = (typeof FIELD_GROUPS)[number];

/** Functions over one field, which a row has in its place. */
export const FIELD_FUNCTIONS = ['TOLABEL', 'CONVERTCURRENCY', 'FORMAT'] as const;
export type FieldFunction = (typeof FIELD_FUNCTIONS)[number];

export type SelectItem =
  /** `through` the outermost function, if there are any. */
  | (FieldPath & { readonly alias?: string; readonly through?: FieldFunction })
  | Aggregate
  | DateFunctionCall
  | { readonly kind: 'fields'; readonly group: FieldGroup; readonly at: number }
  | { readonly kind: 'typeof'; readonly at: number }
  | { readonly kind: 'subquery'; readonly query: SoqlQuery; readonly at: number };

export type Literal =
  | { readonly kind: 'null'; readonly at: number }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly at: number }
  | { readonly kind: 'number'; readonly value: number; readonly at: number }
  | { readonly kind: 'string'; readonly value: string; readonly at: number }
  | { readonly kind: 'date'; readonly value: string; readonly at: number }
  /** In UTC, as the records have it. */
  | { readonly kind: 'datetime'; readonly value: string; readonly at: number }
  /** `LAST_N_DAYS:30`: upper case, `count` only where the literal takes one. */
  | { readonly kind: 'dateLiteral'; readonly name: string; readonly count?: number; readonly at: number };

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';
/** What each record has by itself. */
export type RecordOperand = FieldPath | DateFunctionCall;
export type Operand = RecordOperand | Aggregate;

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Condition[] }
  | { readonly kind: 'not'; readonly term: Condition }
  | { readonly kind: 'compare'; readonly left: Operand; readonly operator: Comparison; readonly value: Literal }
  /** In `pattern`, `%` and `_` are wildcards and a backslash makes the next character plain. */
  | { readonly kind: 'like'; readonly left: Operand; readonly pattern: string }
  | { readonly kind: 'in'; readonly left: Operand; readonly negated: boolean; readonly values: readonly Literal[] }
  | { readonly kind: 'semiJoin'; readonly left: Operand; readonly negated: boolean; readonly query: SoqlQuery }
  /** Each value is one or more options joined by `;`, all of which must be there. */
  | {
      readonly kind: 'includes';
      readonly left: Operand;
      readonly negated: boolean;
      readonly values: readonly string[];
    };

export type OrderTerm = {
  readonly by: Operand;
  readonly descending: boolean;
  readonly nullsLast: boolean;
};

export type SoqlQuery = {
  /** What was parsed; errors found later show a piece of it. */
  readonly text: string;
  readonly select: readonly SelectItem[];
  readonly from: { readonly object: string; readonly alias?: string; readonly at: number };
  readonly where?: Condition;
  readonly groupBy: readonly RecordOperand[];
  readonly having?: Condition;
  readonly orderBy: readonly OrderTerm[];
  readonly limit?: number;
  readonly offset?: number;
  readonly allRows: boolean;
};
