import { DEFAULT_SCHEMA } from '../../src/emulator/defaultSchema.js';
import { type Access, field, object, Schema } from '../../src/emulator/schema.js';

/** The emulated org's schema with what makes cleaning up hard: a unique field, a polymorphic lookup, details that can't get another master. */
export function hardSchema(denied: readonly Access[] = []): Schema {
  const objects = DEFAULT_SCHEMA.objects.map((one) =>
    one.name === 'Contact'
      ? { ...one, denied, fields: [...one.fields, field('Card_No__c', 'string', { length: 20, unique: true })] }
      : one
  );
  return new Schema([
    ...objects,
    object('Task', '00T', [
      field('Subject', 'string'),
      field('WhoId', 'reference', { referenceTo: ['Contact', 'Lead'], relationshipName: 'Who' })
    ]),
    object('Membership__c', 'a0M', [
      field('Name', 'string'),
      field('Member__c', 'reference', {
        referenceTo: ['Contact'],
        relationshipName: 'Member__r',
        updateable: false,
        whenParentIsDeleted: 'cascade'
      })
    ]),
    object('Secret__c', 'a0S', [field('Of__c', 'reference', { referenceTo: ['Contact'] })], { denied: ['queryable'] })
  ]);
}
