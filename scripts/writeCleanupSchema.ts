import { writeFileSync } from 'node:fs';
import { definitionJsonSchema } from '../src/cleanup/definition/jsonSchema.js';

writeFileSync(
  new URL('../schemas/cleanup-definition.json', import.meta.url),
  `${JSON.stringify(definitionJsonSchema(), undefined, 2)}\n`
);
