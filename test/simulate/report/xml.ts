/** Tags and text: enough of XML to check cgipool's own images and pages. */
const TOKEN =
  /<\?xml [^?]*\?>|<!DOCTYPE html>|<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;

/** An `&` that does not begin an entity. */
const BARE = /&(?!(?:amp|lt|gt|quot|#39|#\d+);)/;

/** HTML elements without an end tag. */
const VOID = new Set(['meta', 'link', 'br']);

/** The first fault in a text that is not well-formed, or null. */
export function fault(text: string): string | null {
  const open: string[] = [];
  let end = 0;
  for (const [token, closes, name = '', attributes = '', empty, content = ''] of text.matchAll(TOKEN)) {
    end += token.length;
    if (BARE.test(attributes + content)) return `a bare & in ${token}`;
    if (closes && open.pop() !== name) return `</${name}> closes nothing`;
    if (name !== '' && !closes && !empty && !VOID.has(name)) open.push(name);
  }
  if (end < text.length) return `not understood: ${text.slice(end, end + 60)}`;
  return open.length > 0 ? `never closed: ${open.join(', ')}` : null;
}
