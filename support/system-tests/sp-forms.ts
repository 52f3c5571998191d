/** What tests do at the SP over HTTP: post a form, ask Sam for a test, see whether a visitor is signed in. */

import { snapshot } from '../scenario/tasks/records.ts';
import { signInByPassword } from '../scenario/tasks/sp-session.ts';
import { testMail } from '../scenario/tasks/test-emails.ts';
import type { Rehearsal } from '../stack/rehearsal.ts';
import { testLink } from '../stack/test-link.ts';
import type { Visit } from '../stack/visit.ts';
import { createVisitor, type Visitor } from '../stack/visitor.ts';
import { sendWizardForm } from '../stack/wizard-form.ts';

type Fields = readonly (readonly [name: string, value: string])[];

/** Posts fields to a page of the SP, as that page's own form would. */
export function postForm(visitor: Visitor, spUrl: string, path: string, fields: Fields = []): Promise<Visit> {
  const url = new URL(path, spUrl);
  if (path.startsWith('/admin/sso/')) return sendWizardForm(visitor, url, fields);
  return visitor.visit(url, { method: 'POST', fields, from: url });
}

/** The path of a step of the wizard for the only profile. */
export const stepPath = async (rehearsal: Rehearsal, step: 'test' | 'result' | 'enforce' | 'lift'): Promise<string> =>
  `/admin/sso/${(await snapshot(rehearsal)).profiles[0]!.id}/${step}`;

export const isSignedIn = async (visitor: Visitor, spUrl: string): Promise<boolean> =>
  (await visitor.visit(new URL('/console', spUrl))).url.pathname === '/console';

/** Ada signs in and asks Sam for a test; the page that she sees then. */
export async function sendTest(rehearsal: Rehearsal, ada = createVisitor()): Promise<Visit> {
  const { stack, cast } = rehearsal;
  await signInByPassword(ada, stack.sp.url, cast.Ada);
  return postForm(ada, stack.sp.url, await stepPath(rehearsal, 'test'), [['address', cast.Sam.address]]);
}

/** The link in Sam's newest email. */
export const linkToSam = async (rehearsal: Rehearsal): Promise<string> =>
  testLink(await testMail(rehearsal, { who: 'Sam' }));
