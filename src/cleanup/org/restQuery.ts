import { Messages } from '@salesforce/core';
import { z } from 'zod';
import { type OrgReads, queryPath } from '../../bulk/orgReads.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'cleanup');

export type RestRecord = Readonly<Record<string, unknown>>;

const pageSchema = z.object({
  totalSize: z.number(),
  done: z.boolean(),
  nextRecordsUrl: z.string().nullish(),
  records: z.array(z.record(z.string(), z.unknown()))
});

/**
 * The records of one query by REST, page by page. A page says nothing of its own length, so the whole is held against the `totalSize` that each
 * page repeats, and against the Ids seen before: what was handed out counts only if the last page comes without an error.
 * Costs one API call for 2,000 records at most.
 * @throws SfError `AnswerNotWholeError` where a page is missing, short, doubled or no page at all; what `OrgReads` throws
 */
export async function* restQuery(
  org: OrgReads,
  soql: string,
  isAllRows: boolean
): AsyncGenerator<readonly RestRecord[]> {
  const ids = new Set<string>();
  let url: string | undefined = queryPath(soql, isAllRows);
  let rows = 0;
  while (url !== undefined) {
    const parsed = pageSchema.safeParse(await org.get(url));
    if (!parsed.success) throw notWhole(soql, 'a page of it is none');
    const page = parsed.data;
    for (const { Id: id } of page.records) {
      if (typeof id !== 'string') continue;
      if (ids.has(id)) throw notWhole(soql, `the record ${id} is there twice`);
      ids.add(id);
    }
    rows += page.records.length;
    if (rows > page.totalSize) throw notWhole(soql, `it has more than the ${page.totalSize} records it speaks of`);
    yield page.records;
    url = page.done ? undefined : (page.nextRecordsUrl ?? undefined);
    if (url === undefined && rows < page.totalSize)
      throw notWhole(soql, `it has ${rows} of the ${page.totalSize} records it speaks of`);
    // A page without a record that isn't the last would be asked for without end.
    if (url !== undefined && page.records.length === 0) throw notWhole(soql, 'a page of it is empty');
  }
}

function notWhole(soql: string, problem: string): Error {
  const object = /\bFROM (\w+)/.exec(soql)?.[1] ?? soql;
  return messages.createError('answerNotWhole', [object, problem]);
}
