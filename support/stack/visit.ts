/** A page without a browser: its URL, status, forms and text. */
import { type Form, type Page, readPage } from './page.ts';

export type { Form };

export interface Visit extends Page {
  url: URL;
  status: number;
  contentType: string;
  body: string;
  headers: Headers;
}

/** Parses the page only when needed: most pages are passed through. */
export function readVisit({ url, status, headers, body }: Pick<Visit, 'url' | 'status' | 'headers' | 'body'>): Visit {
  const contentType = headers.get('content-type') ?? '';
  let read: Page | undefined;
  const page = (): Page => {
    read ??= /html/.test(contentType) ? readPage(body, url) : plainText(body);
    return read;
  };
  return {
    url,
    status,
    contentType,
    body,
    headers,
    get forms() {
      return page().forms;
    },
    get controls() {
      return page().controls;
    },
    get links() {
      return page().links;
    },
    get text() {
      return page().text;
    },
    get spacedText() {
      return page().spacedText;
    },
    get heading() {
      return page().heading;
    },
    get mainText() {
      return page().mainText;
    },
    get alerts() {
      return page().alerts;
    },
  };
}

function plainText(body: string): Page {
  const text = body.trim();
  return { text, spacedText: text, heading: '', mainText: '', alerts: [], forms: [], controls: [], links: [] };
}
