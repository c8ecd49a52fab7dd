import { Messages } from '@salesforce/core';
import { fieldNamed, type ObjectDescribe } from '../../schema/describe.js';
import { nearOnes } from '../../schema/nearest.js';
import { type Definition } from '../definition/definition.js';
import { fieldsOf } from '../definition/fieldsOf.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'cleanup');

/**
 * Holds a definition against the org: its fields are there, those that it writes can be written, and what becomes of losers is possible.
 * @throws SfError `DefinitionUnfitError` with all that is wrong
 */
export function checkDefinition(definition: Definition, object: ObjectDescribe): void {
  const problems: string[] = [];
  for (const name of fieldsOf(definition)) {
    if (!fieldNamed(object, name))
      problems.push(`${name} is no field of ${object.name} that you may see${alike(object, name)}`);
  }
  for (const name of writtenFields(definition)) {
    const field = fieldNamed(object, name);
    if (field && !field.updateable) problems.push(`${field.name} would be written, and it is read-only for you`);
  }
  const { onLoser } = definition;
  if (onLoser.kind === 'flag' && !fieldNamed(object, onLoser.field))
    problems.push(
      `on-loser names ${onLoser.field}, which is no field of ${object.name}${alike(object, onLoser.field)}`
    );
  if (definition.rules.length > 0) {
    if (onLoser.kind === 'merge' && !object.mergeable)
      problems.push(`${object.name} records can't be merged; use on-loser: delete`);
    if (onLoser.kind !== 'flag' && !object.deletable) problems.push(`you may not delete ${object.name} records`);
  }
  if (!object.updateable) problems.push(`you may not edit ${object.name} records`);
  if (problems.length > 0)
    throw messages.createError(
      'definitionUnfit',
      [object.name, problems.map((problem) => `  ${problem}`).join('\n')],
      [object.name]
    );
}

/** The fields that a cleanup by the definition may write. */
function writtenFields({ standardize, merge, onLoser }: Definition): string[] {
  const merged = [...merge].flatMap(([field, rule]) => (rule === 'survivor' ? [] : [field]));
  return [...standardize.keys(), ...merged, ...(onLoser.kind === 'flag' ? [onLoser.field] : [])];
}

function alike(object: ObjectDescribe, name: string): string {
  const near = nearOnes(
    name,
    object.fields.map(({ name: own, label }) => ({ name: own, alike: [own, label] }))
  );
  return near.length === 0 ? '' : `; perhaps ${near.slice(0, MOST_SUGGESTIONS).join(' or ')}`;
}

const MOST_SUGGESTIONS = 3;
