import { z } from 'zod';
import { definitionSchema } from './schema.js';

/** What `schemas/cleanup-definition.json` holds: the form of a definition as a person writes it, for editors. */
export function definitionJsonSchema(): unknown {
  return {
    title: 'Cleanup definition of sf bulkops',
    ...z.toJSONSchema(definitionSchema, { io: 'input' })
  };
}
