/** Finds the requests that carry SAML in a browser's export: HAR, SAML-tracer, or any JSON of a like shape. */
import { type Fields, formFields, holdMessage } from './form-fields.ts';

/** One request of the browser, as far as SAML is concerned. */
export interface Exchange {
  /** Where in the file it stands. */
  where: string;
  method: string;
  url: string | undefined;
  contentType: string | undefined;
  /** From the form for a POST, else from the query; repeated ones included. */
  fields: Fields;
  /** The message as the tool that captured it has decoded it; used where the fields cannot be. */
  xml: string | undefined;
  at: Date | undefined;
}

type Entry = Readonly<Record<string, unknown>>;

/** In the order of the file, one at a time: decoded they take more memory than the file. */
export const exchangesIn = (tree: unknown): Iterable<Exchange> => exchangesBelow(tree, '', timeOf(tree));

/** The time of an object holds for what is inside, until something inside states another. */
function* exchangesBelow(node: unknown, where: string, at: Date | undefined): Generator<Exchange> {
  if (Array.isArray(node)) {
    for (const [index, one] of node.entries()) yield* exchangesBelow(one, `${where}[${index}]`, at);
    return;
  }
  if (!isEntry(node)) return;
  const time = timeOf(node) ?? at;
  const exchange = exchangeOf(node, where, time);
  if (exchange) return yield exchange;
  // Keys with an underscore are a browser's own notes, such as the address of the page that caused a request.
  for (const [key, value] of Object.entries(node))
    if (typeof value === 'object' && !key.startsWith('_'))
      yield* exchangesBelow(value, where === '' ? key : `${where}.${key}`, time);
}

function exchangeOf(entry: Entry, where: string, at: Date | undefined): Exchange | undefined {
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

/** Fields from whatever shape they are kept in; undefined where none of them is SAML's. */
function fieldsOf(kept: unknown): Fields | undefined {
  const fields =
    typeof kept === 'string'
      ? formFields(kept)
      : Array.isArray(kept)
        ? kept.flatMap(pairOf)
        : isEntry(kept)
          ? entryFields(kept)
          : [];
  return holdMessage(fields) ? fields : undefined;
}

/** HAR keeps a body as text and as params. Params are often still percent-encoded, so the text goes first. */
function entryFields(kept: Entry): Fields {
  const nested = fieldsOf(kept.text) ?? fieldsOf(kept.params) ?? fieldsOf(kept.formData);
  if (nested) return nested;
  return Object.entries(kept).flatMap(([name, value]) =>
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
  return name === undefined || value === undefined
    ? []
    : [[name, /%[0-9A-Fa-f]{2}/.test(value) ? decodeOnce(value) : value]];
}

function decodeOnce(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** The type of a form as HAR tells it, or as the request's headers do. */
function contentTypeOf(entry: Entry): string | undefined {
  const stated = isEntry(entry.postData) ? text(entry.postData.mimeType) : undefined;
  return stated || headerOf(entry.requestHeaders, 'content-type') || headerOf(entry.headers, 'content-type');
}

function headerOf(headers: unknown, name: string): string | undefined {
  if (!Array.isArray(headers)) return undefined;
  const found = headers.flatMap(pairOf).find(([one]) => one.toLowerCase() === name);
  return found?.[1];
}

/** The moment that an entry states; a server's Date header is the next best. */
function timeOf(node: unknown): Date | undefined {
  if (!isEntry(node)) return undefined;
  const stated = [
    node.startedDateTime,
    node.timestamp,
    node.timeStamp,
    node.date,
    node.time,
    headerOf(node.responseHeaders, 'date'),
  ];
  return stated.map(momentOf).find((moment) => moment !== undefined);
}

/** ISO 8601, an HTTP date, or milliseconds since 1970; a small number is a duration (HAR's `time`) and no moment. */
function momentOf(stated: unknown): Date | undefined {
  if (typeof stated !== 'number' && typeof stated !== 'string') return undefined;
  const number =
    typeof stated === 'number' ? stated : /^\d+(\.\d+)?$/.test(stated) ? Number(stated) : Date.parse(stated);
  return number > 1e12 && number < 8.64e15 ? new Date(number) : undefined;
}

const isEntry = (node: unknown): node is Entry => typeof node === 'object' && node !== null && !Array.isArray(node);
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
