import { z } from 'zod';
import { COMPARER_NAMES } from '../match/comparerNames.js';

const field = z.string().min(1).describe('API name of a field, or the name of a column of the file');
const share = z.number().gt(0).max(1);
const text = z.string();

const country = z
  .string()
  .regex(/^[A-Z]{2}$/, 'is a country code of two capitals, such as US')
  .describe('ISO 3166 code of two capitals, such as US');

/** How a value of a field is written: one step, by its name alone or by its name and what it is told. */
const stepSchema = z
  .union([
    z.enum(['trim', 'collapse-spaces', 'email', 'url', 'country', 'state', 'phone', 'postal-code']),
    z.strictObject({ case: z.enum(['lower', 'upper', 'title', 'name']) }),
    z.strictObject({
      phone: z.union([
        country,
        z.strictObject({
          country: country.optional(),
          'country-field': field.optional().describe("The field that has the record's own country"),
          format: z.enum(['e164', 'national', 'international']).default('e164')
        })
      ])
    }),
    z.strictObject({
      'postal-code': z.union([
        country,
        z.strictObject({ country: country.optional(), 'country-field': field.optional() })
      ])
    }),
    z.strictObject({
      state: z.union([
        country,
        z.strictObject({ country: country.optional(), to: z.enum(['code', 'name']).default('code') })
      ])
    }),
    z.strictObject({ country: z.enum(['code', 'name']) }),
    z.strictObject({ map: z.record(text, text).describe('What stands there, and what shall stand there') }),
    z.strictObject({ 'null-if': z.array(text).min(1).describe('Values that mean that there is none') })
  ])
  .describe('A standardiser');

const comparisonSchema = z
  .union([
    z.enum(COMPARER_NAMES),
    z.strictObject({
      compare: z.enum(COMPARER_NAMES),
      weight: z.number().positive().default(1).describe('How much this field counts beside the others'),
      'at-least': share
        .optional()
        .describe('A likeness below this counts as none; default: what any two values of the kind have in common'),
      required: z
        .union([z.boolean(), z.literal('if-present')])
        .default(false)
        .describe(
          'true: both must have a value, and alike. if-present: two that are there and not alike are not merged, a person is asked'
        ),
      follows: field
        .optional()
        .describe('A field of the rule that this one goes with, as a city does with its postal code: see chance'),
      within: z.number().min(0).optional().describe('date: days; number: difference that still counts as alike')
    })
  ])
  .describe('How the field is compared');

const ruleSchema = z
  .union([
    field.describe('Equal in this field'),
    z.strictObject({
      name: z.string().min(1).optional(),
      fields: z
        .union([z.array(field).min(1), z.record(field, comparisonSchema)])
        .describe('A list: equal in all of them. A mapping: how each is compared.'),
      score: z
        .enum(['mean', 'probability'])
        .optional()
        .describe(
          'mean (default): of the likenesses, by weight. probability: that the two are one, by how rare the values are that they share, and how often such differ of one; both are learnt from the data'
        ),
      shared: z
        .array(field)
        .min(1)
        .optional()
        .describe(
          'Fields that several have in common who are not the same, as a family has its surname, phone and address: together they say no more than that two belong together. For score: probability'
        ),
      swapped: z
        .tuple([field, field])
        .optional()
        .describe('First and last name, which may stand in each other’s place'),
      block: z
        .array(z.union([field, z.array(field).min(1)]))
        .min(1)
        .optional()
        .describe('Only records that agree in one of these are compared; chosen from the data where it is missing'),
      evidence: share.optional().describe('The share of the weights whose fields both must have; default 0.5'),
      chance: share
        .optional()
        .describe(
          'How many other records may agree in as much as two do by chance, by how frequent the values are that they share; more, and a person is asked. Such as 0.001'
        ),
      merge: share.optional().describe('The score from which it is planned to merge'),
      review: share.optional().describe('The score from which a person is asked')
    })
  ])
  .describe('A way for two records to be the same');

const guardSchema = z
  .union([
    field.describe('Both have a value here, and not the same one'),
    z.strictObject({
      different: field,
      compare: z.enum(COMPARER_NAMES).default('exact'),
      'at-least': share.default(1).describe('A likeness from here on is no difference'),
      review: z
        .number()
        .min(0)
        .max(1)
        .optional()
        .describe(
          'From this likeness on a person is asked, and nothing is merged without a yes (0: always); default: nobody is asked'
        ),
      unless: z
        .array(field)
        .min(1)
        .optional()
        .describe(
          'It does not count where both have the same values in all of these: another ID, say, or first name and birth date'
        )
    })
  ])
  .describe('Records that are never one');

const criterionSchema = z
  .union([
    z.enum(['most-complete', 'has-children']),
    z.strictObject({ newest: field }),
    z.strictObject({ oldest: field }),
    z.strictObject({
      highest: z.record(field, z.array(text).min(1)).describe('A field and its values, the best one first')
    }),
    z.strictObject({ filled: field })
  ])
  .describe('What makes a record the one that stays');

const mergeRuleSchema = z.union([
  z.enum(['survivor', 'newest', 'longest', 'first-non-empty', 'max', 'min', 'concatenate']),
  z.strictObject({ concatenate: text.describe('What stands between the values') }),
  z.strictObject({ newest: field.describe('The date field that says which record is newest') })
]);

const thresholdsSchema = z.strictObject({ merge: share.default(0.88), review: share.default(0.7) });

/** The definition of a cleanup as a person writes it (SPEC §3). */
export const definitionSchema = z
  .strictObject({
    sobject: z.string().min(1).describe('API name of the object'),
    where: text.optional().describe('A SOQL condition: only these records are read'),
    standardize: z
      .record(field, z.union([stepSchema, z.array(stepSchema).min(1)]))
      .default({})
      .describe('How the values of each field are to be written'),
    match: z.array(ruleSchema).default([]).describe('Which records are the same one'),
    'never-match': z.array(guardSchema).default([]),
    thresholds: thresholdsSchema.default({ merge: 0.88, review: 0.7 }),
    survivor: z
      .array(criterionSchema)
      .default(['most-complete'])
      .describe('In this order; at last the first read stays'),
    merge: z
      .record(field, mergeRuleSchema)
      .default({})
      .describe('The value of a field after merging; default: survivor'),
    show: z.array(field).default([]).describe('More fields to be shown in clusters.csv and the report'),
    children: z.enum(['reparent', 'refuse', 'ignore']).default('reparent'),
    'on-loser': z
      .string()
      .regex(/^(delete|merge|flag:[A-Za-z]\w*=.*)$/s, 'is delete, merge or flag:<Field>=<value>')
      .default('delete')
      .describe('delete, merge (the platform’s own), or flag:<Field>=<value>'),
    'max-cluster': z.number().int().min(2).max(200).default(10).describe('A larger cluster is reported and left alone'),
    'max-block': z
      .number()
      .int()
      .min(2)
      .max(10_000)
      .default(500)
      .describe('A larger block is reported, its pairs not compared')
  })
  .describe(
    'A cleanup: which records are read, how they are standardised, which are the same, and what becomes of them'
  );

export type WrittenDefinition = z.infer<typeof definitionSchema>;
export type WrittenStep = z.infer<typeof stepSchema>;
export type WrittenRule = z.infer<typeof ruleSchema>;
export type MergeRule = z.infer<typeof mergeRuleSchema>;
export type Criterion = z.infer<typeof criterionSchema>;
