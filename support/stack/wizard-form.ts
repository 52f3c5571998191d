/** Sends the forms of our SP's wizard without a browser. */
import type { Visit } from './visit.ts';
import type { Visitor } from './visitor.ts';

/** Steps whose form is on the page of another step. */
const pages: Readonly<Record<string, string>> = { metadata: 'profile', lift: 'enforce' };

/**
 * Opens the page of a form, and posts these fields together with the form's hidden ones, which contain the revision:
 * `/admin/sso/1/lift` is on `/admin/sso/1/enforce`.
 */
export async function sendWizardForm(
  visitor: Visitor,
  form: URL,
  fields: readonly (readonly [name: string, value: string])[] = [],
): Promise<Visit> {
  const step = form.pathname.split('/').at(-1)!;
  const page = new URL(pages[step] ?? step, form);
  const { forms } = await visitor.visit(page);
  const leadsHere = (action: URL | undefined): boolean => action?.pathname === form.pathname;
  const found = forms.find((one) => leadsHere(one.action) || one.buttons.some(({ action }) => leadsHere(action)));
  const shown = found?.fields ?? [];
  const hidden = shown.flatMap(({ name, value, type }) => (type === 'hidden' ? [[name, value] as const] : []));
  return visitor.visit(form, { method: 'POST', fields: [...hidden, ...fields], from: page });
}
