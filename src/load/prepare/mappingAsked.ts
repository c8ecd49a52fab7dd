import { Messages } from '@salesforce/core';
import { columnKey } from '../../input/columnName.js';
import { type MappingAsked } from '../../schema/mapping.js';
import { type LoadAsked } from '../asked.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'load');

/** How columns are to be mapped, by flags before the mapping file; and what must be said of it. */
export function mappingAsked(
  header: readonly string[],
  { map, skipColumns, mapping, operation }: Pick<LoadAsked, 'map' | 'skipColumns' | 'mapping' | 'operation'>
): { asked: MappingAsked; warnings: string[] } {
  const ignoresUnknown = operation === 'delete' || operation === 'hardDelete';
  if (!mapping) return { asked: { map: new Map(map), skipColumns, ignoresUnknown }, warnings: [] };
  const byFlag = new Set([...map.map(([column]) => column), ...skipColumns].map(columnKey));
  const columns = mapping.columns.filter(({ column }) => !byFlag.has(columnKey(column)));
  const named = new Set([...columns.map(({ column }) => columnKey(column)), ...byFlag]);
  const unnamed = mapping.isWhole
    ? header.filter((column) => !named.has(columnKey(column)) && columnKey(column) !== '')
    : [];
  const inFile = columns.flatMap(({ column, field }): Array<[string, string]> =>
    typeof field === 'string' ? [[column, field]] : []
  );
  // Data Loader writes down columns of other files too: what is not to be sent may as well not be there.
  const inHeader = new Set(header.map(columnKey));
  const skipped = columns
    .filter(({ column, field }) => field === null && (!mapping.isWhole || inHeader.has(columnKey(column))))
    .map(({ column }) => column);
  return {
    asked: {
      map: new Map([...inFile, ...map]),
      skipColumns: [...skipColumns, ...skipped, ...unnamed],
      ignoresUnknown,
      where: new Map(columns.map(({ column, line }) => [columnKey(column), `${mapping.name} line ${line}`])),
      values: new Map(
        mapping.columns.flatMap(({ column, values }) =>
          values ? [[columnKey(column), new Map(Object.entries(values))]] : []
        )
      )
    },
    warnings: unnamed.length > 0 ? [messages.getMessage('notInSdl', [mapping.name, unnamed.join(', ')])] : []
  };
}
