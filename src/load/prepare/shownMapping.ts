import { columnKey } from '../../input/columnName.js';
import { type LoadColumns } from './columns.js';
import { type Prepared } from './prepared.js';

type Shown = Pick<Prepared, 'mapping' | 'constants'>;

/** Where each column goes, and what every row has beside, as people are told of it. */
export function shownMapping({ mapped, sent }: Pick<LoadColumns, 'mapped' | 'sent'>): Shown {
  const constants = sent.flatMap(({ field, constant }) => (constant === undefined ? [] : [{ field, value: constant }]));
  const mapping = mapped
    .filter(({ column }) => columnKey(column) !== '')
    .flatMap(({ column, index }): Shown['mapping'] => {
      const fields = sent.filter((one) => one.index === index).map(({ field }) => field);
      return fields.length === 0 ? [{ column, field: null }] : fields.map((field) => ({ column, field }));
    });
  return constants.length === 0 ? { mapping } : { mapping, constants };
}
