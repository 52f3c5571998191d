/** Sends a response to the application as the browser would. */
import type { Answer } from '../api.ts';
import type { Visitor } from './visitor.ts';

/** One response for each time that it is sent, after redirects, or before a redirect to the URL that ends them. */
export async function deliver(answer: Answer, visitor: Visitor, isEnd?: (url: URL) => boolean): Promise<Response[]> {
  const responses: Response[] = [];
  for (let count = 0; count < answer.copies; count++)
    responses.push(await visitor.follow(await send(answer, visitor), isEnd));
  return responses;
}

const send = ({ action, method, contentType, fields }: Answer, { visit }: Visitor): Promise<Response> =>
  method === 'get' ? visit(withQuery(action, fields)) : visit(action, { method: 'POST', ...body(contentType, fields) });

/** A form by GET replaces the query string (HTML, 4.10.21.3). */
function withQuery(action: string, fields: Answer['fields']): URL {
  const url = new URL(action);
  url.search = String(new URLSearchParams(fields));
  return url;
}

function body(contentType: string, fields: Answer['fields']): Pick<RequestInit, 'body' | 'headers'> {
  if (contentType === 'multipart/form-data') {
    const form = new FormData();
    for (const [name, value] of fields) form.append(name, value);
    return { body: form };
  }
  if (contentType === 'text/plain')
    return {
      headers: { 'content-type': contentType },
      body: fields.map(([name, value]) => `${name}=${value}\r\n`).join(''),
    };
  return { body: new URLSearchParams(fields) };
}
