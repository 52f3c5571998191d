/** Test fixture: one whole rehearsal in the lab over HTTP, and the buttons of the front page. */

import { type Snapshot, snapshot } from '../scenario/tasks/records.ts';
import { signInScripted } from '../stack/scripted-sign-in.ts';
import type { Visit } from '../stack/visit.ts';
import { createVisitor, type Visitor } from '../stack/visitor.ts';
import { sendWizardForm } from '../stack/wizard-form.ts';
import type { StartedLab } from './lab.ts';

/** Ada signs in once per lab, as password hashing is slow by design. */
const signedIn = new WeakMap<StartedLab, Promise<Visitor>>();

async function signInAda({
  rehearsal: {
    stack: { sp },
    cast: { Ada },
  },
}: StartedLab): Promise<Visitor> {
  const ada = createVisitor();
  const login = await ada.visit(new URL('/login', sp.url));
  const password = await ada.submit(login.forms[0]!, { address: Ada.address }, { from: login.url });
  await ada.submit(
    password.forms.find(({ fields }) => fields.some(({ type }) => type === 'password'))!,
    { password: Ada.password },
    { from: password.url },
  );
  return ada;
}

/** Ada sends Sam a test. Returns the path of the link in the email. */
export async function sendTest(lab: StartedLab): Promise<string> {
  const { rehearsal } = lab;
  const {
    stack: { sp, mailbox },
    cast: { Sam },
  } = rehearsal;
  const waiting = signedIn.get(lab) ?? signInAda(lab);
  signedIn.set(lab, waiting);
  const ada = await waiting;
  const [profile] = (await snapshot(rehearsal)).profiles;
  const step = new URL(`/admin/sso/${profile!.id}/test`, sp.url);
  await sendWizardForm(ada, step, [['address', Sam.address]]);
  const { text } = (await mailbox.messagesTo(Sam.address)).at(-1)!;
  return new URL(/http\S+\/try\/\S+/.exec(text)![0]).pathname;
}

/** Ada sends Sam a test, and Sam takes it. Returns where it ended, or undefined if the connection was cut. */
export async function rehearse(lab: StartedLab): Promise<Visit | undefined> {
  const {
    stack: { sp },
    cast,
  } = lab.rehearsal;
  return signInScripted({ spUrl: sp.url, person: cast.Sam, startAt: await sendTest(lab) }).catch(() => undefined);
}

export const post = (
  lab: StartedLab,
  path: string,
  fields: readonly (readonly [string, string])[] = [],
): Promise<Visit> => createVisitor().visit(new URL(path, lab.url), { method: 'POST', fields, from: new URL(lab.url) });

export const stage = (lab: StartedLab, code: string): Promise<Visit> => post(lab, '/stage', [['code', code]]);
export const resetLab = (lab: StartedLab): Promise<Visit> => post(lab, '/put-right');

/** The newest response in the service provider's log. */
export const latestResponse = async ({ rehearsal }: StartedLab): Promise<Snapshot['responses'][number] | undefined> =>
  (await snapshot(rehearsal)).responses.toSorted((a, b) => b.id - a.id)[0];
