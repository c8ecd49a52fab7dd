import { Messages } from '@salesforce/core';
import { type FieldDescribe, fieldNamed, type ObjectDescribe } from '../../schema/describe.js';
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
    throw messages.createError('definitionUnfit', [object.name, problems.map((problem) => `  ${problem}`).join('\n')]);
}

/** The fields that a cleanup by the definition may write. */
function writtenFields({ standardize, merge, onLoser }: Definition): string[] {
  const merged = [...merge].flatMap(([field, rule]) => (rule === 'survivor' ? [] : [field]));
  return [...standardize.keys(), ...merged, ...(onLoser.kind === 'flag' ? [onLoser.field] : [])];
}

function alike(object: ObjectDescribe, name: string): string {
  const letters = (text: string): string =>
    text
      .toLowerCase()
      .replace(/__c$/, '')
      .replace(/[^a-z0-9]/g, '');
  const wanted = letters(name);
  const isNear = (field: FieldDescribe): boolean => {
    const own = letters(field.name);
    return own.includes(wanted) || (own.length > 3 && wanted.includes(own)) || letters(field.label) === wanted;
  };
  const distance = (field: FieldDescribe): number => Math.abs(letters(field.name).length - wanted.length);
  const found = object.fields.filter(isNear).sort((one, other) => distance(one) - distance(other));
  return found.length === 0
    ? ''
    : `; perhaps ${found
        .slice(0, 3)
        .map((field) => field.name)
        .join(' or ')}`;
}
