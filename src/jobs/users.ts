import { Messages } from '@salesforce/core';
import { z } from 'zod';
import { type OrgReads, queryPath } from '../bulk/orgReads.js';

Messages.importMessagesDirectoryFromMetaUrl(import.meta.url);
const messages = Messages.loadMessages('sf-plugin-bulkops', 'job');

const usersSchema = z.object({ records: z.array(z.object({ Id: z.string(), Username: z.string() })) });

/** Ids that fit into the address of one query. */
const IDS_IN_A_QUERY = 200;

/**
 * The Id of a user who is named by an Id, a username, or `me`, whose username is `me`. One API call, none for an Id.
 * @throws SfError `UserUnknownError`
 */
export async function userIdOf(text: string, org: OrgReads, me: string): Promise<string> {
  if (/^005\w{12}(\w{3})?$/.test(text)) return text;
  const username = text === 'me' ? me : text;
  const [user] = await queryUsers(org, `Username = '${quoted(username)}'`);
  if (!user) throw messages.createError('userUnknown', [username]);
  return user.Id;
}

/** Usernames by Id, as far as the caller may see users. One API call for 200 Ids. */
async function usernamesOf(ids: Iterable<string>, org: OrgReads): Promise<Map<string, string>> {
  const wanted = [...new Set(ids)].filter((id) => /^\w{15,18}$/.test(id));
  const names = new Map<string, string>();
  for (let from = 0; from < wanted.length; from += IDS_IN_A_QUERY) {
    const list = wanted.slice(from, from + IDS_IN_A_QUERY).map((id) => `'${id}'`);
    // Who may not read users sees their Ids instead, which is no reason to show no jobs.
    const users = await queryUsers(org, `Id IN (${list.join(',')})`).catch(() => []);
    for (const { Id, Username } of users) names.set(Id, Username);
  }
  return names;
}

/** Jobs with the names of who made them, as far as the caller may see users. */
export async function namedJobs<J extends { readonly createdById: string }>(
  jobs: readonly J[],
  org: OrgReads
): Promise<Array<J & { readonly createdBy?: string }>> {
  const names = await usernamesOf(
    jobs.map(({ createdById }) => createdById),
    org
  );
  return jobs.map((job) => ({ ...job, createdBy: names.get(job.createdById) }));
}

async function queryUsers(org: OrgReads, where: string): Promise<Array<{ Id: string; Username: string }>> {
  return usersSchema.parse(await org.get(queryPath(`SELECT Id, Username FROM User WHERE ${where}`))).records;
}

function quoted(text: string): string {
  return text.replace(/[\\']/g, '\\$&');
}
