import { type SoqlSource } from './soql/source.js';
import { type Store } from './store.js';

/** The store as SOQL sees it. */
export function soqlSource(store: Store): SoqlSource {
  return {
    object: (name) => store.schema.object(name),
    *records(name, options) {
      const object = store.schema.object(name);
      if (object) yield* store.table(object).records(options);
    },
    byId(name, id) {
      const object = store.schema.object(name);
      if (!object) return undefined;
      const table = store.table(object);
      const n = table.numberOf(id);
      return n === undefined ? undefined : table.get(n);
    }
  };
}
