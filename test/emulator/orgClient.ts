import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/emulator.js';

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: unknown;
};

/** An emulator with a client that says little. */
export type OrgClient = {
  readonly emulator: Emulator;
  /** @param path after `/services/data/v66.0`, or whole when it begins with `/services` */
  call(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Rows of `SELECT …`, without their attributes. */
  query(soql: string): Promise<unknown[]>;
  /** Creates a record and returns its Id. */
  create(object: string, fields: Record<string, unknown>): Promise<string>;
};

export async function orgClient(options: Partial<EmulatorOptions> = {}): Promise<OrgClient> {
  const emulator = await startEmulator(options);
  const call: OrgClient['call'] = async (method, path, body) => {
    const url = /^\/+services/.test(path) ? path : `/services/data/v66.0${path}`;
    const answer = await fetch(emulator.org.url + url, {
      method,
      headers: {
        authorization: `Bearer ${emulator.accessToken}`,
        'content-type': typeof body === 'string' ? 'text/csv' : 'application/json'
      },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') === true;
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      body: isJson ? (JSON.parse(text) as unknown) : undefined
    };
  };
  return {
    emulator,
    call,
    query: async (soql) => {
      const { body } = await call('GET', `/query?q=${encodeURIComponent(soql)}`);
      const { records } = body as { records: Array<Record<string, unknown>> };
      return records.map((record) =>
        Object.fromEntries(Object.entries(record).filter(([name]) => name !== 'attributes'))
      );
    },
    create: async (object, fields) => {
      const { body, text } = await call('POST', `/sobjects/${object}`, fields);
      const { id } = body as { id?: string };
      if (id === undefined) throw new Error(text);
      return id;
    }
  };
}

/** Waits until `read` gives something. */
export async function until<T>(read: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const value = await read();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
