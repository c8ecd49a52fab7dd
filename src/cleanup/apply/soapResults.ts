import { z } from 'zod';

const errorSchema = z.object({ message: z.string().nullish(), statusCode: z.string().nullish() });

const resultSchema = z.object({
  success: z.union([z.boolean(), z.string().transform((text) => text === 'true')]),
  // One element of XML is no list of one.
  errors: z
    .union([z.array(errorSchema), errorSchema.transform((one) => [one])])
    .nullish()
    .transform((errors) => errors ?? [])
});

/** The answers of a SOAP call that does something to each of several records, in the order of the request. */
export type SoapResults = ReadonlyArray<z.infer<typeof resultSchema>>;

const resultsSchema = z.union([z.array(resultSchema), resultSchema.transform((one) => [one])]);

/** @throws ZodError where it is none */
export function soapResults(answer: unknown): SoapResults {
  return resultsSchema.parse(answer);
}
