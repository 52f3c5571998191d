/** Forms in a page that carry a SAML message: those that the IdP's page submits by itself. */
import { decodeHTMLAttribute } from 'entities';
import type { CaptureTime, Exchange } from './exchange.ts';
import { type Fields, includeMessage } from './form-fields.ts';

const limits = { forms: 20, inputs: 50 };

export function formsIn(page: string, where: string, at?: CaptureTime): Exchange[] {
  if (!page.includes('SAML')) return [];
  const pieces = page.split(/<form\b/i, limits.forms + 1);
  return pieces.flatMap((piece, index): Exchange[] => {
    const fields = inputsOf(piece);
    if (!includeMessage(fields)) return [];
    const tag = index === 0 ? '' : ` ${piece.slice(0, Math.max(0, piece.search(/[<>]/)))}`;
    const action = attributeOf(tag, 'action');
    const url = action === undefined ? undefined : URL.parse(decodeHTMLAttribute(action))?.href;
    return [{ where, method: 'POST', url, contentType: undefined, fields, xml: undefined, at, inPage: true }];
  });
}

function inputsOf(piece: string): Fields {
  const fields: [string, string][] = [];
  for (const [tag] of piece.matchAll(/<input\b[^<>]*>/gi)) {
    const [name, value] = [attributeOf(tag, 'name'), attributeOf(tag, 'value')];
    if (name !== undefined && value !== undefined) fields.push([name, decodeHTMLAttribute(value)]);
    if (fields.length === limits.inputs) break;
  }
  return fields;
}

function attributeOf(tag: string, name: string): string | undefined {
  const match = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(tag);
  return match?.[1] ?? match?.[2] ?? match?.[3];
}
