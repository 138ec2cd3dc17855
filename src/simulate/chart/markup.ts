const ENTITIES = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

/** XML cannot represent these, not even escaped. */
const isForbidden = (character: string): boolean => {
  const code = character.codePointAt(0) ?? 0;
  return (code < 32 && !'\t\n\r'.includes(character)) || (code >= 0xd800 && code <= 0xdfff) || code >= 0xfffe;
};

/** Escapes a text for content and attributes of XML and HTML. */
export const escapeMarkup = (text: string): string =>
  [...text].map(c => (isForbidden(c) ? '\ufffd' : (ENTITIES.get(c) ?? c))).join('');

/** `<name a="b">content</name>`; the content is markup, the attributes are text. */
export function element(name: string, attributes: Record<string, string | number>, content = ''): string {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeMarkup(String(value))}"`);
  return content === '' ? `<${name}${list.join('')}/>` : `<${name}${list.join('')}>${content}</${name}>`;
}
