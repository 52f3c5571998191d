/** Finds the requests that carry SAML in a browser export: HAR, SAML-tracer, or any JSON of a similar shape. */

import type { CaptureTime, Exchange } from './exchange.ts';
import { bodyFields, type Fields, includeMessage, listedFields } from './form-fields.ts';
import { formsIn } from './page-forms.ts';

type Entry = Readonly<Record<string, unknown>>;

/** In file order, one at a time: decoded, they take more memory than the file. `where` is the place of the tree. */
export const exchangesIn = (tree: unknown, where = ''): Iterable<Exchange> => exchangesBelow(tree, where, timeOf(tree));

/** The time of an object applies to everything inside it, unless an inner object has its own time. */
function* exchangesBelow(node: unknown, where: string, at: CaptureTime | undefined): Generator<Exchange> {
  if (Array.isArray(node)) {
    for (const [index, one] of node.entries()) yield* exchangesBelow(one, `${where}[${index}]`, at);
    return;
  }
  if (!isEntry(node)) return;
  const time = timeOf(node) ?? at;
  const exchange = exchangeOf(node, where, time);
  if (exchange) return yield exchange;
  const page = pageOf(node);
  if (page !== undefined) return yield* formsIn(page, `the page in ${where === '' ? 'the file' : where}`, time);
  // Keys with an underscore are the browser's own notes, such as the URL of the page that caused a request.
  for (const [key, value] of Object.entries(node))
    if (typeof value === 'object' && !key.startsWith('_'))
      yield* exchangesBelow(value, where === '' ? key : `${where}.${key}`, time);
}

function exchangeOf(entry: Entry, where: string, at: CaptureTime | undefined): Exchange | undefined {
  const post =
    fieldsOf(entry.postData) ??
    fieldsOf(entry.post) ??
    fieldsOf(entry.body) ??
    fieldsOf(entry.requestBody) ??
    fieldsOf(entry.formData);
  const url = text(entry.url);
  const query =
    (url === undefined ? undefined : fieldsOf(url)) ??
    fieldsOf(entry.queryString) ??
    fieldsOf(entry.get) ??
    fieldsOf(entry.query);
  const either = fieldsOf(entry.parameters) ?? fieldsOf(entry.params) ?? fieldsOf(entry);
  const decoded = text(entry.saml);
  const xml = decoded?.trimStart().startsWith('<') ? decoded : undefined;
  const fields = post ?? query ?? either;
  if (fields === undefined && xml === undefined) return undefined;
  const method = text(entry.method)?.toUpperCase() ?? (post || !query ? 'POST' : 'GET');
  return {
    where: where === '' ? 'the file' : where,
    method: post ? 'POST' : method,
    url,
    contentType: contentTypeOf(entry),
    fields: fields ?? [],
    xml,
    at,
  };
}

/** The page of a reply, if it carries a form with a message. */
function pageOf(entry: Entry): string | undefined {
  const stored = text(entry.text) ?? text(entry.body);
  if (stored === undefined) return undefined;
  const page = stored.includes('<') ? stored : Buffer.from(stored, 'base64').toString('utf8');
  return page.includes('<input') || page.includes('<INPUT') ? page : undefined;
}

/** Reads fields from any supported shape; undefined if none of them is SAML. */
function fieldsOf(stored: unknown): Fields | undefined {
  const fields =
    typeof stored === 'string'
      ? bodyFields(stored)
      : Array.isArray(stored)
        ? listedFields(stored.flatMap(pairOf))
        : isEntry(stored)
          ? entryFields(stored)
          : [];
  return includeMessage(fields) ? fields : undefined;
}

/** HAR stores a body as text and as params. Params may be percent-encoded or not, so text is preferred. */
function entryFields(stored: Entry): Fields {
  const nested = fieldsOf(stored.text) ?? fieldsOf(stored.params) ?? fieldsOf(stored.formData);
  if (nested) return nested;
  return Object.entries(stored).flatMap(([name, value]) =>
    /^(SAML|RelayState$)/i.test(name)
      ? (Array.isArray(value) ? value : [value]).flatMap((one: unknown) =>
          typeof one === 'string' ? [[name, one] as const] : [],
        )
      : [],
  );
}

function pairOf(one: unknown): Fields {
  if (Array.isArray(one)) return typeof one[0] === 'string' && typeof one[1] === 'string' ? [[one[0], one[1]]] : [];
  if (!isEntry(one)) return [];
  const [name, value] = [text(one.name), text(one.value)];
  return name === undefined || value === undefined ? [] : [[name, value]];
}

/** The content type from the request headers, which the browser sent, or from HAR's post data, which a tool wrote. */
function contentTypeOf(entry: Entry): string | undefined {
  const stated = isEntry(entry.postData) ? text(entry.postData.mimeType) : undefined;
  return (
    headerOf(entry.requestHeaders, 'content-type') || headerOf(entry.headers, 'content-type') || stated || undefined
  );
}

function headerOf(headers: unknown, name: string): string | undefined {
  if (!Array.isArray(headers)) return undefined;
  const found = headers.flatMap(pairOf).find(([one]) => one.toLowerCase() === name);
  return found?.[1];
}

/** The time of an entry; if it has none, the server's Date header. */
function timeOf(node: unknown): CaptureTime | undefined {
  if (!isEntry(node)) return undefined;
  const stated = [node.startedDateTime, node.timestamp, node.timeStamp, node.date, node.time].map(parseTime);
  const time = stated.find((one) => one !== undefined);
  if (time !== undefined) return { time, source: 'the time in the capture' };
  const headers = isEntry(node.response) ? node.response.headers : undefined;
  return dateHeader(headerOf(node.responseHeaders, 'date') ?? headerOf(headers, 'date'));
}

/** The server's time. */
export function dateHeader(value: string | undefined): CaptureTime | undefined {
  const time = parseTime(value);
  return time && { time, source: 'the Date header in the capture' };
}

/** ISO 8601, an HTTP date, or milliseconds since 1970. A small number is a duration (HAR's `time`), not a time. */
function parseTime(stated: unknown): Date | undefined {
  if (typeof stated !== 'number' && typeof stated !== 'string') return undefined;
  const number =
    typeof stated === 'number' ? stated : /^\d+(\.\d+)?$/.test(stated) ? Number(stated) : Date.parse(stated);
  return number > 1e12 && number < 8.64e15 ? new Date(number) : undefined;
}

const isEntry = (node: unknown): node is Entry => typeof node === 'object' && node !== null && !Array.isArray(node);
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
