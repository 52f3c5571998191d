/** Test fixture: one whole rehearsal in the lab over HTTP, and the buttons of the front page. */

import * as connecting from '../product/connecting.ts';
import { createHttpDriver, type HttpDriver } from '../product/http-driver.ts';
import { ownProduct } from '../product/own-product.ts';
import { signInByPassword } from '../product/signing-in.ts';
import { readTestEmail } from '../product/test-email.ts';
import { type Snapshot, snapshot } from '../scenario/tasks/records.ts';
import { signInScripted } from '../stack/scripted-sign-in.ts';
import type { Visit } from '../stack/visit.ts';
import { createVisitor } from '../stack/visitor.ts';
import type { StartedLab } from './lab.ts';

/** Ada signs in once per lab, as password hashing is slow by design. */
const signedIn = new WeakMap<StartedLab, Promise<HttpDriver>>();

async function signInAda({ rehearsal: { stack, cast } }: StartedLab): Promise<HttpDriver> {
  const driver = createHttpDriver({ who: 'Ada' });
  const { address: email, password } = cast.Ada;
  await signInByPassword({ driver, product: ownProduct(stack.sp.url) }, { email, password });
  return driver;
}

/** Ada sends Sam a test. Throws NotDone if the service provider's page shows a warning. */
export async function sendTest(lab: StartedLab): Promise<string> {
  const {
    stack: { sp, mailbox },
    cast: { Sam },
  } = lab.rehearsal;
  const waiting = signedIn.get(lab) ?? signInAda(lab);
  signedIn.set(lab, waiting);
  const { jar } = (await waiting).visitor;
  const [profile] = (await snapshot(lab.rehearsal)).profiles;
  const product = ownProduct(sp.url, { connection: profile?.id });
  await connecting.sendTest({ driver: createHttpDriver({ who: 'Ada', jar }), product }, Sam.address);
  const { link } = await readTestEmail({ product, mailbox }, { to: Sam.address });
  return new URL(link).pathname;
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
