import { type SoqlField, type SoqlRecord, type SoqlSource, type SoqlValue } from '../../../src/emulator/soql/source.js';
import { parseSoql } from '../../../src/emulator/soql/parse.js';
import { planSoql } from '../../../src/emulator/soql/plan.js';
import { runSoql } from '../../../src/emulator/soql/evaluate.js';
import { longId } from '../../../src/emulator/soql/idLookup.js';

type Table = { readonly fields: readonly SoqlField[]; readonly records: readonly SoqlRecord[] };

/** 2024-03-15 12:00 UTC, a Friday. */
export const NOW_MS = Date.UTC(2024, 2, 15, 12);

export function field(name: string, type: string, parent?: { name: string; to: readonly string[] }): SoqlField {
  return { name, type, relationshipName: parent?.name, referenceTo: parent?.to ?? [] };
}

export const id = (prefix: string, number: number): string => longId(prefix + String(number).padStart(12, '0'));

/** A source over arrays; `reads` counts the records that were pulled. */
export function orgOf(tables: Readonly<Record<string, Table>>): SoqlSource & { reads: number } {
  const nameOf = (name: string) => Object.keys(tables).find((each) => each.toLowerCase() === name.toLowerCase());
  const org = {
    reads: 0,
    object(name: string) {
      const canonical = nameOf(name);
      const table = canonical === undefined ? undefined : tables[canonical];
      return canonical === undefined || table === undefined ? undefined : { name: canonical, fields: table.fields };
    },
    *records(object: string, { includeDeleted }: { readonly includeDeleted: boolean }) {
      for (const record of tables[object]?.records ?? []) {
        if (!includeDeleted && record['IsDeleted'] === true) continue;
        org.reads++;
        yield record;
      }
    },
    byId: (object: string, wanted: string) => tables[object]?.records.find((record) => record['Id'] === wanted)
  };
  return org;
}

export const sampleOrg = () =>
  orgOf({
    Contact: {
      fields: [
        field('Id', 'id'),
        field('IsDeleted', 'boolean'),
        field('Name', 'string'),
        field('AccountId', 'reference', { name: 'Account', to: ['Account'] }),
        field('OwnerId', 'reference', { name: 'Owner', to: ['Group', 'User'] }),
        field('Birthdate', 'date'),
        field('CreatedDate', 'datetime'),
        field('Score__c', 'double'),
        field('Hobbies__c', 'multipicklist'),
        field('MailingAddress', 'address')
      ],
      records: [
        {
          Id: id('003', 1),
          IsDeleted: false,
          Name: 'Ada',
          AccountId: id('001', 1),
          OwnerId: id('005', 1),
          Birthdate: '2024-03-15',
          CreatedDate: '2024-03-15T00:00:00.000Z',
          Score__c: 10,
          Hobbies__c: 'Chess;Go'
        },
        {
          Id: id('003', 2),
          IsDeleted: false,
          Name: 'bob',
          AccountId: id('001', 2),
          OwnerId: id('00G', 1),
          Birthdate: '2024-03-14',
          CreatedDate: '2024-03-14T23:59:59.000Z',
          Score__c: 20.5,
          Hobbies__c: 'Go'
        },
        { Id: id('003', 3), IsDeleted: false, Name: 'Cy_%', CreatedDate: '2023-12-31T10:00:00.000Z', Score__c: null },
        { Id: id('003', 4), IsDeleted: true, Name: 'Dead', CreatedDate: '2024-03-16T10:00:00.000Z', Score__c: 1 }
      ]
    },
    Account: {
      fields: [
        field('Id', 'id'),
        field('Name', 'string'),
        field('CreatedDate', 'datetime'),
        field('ParentId', 'reference', { name: 'Parent', to: ['Account'] })
      ],
      records: [
        { Id: id('001', 1), Name: 'Acme', CreatedDate: '2020-01-01T00:00:00.000Z', ParentId: id('001', 2) },
        { Id: id('001', 2), Name: 'Holding' }
      ]
    },
    User: {
      fields: [
        field('Id', 'id'),
        field('Name', 'string'),
        field('ProfileId', 'reference', { name: 'Profile', to: ['Profile'] })
      ],
      records: [{ Id: id('005', 1), Name: 'Uma', ProfileId: id('00e', 1) }]
    },
    Group: { fields: [field('Id', 'id'), field('Name', 'string')], records: [{ Id: id('00G', 1), Name: 'Queue' }] },
    Profile: { fields: [field('Id', 'id'), field('Name', 'string')], records: [{ Id: id('00e', 1), Name: 'Admin' }] }
  });

export function rowsOf(query: string, source: SoqlSource = sampleOrg(), includeDeleted = false): SoqlValue[][] {
  const { rows } = runSoql(planSoql(parseSoql(query), source), source, { includeDeleted, nowMs: NOW_MS });
  return [...rows].map((row) => [...row]);
}
