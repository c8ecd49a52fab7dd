import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DELIMITERS, type DelimiterName, type LineEnding } from '../../input/delimiters.js';
import { writeDurably } from '../../run/durably.js';
import { encodeRecord } from '../../input/encode.js';
import { type Canonical, canonicalForm, looseForm } from '../../schema/canonical.js';
import { plainForm } from '../../schema/plainForm.js';
import { type MatchPlan } from '../settle/rowKey.js';

const delimiterName = z.enum(Object.keys(DELIMITERS) as [DelimiterName, ...DelimiterName[]]);

const preparedSchema = z.object({
  version: z.literal(1),
  /** Header line of the input, without row end. */
  inputHeader: z.string(),
  /** Of the input and of its parts. */
  delimiter: delimiterName,
  lineEnding: z.enum(['LF', 'CRLF']),
  /** The columns as they are sent, with the types of their fields ('unknown' where the org was not asked). */
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  /** The external ID as the org spells it; for upsert alone. */
  externalId: z.string().optional(),
  /** Place of the external ID or Id among them; missing for insert. */
  keyColumn: z.number().int().optional(),
  isKeyCaseSensitive: z.boolean(),
  mapping: z.array(z.object({ column: z.string(), field: z.string().nullable() })),
  /** What every row has for fields that no column of the input is for. */
  constants: z.array(z.object({ field: z.string(), value: z.string() })).optional()
});

/** What the scan of the input found out, and what everything after it goes by: the input is not looked at again. */
export type Prepared = Readonly<z.infer<typeof preparedSchema>> & { readonly lineEnding: LineEnding };

export async function writePrepared(runDir: string, prepared: Prepared): Promise<void> {
  await writeDurably(join(runDir, FILE_NAME), JSON.stringify(prepared));
}

/** @throws ZodError when the file is not what we wrote */
export async function readPrepared(runDir: string): Promise<Prepared> {
  return preparedSchema.parse(JSON.parse(await readFile(join(runDir, FILE_NAME), 'utf8')));
}

/** How results are matched to the rows of this load. */
export function matchPlan(prepared: Prepared): MatchPlan {
  const { columns, keyColumn, isKeyCaseSensitive } = prepared;
  return {
    keyColumn,
    canonical: columnForms(prepared, canonicalForm),
    plain: columns.map(({ type }, column) => plainForm(type, column !== keyColumn || isKeyCaseSensitive))
  };
}

/** The same for results that match no row so: a field that the org was not asked about may be of any type. Undefined where all are known. */
export function looseMatchPlan(prepared: Prepared): MatchPlan | undefined {
  const { columns, keyColumn } = prepared;
  if (!columns.some(({ type }) => type === 'unknown')) return undefined;
  return { keyColumn, canonical: columnForms(prepared, looseForm) };
}

function columnForms(prepared: Prepared, formOf: (type: string) => Canonical): Canonical[] {
  return prepared.columns.map(({ type }, column) =>
    column === prepared.keyColumn ? keyForm(type, prepared, formOf) : formOf(type)
  );
}

/** The form in which two keys are the same record to the org; external IDs match whatever their case unless the field says otherwise (BULK_API §5). */
export function keyForm(
  type: string,
  { isKeyCaseSensitive }: Pick<Prepared, 'isKeyCaseSensitive'>,
  formOf = canonicalForm
): Canonical {
  const form = formOf(type);
  return isKeyCaseSensitive ? form : (value) => form(value).toLowerCase();
}

/** The header line of parts, without row end. */
export function sentHeader({
  columns,
  delimiter,
  lineEnding
}: Pick<Prepared, 'columns' | 'delimiter' | 'lineEnding'>): Buffer {
  const names = columns.map(({ name }) => name);
  return Buffer.from(encodeRecord(names, DELIMITERS[delimiter]) + (lineEnding === 'CRLF' ? '\r' : ''));
}

const FILE_NAME = 'prepared.json';
