/** The forms of an HTML page, and where the page goes on by itself. */
import { Parser } from 'htmlparser2';

export interface FoundForm {
  /** An absolute URL. */
  action: string;
  method: 'post' | 'get';
  /** Values that the page fills in. */
  fields: Record<string, string>;
}

/** `at` is the page's URL. Forms whose URL cannot be read are left out. */
export function formsIn(html: string, at: string): FoundForm[] {
  const forms: FoundForm[] = [];
  let current: FoundForm | undefined;
  const parser = new Parser({
    onopentag(name, { action = '', method = '', ...attributes }) {
      if (name === 'form') {
        const url = URL.parse(action, at || undefined)?.href;
        current = url === undefined ? undefined : { action: url, method: methodOf(method), fields: {} };
        if (current) forms.push(current);
      }
      if (name === 'input' && current && attributes.name !== undefined)
        current.fields[attributes.name] = attributes.value ?? '';
    },
    onclosetag(name) {
      if (name === 'form') current = undefined;
    },
  });
  parser.end(html);
  return forms;
}

/** The URL to which `<meta http-equiv="refresh">` sends the browser. */
export function refreshIn(html: string, at: string): URL | undefined {
  let found: URL | undefined;
  const parser = new Parser({
    onopentag(name, attributes) {
      if (name !== 'meta' || attributes['http-equiv']?.toLowerCase() !== 'refresh') return;
      const [, , address] = /^\s*\d+\s*[;,]\s*(url\s*=\s*)?['"]?([^'"]+)/i.exec(attributes.content ?? '') ?? [];
      found ??= address === undefined ? undefined : (URL.parse(address.trim(), at || undefined) ?? undefined);
    },
  });
  parser.end(html);
  return found;
}

const methodOf = (method: string): 'post' | 'get' => (method.toLowerCase() === 'post' ? 'post' : 'get');
