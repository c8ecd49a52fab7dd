/** An element without its namespaces: they say nothing that the names of the partner API don't. */
export type XmlElement = {
  readonly name: string;
  readonly isNil: boolean;
  readonly children: readonly XmlElement[];
  /** Of itself, not of its children. */
  readonly text: string;
};

export class XmlError extends Error {}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const PIECE =
  /<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!\[CDATA\[(?<data>[\s\S]*?)\]\]>|<(?<close>\/)?(?<name>[\w:.-]+)(?<attributes>[^<>]*?)(?<empty>\/)?>|(?<text>[^<]+)/gy;

type Open = { name: string; isNil: boolean; children: XmlElement[]; text: string };

/**
 * The root of a document as SOAP clients send it: elements, text, entities, CDATA, comments; no DTD.
 * @throws XmlError for anything else
 */
export function parseXml(document: string): XmlElement {
  const top: Open = { name: '', isNil: false, children: [], text: '' };
  const stack: Open[] = [top];
  let end = 0;
  for (const match of document.trim().matchAll(PIECE)) {
    end = match.index + match[0].length;
    const { data, close, name, attributes, empty, text } = match.groups ?? {};
    const parent = stack.at(-1) ?? top;
    if (data !== undefined) parent.text += data;
    else if (text !== undefined) parent.text += unescaped(text);
    else if (name !== undefined && close) closeElement(stack, localName(name));
    else if (name !== undefined) {
      const isNil = /\bnil\s*=\s*["'](?:true|1)["']/.test(attributes ?? '');
      const element: Open = { name: localName(name), isNil, children: [], text: '' };
      parent.children.push(element);
      if (!empty) stack.push(element);
    }
  }
  const [root] = top.children;
  if (root === undefined || stack.length > 1 || end < document.trim().length) throw new XmlError('no well-formed XML');
  return root;
}

export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((each) => each.name === name);
}

/** The texts of all children of this name. */
export function texts(element: XmlElement | undefined, name: string): string[] {
  return element?.children.filter((each) => each.name === name).map(({ text }) => text.trim()) ?? [];
}

/** `<name>…</name>` with text made safe; markup comes from `element` itself. */
export function element(name: string, content: string | number | boolean | readonly string[]): string {
  const inner = typeof content === 'object' ? content.join('') : escaped(String(content));
  return `<${name}>${inner}</${name}>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function unescaped(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (hex !== undefined) return String.fromCodePoint(parseInt(hex, 16));
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
      return ENTITIES[name ?? ''] ?? whole;
    }
  );
}

function closeElement(stack: Open[], name: string): void {
  if (stack.length < 2 || stack.pop()?.name !== name) throw new XmlError(`</${name}> closes nothing`);
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
