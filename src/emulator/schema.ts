/** A field in the words of the describe (BULK_API §6). */
export type FieldSchema = {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly length: number;
  readonly precision: number;
  readonly scale: number;
  readonly digits: number;
  readonly nillable: boolean;
  readonly createable: boolean;
  readonly updateable: boolean;
  readonly defaultedOnCreate: boolean;
  readonly externalId: boolean;
  readonly idLookup: boolean;
  readonly unique: boolean;
  readonly caseSensitive: boolean;
  readonly calculated: boolean;
  readonly restrictedPicklist: boolean;
  readonly picklistValues: ReadonlyArray<{ readonly value: string; readonly label: string; readonly active: boolean }>;
  readonly referenceTo: readonly string[];
  readonly relationshipName?: string;
  /** On the parent's side, of a reference. */
  readonly childRelationshipName?: string;
  /** Of a reference: what deleting the parent does to the child. */
  readonly whenParentIsDeleted: ParentRule;
};

export type ParentRule = 'clear' | 'cascade' | 'restrict';

export type ObjectSchema = {
  readonly name: string;
  readonly label: string;
  readonly keyPrefix: string;
  readonly mergeable: boolean;
  readonly fields: readonly FieldSchema[];
  /** What the describe says that the user may not do, or the object can't. */
  readonly denied?: readonly Access[];
};

export const ACCESS = ['createable', 'updateable', 'deletable', 'undeletable', 'queryable'] as const;
export type Access = (typeof ACCESS)[number];

/** The objects of the emulated org, found by name whatever its case. */
export class Schema {
  private readonly byName = new Map<string, ObjectSchema>();

  public constructor(public readonly objects: readonly ObjectSchema[]) {
    for (const object of objects) this.byName.set(object.name.toLowerCase(), object);
  }

  public object(name: string): ObjectSchema | undefined {
    return this.byName.get(name.toLowerCase());
  }

  /** The object whose records have Ids that begin with these three characters. */
  public withPrefix(keyPrefix: string): ObjectSchema | undefined {
    return this.objects.find((object) => object.keyPrefix === keyPrefix);
  }
}

export function fieldOf(object: ObjectSchema, name: string): FieldSchema | undefined {
  const wanted = name.toLowerCase();
  return object.fields.find((field) => field.name.toLowerCase() === wanted);
}

type FieldAsked = Partial<Omit<FieldSchema, 'picklistValues' | 'name' | 'type'>> & {
  readonly picklist?: readonly string[];
};

/** A field with the defaults of its type. */
export function field(name: string, type: string, asked: FieldAsked = {}): FieldSchema {
  const { picklist, ...rest } = asked;
  const isNumber = type === 'double' || type === 'currency' || type === 'percent';
  return {
    name,
    label: name.replace(/__c$/, '').replaceAll('_', ' '),
    type,
    length: DEFAULT_LENGTHS[type] ?? 0,
    precision: isNumber ? 18 : 0,
    scale: isNumber ? 2 : 0,
    digits: type === 'int' ? 9 : 0,
    nillable: type !== 'boolean',
    createable: true,
    updateable: true,
    defaultedOnCreate: type === 'boolean',
    externalId: false,
    idLookup: false,
    unique: false,
    caseSensitive: false,
    calculated: false,
    restrictedPicklist: false,
    picklistValues: (picklist ?? []).map((value) => ({ value, label: value, active: true })),
    referenceTo: [],
    whenParentIsDeleted: 'clear',
    ...rest
  };
}

const DEFAULT_LENGTHS: Readonly<Record<string, number>> = {
  id: 18,
  reference: 18,
  string: 255,
  textarea: 32_768,
  email: 80,
  phone: 40,
  url: 255,
  picklist: 255,
  multipicklist: 4099
};

const READ_ONLY = { createable: false, updateable: false, nillable: false, defaultedOnCreate: true } as const;

/** An object with the fields that every object has. */
export function object(
  name: string,
  keyPrefix: string,
  fields: readonly FieldSchema[],
  asked: { label?: string; mergeable?: boolean; denied?: readonly Access[] } = {}
): ObjectSchema {
  const user = { ...READ_ONLY, referenceTo: ['User'] };
  return {
    name,
    label: asked.label ?? name.replace(/__c$/, '').replaceAll('_', ' '),
    keyPrefix,
    mergeable: asked.mergeable ?? false,
    denied: asked.denied,
    fields: [
      field('Id', 'id', { ...READ_ONLY, idLookup: true }),
      field('IsDeleted', 'boolean', READ_ONLY),
      ...fields,
      field('OwnerId', 'reference', {
        referenceTo: ['User'],
        relationshipName: 'Owner',
        nillable: false,
        defaultedOnCreate: true
      }),
      field('CreatedDate', 'datetime', READ_ONLY),
      field('CreatedById', 'reference', { ...user, relationshipName: 'CreatedBy' }),
      field('LastModifiedDate', 'datetime', READ_ONLY),
      field('LastModifiedById', 'reference', { ...user, relationshipName: 'LastModifiedBy' }),
      field('SystemModstamp', 'datetime', READ_ONLY),
      ...(asked.mergeable ? [masterRecord(name)] : [])
    ]
  };
}

/** Of a record that was merged into another: which one that is. */
function masterRecord(objectName: string): FieldSchema {
  const reference = { referenceTo: [objectName], relationshipName: 'MasterRecord' };
  return field('MasterRecordId', 'reference', { ...READ_ONLY, ...reference, nillable: true });
}
