import { merge } from '../merge.js';
import { type Org } from '../org.js';
import { type ObjectSchema } from '../schema.js';
import { type Table } from '../store.js';
import { RowError } from '../values.js';
import { type Exchange } from '../rest/exchange.js';
import { type Router } from '../rest/router.js';
import { child, element, parseXml, texts, XmlError, type XmlElement } from './xml.js';

/** SOAP calls answer to a session in the envelope, so the caller's header is not looked at here. */
export const SOAP_ROOT = '/services/soap/u';

const MOST_ITEMS = 200;

class SoapFault extends Error {
  public constructor(
    public readonly code: string,
    message: string
  ) {
    super(message);
  }
}

type Call = { readonly org: Org; readonly body: XmlElement };

/** What each call answers, a `<result>` for each item. */
const CALLS: Readonly<Record<string, (call: Call) => string[]>> = {
  merge: mergeAll,
  undelete: (call) =>
    eachId(call, (table, n) => {
      call.org.store.recycleBin.restore(table, n, call.org.now());
    }),
  emptyRecycleBin: (call) =>
    eachId(call, (table, n) => {
      call.org.store.recycleBin.erase(table, n);
    }),
  getServerTimestamp: ({ org }) => [result([element('timestamp', new Date(org.now()).toISOString())])]
};

/** The SOAP calls that have no REST twin (BULK_API §6), and `login`, which is how jsforce and many scripts begin. */
export function serveSoap(router: Router, org: Org, newSession: () => string): void {
  const serve = async (exchange: Exchange, { version = '' }: Readonly<Record<string, string>>): Promise<void> => {
    try {
      const envelope = parseXml(await exchange.text());
      const asked = child(child(envelope, 'Body'), 'login');
      answer(exchange, 200, asked ? login(asked, { org, version, newSession }) : callOf(envelope, org));
    } catch (error) {
      if (!(error instanceof SoapFault) && !(error instanceof XmlError)) throw error;
      const code = error instanceof SoapFault ? error.code : 'UNKNOWN_EXCEPTION';
      answer(exchange, 500, fault(code, error.message));
    }
  };
  router.on('POST', `${SOAP_ROOT}/:version`, serve);
  // As `serverUrl` of a login says it.
  router.on('POST', `${SOAP_ROOT}/:version/:org`, serve);
}

type LoggingIn = { readonly org: Org; readonly version: string; readonly newSession: () => string };

/** Whatever the password is, as long as there is one: nobody can have set another. */
function login(asked: XmlElement, { org, version, newSession }: LoggingIn): string {
  const [username] = texts(asked, 'username');
  const [password] = texts(asked, 'password');
  if (username !== org.username || !password)
    throw new SoapFault('INVALID_LOGIN', 'Invalid username, password, security token; or user locked out.');
  const userInfo = [
    element('organizationId', org.id),
    element('userId', org.userId),
    element('userName', org.username),
    element('userEmail', org.username),
    element('userFullName', 'Emulated User')
  ];
  const session = [
    element('passwordExpired', false),
    element('sandbox', true),
    element('serverUrl', `${org.url}/services/Soap/u/${version}/${org.id.slice(0, 15)}`),
    element('sessionId', newSession()),
    element('userId', org.userId),
    element('userInfo', userInfo)
  ];
  return element('loginResponse', [result(session)]);
}

function callOf(envelope: XmlElement, org: Org): string {
  const session = texts(child(child(envelope, 'Header'), 'SessionHeader'), 'sessionId')[0] ?? '';
  if (!/^00D\w{12,15}!/.test(session))
    throw new SoapFault('INVALID_SESSION_ID', 'Invalid Session ID found in SessionHeader: Illegal Session');
  const body = child(envelope, 'Body')?.children[0];
  const call = body && CALLS[body.name];
  if (!body || !call)
    throw new SoapFault('UNKNOWN_EXCEPTION', `No operation available for request ${body?.name ?? ''}`);
  return element(`${body.name}Response`, call({ org, body }));
}

function mergeAll({ org, body }: Call): string[] {
  const requests = body.children.filter(({ name }) => name === 'mergeRequests');
  mustFit(requests.length);
  return requests.map((request) => {
    const master = child(request, 'masterRecord');
    const masterId = texts(master, 'Id')[0] ?? '';
    return itemResult(masterId, () => {
      const asked = { object: objectOf(org, texts(master, 'type')[0] ?? ''), masterId, fields: masterFields(master) };
      const loserIds = texts(request, 'recordToMergeIds');
      const merged = org.store.transaction(() => merge(org.store, { ...asked, loserIds }, org.now()));
      return [
        ...merged.mergedIds.map((id) => element('mergedRecordIds', id)),
        element('success', true),
        ...merged.updatedRelatedIds.map((id) => element('updatedRelatedIds', id))
      ];
    });
  });
}

function masterFields(master: XmlElement | undefined): Map<string, string | null> {
  const fields = new Map<string, string | null>(texts(master, 'fieldsToNull').map((name) => [name, null]));
  for (const { name, text, isNil } of master?.children ?? [])
    if (name !== 'type' && name !== 'Id' && name !== 'fieldsToNull') fields.set(name, isNil ? null : text);
  return fields;
}

function eachId({ org, body }: Call, work: (table: Table, n: number) => void): string[] {
  const ids = texts(body, 'ids');
  mustFit(ids.length);
  return ids.map((id) =>
    itemResult(id, () => {
      const object = org.store.schema.withPrefix(id.slice(0, 3));
      const table = object && org.store.table(object);
      const n = table?.numberOf(id);
      if (table === undefined || n === undefined) throw new RowError('INVALID_ID_FIELD', `Invalid id ${id}`);
      org.store.transaction(() => work(table, n));
      return [element('success', true)];
    })
  );
}

/** One item's `<result>`, in the order that the WSDL has: errors, id, the rest. */
function itemResult(id: string, work: () => string[]): string {
  try {
    const rest = work();
    return result([element('id', id), ...rest]);
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    const fields = error.fields.map((name) => element('fields', name));
    const parts = [...fields, element('message', error.message), element('statusCode', error.code)];
    return result([element('errors', parts), element('id', id), element('success', false)]);
  }
}

function result(parts: readonly string[]): string {
  return element('result', parts);
}

function objectOf(org: Org, name: string): ObjectSchema {
  const object = org.store.schema.object(name);
  if (object) return object;
  throw new RowError('INVALID_TYPE', `sObject type '${name}' is not supported.`);
}

function mustFit(items: number): void {
  if (items > MOST_ITEMS)
    throw new SoapFault(
      'EXCEEDED_ID_LIMIT',
      `record limit reached. cannot submit more than ${MOST_ITEMS} records in this transaction`
    );
}

function fault(code: string, message: string): string {
  return element('soapenv:Fault', [element('faultcode', `sf:${code}`), element('faultstring', `${code}: ${message}`)]);
}

function answer(exchange: Exchange, status: number, body: string): void {
  const open =
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" ' +
    'xmlns="urn:partner.soap.sforce.com" xmlns:sf="urn:fault.partner.soap.sforce.com">';
  exchange.send(status, 'text/xml;charset=UTF-8', `${open}<soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`);
}
