/** Markup that `markup` has made; whatever is not of this class is text and is escaped. */
export class Markup {
  public constructor(private readonly text: string) {}

  public toString(): string {
    return this.text;
  }
}

export type MarkupValue = string | number | Markup | undefined | ReadonlyArray<Markup | undefined>;

/**
 * Puts values into markup: text as `visible` shows it and so that it is nothing but text, wherever in an element or a quoted attribute it
 * stands; pieces of markup as they are.
 */
export function markup(literals: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  return new Markup(literals.reduce((text, literal, at) => text + markupOf(values[at - 1]) + literal));
}

/** Data of the org or of a file, at most so long, and in its own direction, so that it turns nothing around it. */
export function datum(text: string, most = 300): Markup {
  return markup`<bdi>${cutShort(text, most)}</bdi>`;
}

/** Text in which what a screen would not show, or what would turn other text around, has a sign of its own; newlines are `↵`, tabs `⇥`. */
export function visible(text: string): string {
  return text
    .replace(HALF_A_PAIR, '\ufffd')
    .replace(/\r\n|\n|\r/g, '↵')
    .replaceAll('\t', '⇥')
    .replace(UNSEEN, (character) => {
      const code = character.codePointAt(0) ?? 0;
      return code < 0x20
        ? String.fromCodePoint(0x2400 + code)
        : `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
    });
}

const HALF_A_PAIR = /\p{Surrogate}/gu;

/** C0 and C1 controls, marks that turn the direction of text around, line separators, and the mark of byte order. */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

function cutShort(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function markupOf(value: MarkupValue): string {
  if (value === undefined) return '';
  if (value instanceof Markup) return value.toString();
  if (typeof value === 'object') return value.join('');
  return visible(String(value)).replace(SPECIAL, (character) => ENTITIES[character] ?? '');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;'
};
const SPECIAL = /[&<>"'`]/g;
