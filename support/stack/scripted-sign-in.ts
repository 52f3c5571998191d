/** A whole scripted sign-in: email, AuthnRequest, credentials, response, Console. */
import type { Person } from './rehearsal.ts';
import { fillSignInForm, type SignInForm } from './sign-in-form.ts';
import type { Form, Visit } from './visit.ts';
import { createVisitor, type Visitor } from './visitor.ts';

export interface SignInOptions {
  spUrl: string;
  person: Person;
  visitor?: Visitor;
  /** The login page, or a test link. */
  startAt?: string;
  /** The page at `startAt`, if it is open already. */
  open?: Visit | undefined;
  /** Goes to the identity provider in another way than by its login page, and returns the page that is then open. */
  start?: (() => Promise<Visit>) | undefined;
  /** The fields to fill in on the IdP's pages; by default those of a form with a password. */
  form?: SignInForm | undefined;
  /** Called when the IdP asks for credentials. */
  onCredentials?: (() => Promise<unknown>) | undefined;
  /** Called with the form of the SAML response before it is posted. Returns the form to post, or undefined to stop. */
  onResponse?: (form: Form) => Form | undefined;
}

/** The page on which the sign-in ended: the Console, a rejection, or a dead end at the IdP. */
export async function signInScripted({
  spUrl,
  person,
  visitor = createVisitor(),
  startAt = '/login',
  open,
  start,
  form,
  onCredentials,
  onResponse = (form) => form,
}: SignInOptions): Promise<Visit> {
  let page = start === undefined ? (open ?? (await visitor.visit(new URL(startAt, spUrl)))) : await start();
  let idp: string | undefined;
  for (let steps = start === undefined ? 0 : 1; steps < 8; steps++) {
    const [saml, ...copies] = page.forms.filter(
      ({ action, fields }) =>
        fields.some(({ name }) => /^SAML(Response|Request|art)$/i.test(name)) ||
        (page.url.origin !== new URL(spUrl).origin && leavesFor({ action, fields }, page)),
    );
    const credentials = filledForm(page, { spUrl, person, form });
    const address = page.forms.find(({ fields }) => fields.some(({ type }) => type === 'email'));
    if (saml) {
      const isRequest = saml.fields.some(({ name }) => name === 'SAMLRequest') && page.url.origin !== idp;
      const sent = isRequest ? saml : onResponse(saml);
      if (sent === undefined) return page;
      let ended = await visitor.submit(sent, {}, { from: page.url });
      for (const copy of copies) ended = await visitor.submit(copy, {}, { from: page.url });
      if (!isRequest) return ended;
      page = ended;
    } else if (credentials) {
      await onCredentials?.();
      idp = page.url.origin;
      const { form: filled, values, button } = credentials;
      page = await visitor.submit(filled, values, { from: page.url, ...(button === undefined ? {} : { button }) });
    } else if (address && page.url.origin === new URL(spUrl).origin && steps === 0) {
      page = await visitor.submit(address, fill(address, person.address, person.password), { from: page.url });
    } else {
      return page;
    }
  }
  return page;
}

/** True for a form that a page of the IdP posts to another site, under any names of its fields. */
const leavesFor = ({ action, fields }: Pick<Form, 'action' | 'fields'>, page: Visit): boolean =>
  fields.some(({ name }) => name === 'RelayState') ||
  (action.origin !== page.url.origin && fields.every(({ type }) => type === 'hidden'));

/** Stops before the SAML response is posted, and returns its form. Throws if there is no response. */
export async function responseOf(options: Omit<SignInOptions, 'onResponse'>): Promise<Form> {
  const forms: Form[] = [];
  const ended = await signInScripted({ ...options, onResponse: (form) => void forms.push(form) });
  if (forms[0] === undefined) throw new Error(`the IdP sent no response; the sign-in ended at ${ended.url.href}`);
  return forms[0];
}

/** The form that asks for credentials, filled in; at the IdP the described one, if it is described. */
function filledForm(
  page: Visit,
  { spUrl, person, form }: Pick<SignInOptions, 'spUrl' | 'person' | 'form'>,
): { form: Form; values: Record<string, string>; button?: string } | undefined {
  const username = person.idpUsername ?? person.address;
  if (form !== undefined && page.url.origin !== new URL(spUrl).origin)
    return fillSignInForm(page, form, { username, password: person.idpPassword });
  const found = page.forms.find(({ fields }) => fields.some(({ type }) => type === 'password'));
  return found && { form: found, values: fill(found, username, person.idpPassword) };
}

/** Fills in a person's credentials, by type of field. */
function fill(form: Form, address: string, password: string): Record<string, string> {
  return Object.fromEntries(
    form.fields.flatMap(({ name, type }) =>
      type === 'password' ? [[name, password]] : type === 'email' || type === 'text' ? [[name, address]] : [],
    ),
  );
}
