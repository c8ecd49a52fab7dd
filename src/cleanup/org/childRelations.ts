import pLimit from 'p-limit';
import { type OrgReads } from '../../bulk/orgReads.js';
import { describeVisible, fieldNamed, type ObjectDescribe } from '../../schema/describe.js';

/** Records of `sobject` that refer to a record of the cleaned object by `field`. */
export type ChildRelation = {
  readonly sobject: string;
  readonly field: string;
  /** A SOQL condition: only these count. */
  readonly where?: string;
};

export type ChildRelations = {
  /** Their records can be pointed at another parent. */
  readonly movable: readonly ChildRelation[];
  /** Their records stay with their parent, go with it when it is deleted, or lose it. */
  readonly bound: readonly ChildRelation[];
};

/** What the platform itself keeps about a record, or makes anew for another: history, sharing, feeds, followers. It is nobody's loss. */
const COMPANIONS =
  /(?:History|Share|Feed|ChangeEvent|Tag|CleanInfo|__hd)$|^(?:DuplicateRecordItem|EntitySubscription|TopicAssignment|RecordActionHistory|ProcessInstance\w*|NetworkActivityAudit|NetworkUserHistoryRecent|UserEmailPreferredPerson|\w+EventRelation|EventRelation|TaskRelation|EventWhoRelation|TaskWhoRelation|FlowRecordRelation|FlowExecutionErrorEvent|ActivityFieldHistory|OutgoingEmail|OutgoingEmailRelation|AIInsight\w*|AIRecordInsight)$/;

/** Records that stand for a field of the parent, and follow it by themselves. */
const WHERE_BOUND: Readonly<Record<string, string>> = { AccountContactRelation: 'IsDirect = false' };

const DESCRIBES_AT_A_TIME = 5;

/** The relationships in which an object is the parent, as far as the user can see them. One API call for each child object. */
export async function childRelations(org: OrgReads, object: ObjectDescribe): Promise<ChildRelations> {
  const names = [...new Set(object.childRelationships.map(({ childSObject }) => childSObject))];
  const limit = pLimit(DESCRIBES_AT_A_TIME);
  const described = await Promise.all(
    names.filter((name) => !COMPANIONS.test(name)).map((name) => limit(() => describeVisible(org, name)))
  );
  const children = new Map(described.flatMap((child) => (child ? [[child.name, child] as const] : [])));
  const movable: ChildRelation[] = [];
  const bound: ChildRelation[] = [];
  for (const { childSObject: sobject, field } of object.childRelationships) {
    const child = children.get(sobject);
    const own = child && fieldNamed(child, field);
    if (!child?.queryable || !own) continue;
    if (child.updateable && own.updateable) movable.push({ sobject, field: own.name });
    else bound.push({ sobject, field: own.name, where: WHERE_BOUND[sobject] });
  }
  return { movable, bound };
}
