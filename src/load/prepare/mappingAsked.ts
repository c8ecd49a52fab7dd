import { Messages } from '@salesforce/core';
import { columnKey } from '../../input/columnName.js';
import { type ConstantAsked, isResultName, type MappingAsked } from '../../schema/mapping.js';
import { type LoadAsked } from '../asked.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'load');

type Asked = Pick<LoadAsked, 'map' | 'set' | 'skipColumns' | 'mapping' | 'operation'>;

/** How columns are to be mapped, by flags before the mapping file; and what must be said of it. */
export function mappingAsked(header: readonly string[], load: Asked): { asked: MappingAsked; warnings: string[] } {
  const { map, skipColumns, mapping, operation } = load;
  const constants = constantsAsked(load);
  const ignoresUnknown = operation === 'delete' || operation === 'hardDelete';
  if (!mapping) return { asked: { map: fieldsByColumn(map), constants, skipColumns, ignoresUnknown }, warnings: [] };
  const inHeader = new Set(header.map(columnKey));
  const byFlag = new Set([...map.map(([column]) => column), ...skipColumns].map(columnKey));
  const columns = mapping.columns.filter(({ column }) => !byFlag.has(columnKey(column)));
  const replaced = (mapping.constants ?? []).flatMap(({ column }) =>
    column !== undefined && inHeader.has(columnKey(column)) && !byFlag.has(columnKey(column)) ? [column] : []
  );
  const named = new Set([...columns.map(({ column }) => columnKey(column)), ...byFlag]);
  const unnamed = mapping.isWhole
    ? header.filter((column) => !named.has(columnKey(column)) && columnKey(column) !== '' && !isResultName(column))
    : [];
  const inFile = columns.flatMap(({ column, field, also = [] }): Array<[string, string]> =>
    typeof field === 'string' ? [field, ...also].map((one) => [column, one]) : []
  );
  // Data Loader writes down columns of other files too: what is not to be sent may as well not be there.
  const skipped = columns
    .filter(({ column, field }) => field === null && (!mapping.isWhole || inHeader.has(columnKey(column))))
    .map(({ column }) => column);
  return {
    asked: {
      map: fieldsByColumn([...inFile, ...map]),
      constants,
      skipColumns: [...skipColumns, ...skipped, ...replaced, ...unnamed],
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

/** A delete takes nothing but Ids. */
function constantsAsked({ map, set = [], mapping, operation }: Asked): ConstantAsked[] {
  if (operation === 'delete' || operation === 'hardDelete') return [];
  const byFlag = new Set(set.map(([field]) => field.toLowerCase()));
  const mapped = new Set(map.map(([column]) => columnKey(column)));
  const inFile = (mapping?.constants ?? [])
    .filter(({ field, column = '' }) => !byFlag.has(field.toLowerCase()) && !mapped.has(columnKey(column)))
    .map(({ field, value, line }) => ({ field, value, where: `${mapping?.name} line ${line}` }));
  return [...inFile, ...set.map(([field, value]) => ({ field, value }))];
}

function fieldsByColumn(pairs: ReadonlyArray<readonly [column: string, field: string]>): Map<string, string[]> {
  const found = new Map<string, readonly [column: string, fields: string[]]>();
  for (const [column, field] of pairs) {
    const [name, fields] = found.get(columnKey(column)) ?? [column, []];
    found.set(columnKey(column), [name, [...fields, field]]);
  }
  return new Map(found.values());
}
