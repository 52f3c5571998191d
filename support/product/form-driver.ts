/** Acts for a person on parsed pages: fills in and sends their forms, through any client that fetches pages. */
import type { Control } from '../stack/page.ts';
import type { Form, Visit } from '../stack/visit.ts';
import type { UploadedFile, Visitor } from '../stack/visitor.ts';
import {
  DisabledButton,
  type Driver,
  EndlessSignIn,
  failure,
  type Look,
  NeedsBrowser,
  NoPage,
  NotOnPage,
  noPage,
} from './driver.ts';
import { type FieldHint, findLabelled, type Label } from './label.ts';

/** Fetches pages. An error with a `url` says which request failed. */
export type PageVisitor = Pick<Visitor, 'visit' | 'submit'>;

export interface FormDriverOptions {
  who: string;
  visitor: PageVisitor;
  /** True to pass this message on to its receiver, as a browser does; false to stay on the page. */
  passesOn: (form: Form) => boolean;
  /** The page that is open at the beginning; by default none. */
  page?: Visit | undefined;
}

export interface FormDriver extends Omit<Driver, 'aside' | 'cookies' | 'takeCookies' | 'forgetCookies'> {
  readonly kind: 'http';
  /** The open page. */
  readonly page: Visit | undefined;
}

/** More forwarding pages in a row are a loop. */
const mostPassedOn = 8;

