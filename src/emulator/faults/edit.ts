import { type Org } from '../org.js';
import { fieldOf } from '../schema.js';
import { type Fault } from './faultFile.js';

/** Sets a field of some records to a value, as another user would; the records are spread over the table. */
export function editRecords(org: Org, fault: Extract<Fault, { fault: 'edit' }>): void {
  const object = org.store.schema.object(fault.object);
  const field = object && fieldOf(object, fault.field);
  if (!object || !field) throw new Error(`a fault edits ${fault.object}.${fault.field}, which is not there`);
  const table = org.store.table(object);
  const ids = [...table.records({ includeDeleted: false, fields: ['Id'] })].map(({ Id: id }) => String(id));
  const step = Math.max(1, Math.floor(ids.length / fault.records));
  const chosen = ids.filter((_id, index) => index % step === 0).slice(0, fault.records);
  org.store.transaction(() => {
    for (const id of chosen) {
      const n = table.numberOf(id);
      if (n !== undefined) table.update(n, new Map([[field.name, fault.value]]), org.now());
    }
  });
}
