/** Requests that tests send to the SP: post a form, send Sam a test, see if a visitor is signed in. */

import * as connecting from '../product/connecting.ts';
import { attempt } from '../product/deed.ts';
import { createHttpDriver } from '../product/http-driver.ts';
import { ownProduct } from '../product/own-product.ts';
import { signInByPassword } from '../product/signing-in.ts';
import { snapshot } from '../scenario/tasks/records.ts';
import { linkTo } from '../scenario/tasks/test-emails.ts';
import type { Rehearsal } from '../stack/rehearsal.ts';
import type { Visit } from '../stack/visit.ts';
import { createVisitor, type Visitor } from '../stack/visitor.ts';
import { sendWizardForm } from '../stack/wizard-form.ts';

type Fields = readonly (readonly [name: string, value: string])[];

/** Posts fields to a page of the SP, as that page's form would. */
export function postForm(visitor: Visitor, spUrl: string, path: string, fields: Fields = []): Promise<Visit> {
  const url = new URL(path, spUrl);
  if (path.startsWith('/admin/sso/')) return sendWizardForm(visitor, url, fields);
  return visitor.visit(url, { method: 'POST', fields, from: url });
}

/** Path of a step of the wizard for the only profile. */
export const stepPath = async (rehearsal: Rehearsal, step: 'test' | 'result' | 'enforce' | 'lift'): Promise<string> =>
  `/admin/sso/${(await snapshot(rehearsal)).profiles[0]!.id}/${step}`;

export const isSignedIn = async (visitor: Visitor, spUrl: string): Promise<boolean> =>
  (await visitor.visit(new URL('/console', spUrl))).url.pathname === '/console';

/** Ada signs in and sends Sam a test, or sees why not; returns the page that she sees then. */
export async function sendTest(rehearsal: Rehearsal, ada = createVisitor()): Promise<Visit> {
  const { stack, cast } = rehearsal;
  const [profile] = (await snapshot(rehearsal)).profiles;
  const driver = createHttpDriver({ who: 'Ada', jar: ada.jar });
  const at = { driver, product: ownProduct(stack.sp.url, { connection: profile?.id }) };
  await signInByPassword(at, { email: cast.Ada.address, password: cast.Ada.password });
  await attempt(connecting.sendTest(at, cast.Sam.address));
  return driver.page!;
}

/** The link in Sam's newest email. */
export const linkToSam = (rehearsal: Rehearsal): Promise<string> => linkTo(rehearsal, 'Sam');