export function createFormDriver({ who, visitor, passesOn, page }: FormDriverOptions): FormDriver {
  const tab = createTab({ who, visitor, passesOn, page });
  const missing = (kind: NotOnPage['kind'], hint: FieldHint): NotOnPage => new NotOnPage(who, kind, hint, tab.look());

  function control(hint: FieldHint, kind: 'field' | 'box'): Control {
    const found = tab.find(hint, kind);
    if (found === undefined) throw missing(kind, hint);
    return found;
  }

  return {
    kind: 'http',
    who,
    get page() {
      return tab.page;
    },
    open: (url) => tab.go(String(url), () => visitor.visit(url)),
    async fill(field, value) {
      tab.draft.typed.set(control(field, 'field'), value);
    },
    async upload(field, file) {
      tab.draft.files.set(control(field, 'field'), file);
    },
    async tick(box, { checked = true } = {}) {
      tab.draft.ticked.set(control(box, 'box'), checked);
    },
    async press(button) {
      const from = tab.page?.url;
      const found = tab.page && pressedForm(tab.page, button, tab.draft);
      if (found === undefined || from === undefined) throw missing('button', button);
      if (found.isDisabled) throw new DisabledButton(who, button, tab.look());
      const { form, files } = filledIn(found.form, tab.draft);
      await tab.go((found.action ?? form.action).href, () =>
        visitor.submit(form, {}, { from, button: found.label, files }),
      );
    },
    async follow(link) {
      const from = tab.page?.url;
      const found = tab.page && findLabelled(tab.page.links, link, ({ label }) => [label]);
      if (found === undefined) throw missing('link', link);
      await tab.go(found.target.href, () => visitor.visit(found.target, { from }));
    },
    async send(url, { headers, body }) {
      const from = tab.page?.url;
      const script = { accept: 'application/json', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };
      const { 'content-type': type = 'text/plain', ...more } = headers;
      const sending = { method: 'POST', from, headers: { ...script, ...more }, body: { type, octets: body } } as const;
      const { status, body: text } = await visitor.visit(url, sending);
      return { status, text };
    },
    look: async () => tab.look(),
    has: async (field) => tab.find(field, 'field') !== undefined,
    back: () => Promise.reject(new NeedsBrowser(who, 'go back in its history')),
    async reload() {
      if (!(await tab.reload())) throw new NoPage(who, 'reload the page', noPage);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** The open page, and the text filled in on it. */
interface Tab {
  readonly page: Visit | undefined;
  readonly draft: Draft;
  look(): Look;
  find(hint: FieldHint, kind: 'field' | 'box'): Control | undefined;
  /** Opens a page, and follows pages that pass on a message. `url` is shown if that fails. */
  go(url: string, send: () => Promise<Visit>): Promise<void>;
  /** False if no page is open. */
  reload(): Promise<boolean>;
}

function createTab({ who, visitor, passesOn, page: first }: FormDriverOptions): Tab {
  let page = first;
  /** The URL that could not be opened, and why. */
  let broken: Look | undefined;
  let draft = emptyDraft();
  /** Repeats the request that led to the page. */
  let again: (() => Promise<Visit>) | undefined;

  /** Also submits forms that a browser's script would submit at once. */
  async function arrive(first: () => Promise<Visit>): Promise<Visit> {
    let arrived = await first();
    again = first;
    for (let passedOn = 0; ; passedOn++) {
      const forms = arrived.forms.filter(carriesMessage);
      if (forms[0] === undefined || !passesOn(forms[0])) break;
      if (passedOn === mostPassedOn) throw new EndlessSignIn(who, { passedOn, look: lookOf(arrived) });
      const from = arrived.url;
      for (const form of forms) {
        again = () => visitor.submit(form, {}, { from });
        arrived = await again();
      }
    }
    return arrived;
  }

  async function go(url: string, send: () => Promise<Visit>): Promise<void> {
    draft = emptyDraft();
    page = broken = undefined;
    try {
      page = await arrive(send);
    } catch (error) {
      if (error instanceof EndlessSignIn) throw error;
      const text = `The page could not be opened: ${(error as Error).message}`;
      broken = { ...noPage, url: (error as Error & { url?: string }).url ?? url, text, isUnreachable: true };
    }
  }

  const look = (): Look => broken ?? (page === undefined ? noPage : lookOf(page));

  return {
    get page() {
      return page;
    },
    get draft() {
      return draft;
    },
    look,
    find(hint, kind) {
      const fits = kind === 'box' ? isBox : (one: Control): boolean => !isBox(one) && one.type !== 'hidden';
      return findControl((page?.controls ?? []).filter(fits), hint);
    },
    go,
    async reload() {
      if (again !== undefined) await go(look().url, again);
      return again !== undefined;
    },
  };
}

/** Values that were filled in but not sent yet. */
interface Draft {
  typed: Map<Control, string>;
  ticked: Map<Control, boolean>;
  files: Map<Control, UploadedFile>;
}

const emptyDraft = (): Draft => ({ typed: new Map(), ticked: new Map(), files: new Map() });

const isBox = ({ type }: Control): boolean => type === 'checkbox' || type === 'radio';

function findControl(controls: readonly Control[], hint: FieldHint): Control | undefined {
  if (typeof hint === 'string' || hint instanceof RegExp) return findLabelled(controls, hint, ({ labels }) => labels);
  return controls.find((one) => ('name' in hint ? one.name === hint.name : one.placeholder === hint.placeholder));
}

interface Pressed {
  form: Form;
  label: string;
  isDisabled: boolean;
  action: URL | undefined;
}

/** The form with this button. If there are several, the one that was filled in. */
function pressedForm({ forms }: Visit, button: Label, draft: Draft): Pressed | undefined {
  const filled = new Set([...draft.typed, ...draft.ticked, ...draft.files].map(([{ form }]) => form));
  const all = forms
    .toSorted((one, other) => Number(filled.has(other)) - Number(filled.has(one)))
    .flatMap((form) => form.buttons.map(({ label, isDisabled, action }) => ({ form, label, isDisabled, action })));
  return findLabelled(all, button, ({ label }) => [label]);
}

/** The form with everything that was entered in it. */
function filledIn(form: Form, draft: Draft): { form: Form; files: Record<string, UploadedFile> } {
  const own = <Value>(map: Map<Control, Value>): [Control, Value][] => [...map].filter(([one]) => one.form === form);
  let fields = [...form.fields];
  for (const [{ name, type }, value] of own(draft.typed))
    fields = [...fields.filter((field) => field.name !== name), { name, type, value }];
  for (const [{ name, type, value }, checked] of own(draft.ticked)) {
    fields = fields.filter((field) => field.name !== name || (type === 'checkbox' && field.value !== value));
    if (checked) fields.push({ name, type, value });
  }
  const files = Object.fromEntries(own(draft.files).map(([{ name }, file]) => [name, file]));
  return { form: { ...form, fields }, files };
}

/** True for a form of hidden fields with a SAML message, which a browser's script would submit at once. */
const carriesMessage = ({ fields }: Form): boolean =>
  fields.every(({ type }) => type === 'hidden') &&
  fields.some(({ name }) => /^(SAML(Response|Request|art)|RelayState)$/i.test(name));

/** Reads each part of the page when it is asked for: most looks need one. */
function lookOf(page: Visit): Look {
  const { url, status, alerts } = page;
  return {
    url: url.href,
    get heading() {
      return page.heading;
    },
    get text() {
      return page.mainText === '' ? page.spacedText : page.mainText;
    },
    ...(alerts[0] === undefined ? {} : { alert: alerts[0] }),
    get fields() {
      return page.controls
        .filter(({ type }) => !['hidden', 'submit', 'button', 'reset', 'image'].includes(type))
        .map(({ labels, placeholder, name }) => labels[0] ?? placeholder ?? name);
    },
    get buttons() {
      return page.forms.flatMap(({ buttons }) => buttons.map(({ label }) => label));
    },
    get links() {
      return page.links.map(({ label, target }) => ({ label, url: target.href }));
    },
    ...failure(status),
  };
}
