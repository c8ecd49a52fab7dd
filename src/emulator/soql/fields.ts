import { type DateFunctionCall, type FieldPath, type RecordOperand, type SoqlQuery } from './ast.js';
import { DATE_FUNCTIONS } from './dateFunctions.js';
import { errorAt } from './soqlError.js';
import { type SoqlField, type SoqlObject, type SoqlRecord, type SoqlSource, type SoqlValue } from './source.js';
import { kindOf, type ValueKind } from './values.js';

/** What a run of a plan knows. */
export type RunContext = { readonly source: SoqlSource; readonly includeDeleted: boolean; readonly nowMs: number };

/** Something that a row has: a field, a parent's field, an aggregate. `bind` is called once per run, its result once per row. */
export type Column<Row> = {
  /** Canonical, with the path. */
  readonly name: string;
  readonly type: string;
  readonly bind: (run: RunContext) => (row: Row) => SoqlValue;
};

/** `reads` is the field that the record itself has to have. */
export type FieldColumn = Column<SoqlRecord> & { readonly reads: string };

/** In which query a name is looked up. */
export type FieldScope = {
  readonly query: Pick<SoqlQuery, 'text' | 'from'>;
  readonly object: SoqlObject;
  readonly source: SoqlSource;
  /** Collects the fields of the object's own records that the query looks at. */
  readonly used: Set<string>;
};

// Child to parent, five relationships up (SOQL reference, Relationship Query Limitations).
const MAX_PARENTS = 5;

/** @throws SoqlError INVALID_TYPE when the org has no such object. */
export function objectOf(query: SoqlQuery, source: SoqlSource): SoqlObject {
  const found = source.object(query.from.object);
  if (found) return found;
  throw errorAt(query.text, query.from.at, {
    code: 'INVALID_TYPE',
    message:
      `sObject type '${query.from.object}' is not supported. If you are attempting to use a custom object, be sure to append ` +
      `the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`
  });
}

/** @throws SoqlError INVALID_FIELD for a field or a relationship that the object doesn't have. */
export function fieldColumn(scope: FieldScope, field: FieldPath): FieldColumn {
  const path = withoutObject(scope, field.path);
  if (path.length <= MAX_PARENTS + 1) {
    const column = columnOf(scope, { object: scope.object, path, at: field.at });
    scope.used.add(column.reads);
    return column;
  }
  throw errorAt(scope.query.text, field.at, {
    code: 'INVALID_FIELD',
    message: `Relationship path '${field.path.join('.')}' is longer than ${MAX_PARENTS} levels`
  });
}

/** A field, or what a function makes of one. */
export function recordColumn(scope: FieldScope, operand: RecordOperand): Column<SoqlRecord> {
  return operand.kind === 'field'
    ? fieldColumn(scope, operand)
    : throughFunction(scope, operand, fieldColumn(scope, operand.argument));
}

/** @throws SoqlError for a field that is no date, or none with a time where the function needs one. */
export function throughFunction<Row>(
  { query }: Pick<FieldScope, 'query'>,
  { name, isConverted, at }: DateFunctionCall,
  column: Column<Row>
): Column<Row> {
  const { type, of, value } = DATE_FUNCTIONS[name];
  const kinds: readonly ValueKind[] = isConverted ? ['datetime'] : of;
  if (!kinds.includes(kindOf(column.type))) {
    const message = `field ${column.name} does not support the function ${isConverted ? 'convertTimezone' : name}`;
    throw errorAt(query.text, at, { code: 'MALFORMED_QUERY', message });
  }
  return {
    name: `${name}(${column.name})`,
    type,
    bind: (run) => {
      const day = column.bind(run);
      return (row) => {
        const text = day(row);
        return typeof text === 'string' && text !== '' ? value(new Date(text)) : null;
      };
    }
  };
}

export function plainColumn(field: SoqlField): FieldColumn {
  const { name, type } = field;
  return { name, type, reads: name, bind: () => (record) => record[name] ?? null };
}

/** `a.Name` of `FROM Account a` and `Account.Name` of `FROM Account` are `Name`; a relationship of that name goes first. */
function withoutObject({ query, object }: FieldScope, path: readonly string[]): readonly string[] {
  const first = path[0]?.toLowerCase();
  if (path.length < 2 || first === undefined) return path;
  if (first === query.from.alias?.toLowerCase()) return path.slice(1);
  const isRelationship = object.fields.some((field) => field.relationshipName?.toLowerCase() === first);
  return !isRelationship && first === object.name.toLowerCase() ? path.slice(1) : path;
}

type Step = { readonly object: SoqlObject; readonly path: readonly string[]; readonly at: number };

function columnOf(scope: FieldScope, step: Step): FieldColumn {
  const [first = '', ...rest] = step.path;
  if (rest.length > 0) return parentColumn(scope, step, { relationship: first, rest });
  const field = step.object.fields.find(({ name }) => name.toLowerCase() === first.toLowerCase());
  if (field) return plainColumn(field);
  throw errorAt(scope.query.text, step.at, {
    code: 'INVALID_FIELD',
    message:
      `No such column '${first}' on entity '${step.object.name}'. If you are attempting to use a custom field, be sure to append ` +
      `the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.`
  });
}

function parentColumn(
  scope: FieldScope,
  { object, at }: Step,
  { relationship, rest }: { relationship: string; rest: readonly string[] }
): FieldColumn {
  const link = object.fields.find((field) => field.relationshipName?.toLowerCase() === relationship.toLowerCase());
  const parents = link?.referenceTo.flatMap((name) => scope.source.object(name) ?? []) ?? [];
  if (link === undefined || parents.length === 0) {
    throw errorAt(scope.query.text, at, {
      code: 'INVALID_FIELD',
      message:
        `Didn't understand relationship '${relationship}' in field path. If you are attempting to use a custom relationship, be sure to ` +
        `append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.`
    });
  }
  const choices = parentChoices(parents, (parent) => columnOf(scope, { object: parent, path: rest, at }));
  return {
    name: `${link.relationshipName ?? relationship}.${choices[0].column.name}`,
    type: choices[0].column.type,
    reads: link.name,
    bind: (run) => parentValue(link.name, choices, run)
  };
}

type ParentChoice = { readonly object: string; readonly column: Column<SoqlRecord> };

/** The objects that a link may point to and that have the field; when none has, the first one's error. */
function parentChoices(
  parents: readonly SoqlObject[],
  column: (parent: SoqlObject) => Column<SoqlRecord>
): readonly [ParentChoice, ...ParentChoice[]] {
  const choices: ParentChoice[] = [];
  const errors: unknown[] = [];
  for (const parent of parents) {
    try {
      choices.push({ object: parent.name, column: column(parent) });
    } catch (error) {
      errors.push(error);
    }
  }
  const [first, ...others] = choices;
  if (first === undefined) throw errors[0];
  return [first, ...others];
}

function parentValue(
  link: string,
  choices: readonly ParentChoice[],
  run: RunContext
): (record: SoqlRecord) => SoqlValue {
  const parents = choices.map(({ object, column }) => ({ object, value: column.bind(run) }));
  return (record) => {
    const id = record[link];
    if (typeof id !== 'string' || id === '') return null;
    for (const { object, value } of parents) {
      const parent = run.source.byId(object, id);
      if (parent) return value(parent);
    }
    return null;
  };
}
