import { type SoqlSource } from './soql/source.js';
import { type Store, type Table } from './store.js';

/** The store as SOQL sees it. */
export function soqlSource(store: Store): SoqlSource {
  const table = (name: string): Table | undefined => {
    const object = store.schema.object(name);
    return object && store.table(object);
  };
  return {
    object: (name) => store.schema.object(name),
    records: (name, options) => table(name)?.records(options) ?? [],
    byId: (name, id) => table(name)?.byId(id)
  };
}
