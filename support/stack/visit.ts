/** A page as a visitor without a browser gets it: its address, status, forms and text. */
import { type CheerioAPI, load } from 'cheerio';

export interface Visit {
  url: URL;
  status: number;
  contentType: string;
  body: string;
  headers: Headers;
  forms: readonly Form[];
  /** The text that a person would read, white space folded. */
  text: string;
}

export interface Form {
  action: URL;
  method: 'GET' | 'POST';
  enctype: string;
  fields: readonly Field[];
  buttons: readonly Button[];
}

interface Field {
  name: string;
  value: string;
  /** Of an input; otherwise the name of the element. */
  type: string;
}

interface Button {
  name: string | undefined;
  value: string;
  /** What the button says. */
  label: string;
}

/** Parses forms and text only when they are read: most pages are passed by for one of the two, or for neither. */
export function readVisit({ url, status, headers, body }: Pick<Visit, 'url' | 'status' | 'headers' | 'body'>): Visit {
  const contentType = headers.get('content-type') ?? '';
  const isPage = /html/.test(contentType);
  // The parser that does as browsers do takes one character at a time: for a page of megabytes there is a quicker one.
  const parsed = once(() =>
    load(isPage ? body : '', body.length > 1_000_000 ? { xml: { xmlMode: false } } : undefined),
  );
  const forms = once(() => formsOf(parsed(), url));
  const text = once(() => (isPage ? textOf(parsed()) : body.trim()));
  return {
    url,
    status,
    contentType,
    body,
    headers,
    get forms() {
      return forms();
    },
    get text() {
      return text();
    },
  };
}

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function textOf($: CheerioAPI): string {
  const body = $('body').clone();
  body.find('script, style, template').remove();
  return body.text().replace(/\s+/g, ' ').trim();
}

type Selection = ReturnType<CheerioAPI>;

const formsOf = ($: CheerioAPI, url: URL): Form[] =>
  $('form')
    .get()
    .map((form) => ({
      action: new URL($(form).attr('action') ?? '', url),
      method: ($(form).attr('method') ?? 'get').toUpperCase() === 'POST' ? 'POST' : 'GET',
      enctype: $(form).attr('enctype') ?? 'application/x-www-form-urlencoded',
      fields: $(form)
        .find('input, select, textarea')
        .get()
        .flatMap((control) => fieldsOf($(control))),
      buttons: $(form)
        .find('button, input[type=submit]')
        .get()
        .filter((button) => !['button', 'reset'].includes($(button).attr('type') ?? ''))
        .map((button) => buttonOf($(button))),
    }));

/** What a control sends: nothing, its value, or each of its values. */
function fieldsOf(control: Selection): Field[] {
  const name = control.attr('name');
  const type = (control.attr('type') ?? control.prop('tagName')!).toLowerCase();
  const isDisabled = control.attr('disabled') !== undefined;
  if (!name || isDisabled || ['submit', 'button', 'image', 'reset', 'file'].includes(type)) return [];
  const isBox = ['checkbox', 'radio'].includes(type);
  if (isBox && control.attr('checked') === undefined) return [];
  const value = control.val() ?? (isBox ? 'on' : '');
  return (Array.isArray(value) ? value : [value]).map((one) => ({ name, value: one, type }));
}

const buttonOf = (button: Selection): Button => ({
  name: button.attr('name'),
  value: button.attr('value') ?? '',
  label: (button.text() || button.attr('value') || '').trim(),
});
