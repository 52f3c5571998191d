/**
 * A lab as opened by `npm start`, with everything in progress that a foreign page could disturb, and a victim:
 * Ada is signed in at the SP, has opened a test link there, and Sam is signed in at the IdP.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import type { FaultPhrase } from '../../mock-idp/faults.ts';
import { type StartedLab, startLab } from '../lab/lab.ts';
import { rehearse, stage } from '../lab/rehearse.fixture.ts';
import { snapshot } from '../scenario/tasks/records.ts';
import { signInByPassword } from '../scenario/tasks/sp-session.ts';
import { createVisitor, type Visitor } from '../stack/visitor.ts';

const fault: FaultPhrase = 'an assertion with a different Audience';

export type Part = 'sp' | 'idp' | 'lab';

/** Values that a request needs; the attacker is assumed to know all of them. */
export interface Known {
  lab: StartedLab;
  origins: Readonly<Record<Part, string>>;
  entityId: string;
  /** Token of the test link that the victim's browser has opened. */
  token: string;
  /** Two sign-ins waiting for a password at the IdP. */
  transactions: readonly [string, string];
  /** Another IdP with the same keys. */
  metadata: string;
  /** ID of the response that the IdP holds. */
  responseId: string;
}

export interface VictimsLab extends AsyncDisposable {
  known: Known;
  victim: Visitor;
  /** Fields of the form that the page shows to the victim. */
  fieldsOn(origin: string, page: string, action: string): Promise<Record<string, string>>;
  /** Ports of the lab's other servers: the mail server and the mail scanner. */
  helperPorts: readonly number[];
  /** Every address on which the lab listens. */
  addresses: readonly string[];
}

export async function openVictimsLab(): Promise<VictimsLab> {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'lab-'));
  opened.defer(() => rm(folder, { recursive: true }));
  const listen = mock.method(Server.prototype, 'listen');
  opened.defer(() => listen.mock.restore());
  const lab = opened.use(await startLab({ data: folder, port: 0, spPort: 0, idpPort: 0 }));
  const { sp, idp } = lab.rehearsal.stack;
  const origins = { sp: sp.url, idp: idp.url, lab: lab.url };
  await prepare(lab);
  await addSpares(lab);
  const victim = createVisitor();
  const known = await signInVictim(lab, victim, origins);
  const addresses = addressesOf(listen.mock.calls.map((call) => call.this as Server));
  const ports = Object.values(origins).map((origin) => Number(new URL(origin).port));
  const kept = opened.move();
  return {
    known,
    victim,
    fieldsOn: (origin, page, action) => fieldsOn(victim, new URL(page, origin), action),
    helperPorts: addresses.map((one) => Number(new URL(`tcp://${one}`).port)).filter((port) => !ports.includes(port)),
    addresses,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

const addressesOf = (servers: readonly Server[]): string[] =>
  [...new Set(servers)].flatMap((server) => {
    const address = server.address();
    return address === null || typeof address === 'string' ? [] : [`${address.address}:${address.port}`];
  });

/** A staged case, a verified revision that is not enforced, and an enforced profile that covers Lena. */
async function prepare(lab: StartedLab): Promise<void> {
  const { rehearsal } = lab;
  const { sp, idp } = rehearsal.stack;
  const acme = `/organizations/${rehearsal.organization.slug}`;
  await stage(lab, 'enforce-before-test');
  if ((await rehearse(lab))?.url.pathname !== '/console') throw new Error('Sam could not sign in');
  for (const { address } of (await snapshot(rehearsal)).users)
    await sp.control.patch(`${acme}/users/${address}`, { profile: 'Acme' });
  await sp.control.put(`${acme}/users/lena@acme.example`, { name: 'Lena', password: 'lena-at-sp' });
  const { settings } = (await sp.control.get<{ profiles: { settings: object }[] }>(acme)).profiles[0]!;
  await sp.control.put(`${acme}/profiles/Another`, settings);
  await sp.control.put(`${acme}/profiles/Another/enforce-unproven`, {});
  await idp.control.put('/tenants/acme/faults', [{ phrase: fault }]);
}

/** Objects that control routes can delete without affecting the other routes. */
async function addSpares({ rehearsal }: StartedLab): Promise<void> {
  const { sp, idp } = rehearsal.stack;
  await sp.control.put('/organizations/spare', { name: 'Spare', domains: ['spare.example'] });
  await sp.control.put('/organizations/acme/domains/second.example', {});
  await idp.control.put('/tenants/spare', {});
  await idp.control.put('/tenants/acme/users/spare', { password: 'spare' });
  await idp.control.put('/tenants/acme/apps', {
    entityId: 'https://spare.example',
    acs: ['https://spare.example/acs'],
  });
}

async function signInVictim(lab: StartedLab, victim: Visitor, origins: Known['origins']): Promise<Known> {
  const {
    stack: { sp, idp, mailbox, mailProblems },
    cast: { Ada, Grace, Sam },
    tenant: { slug: tenant },
  } = lab.rehearsal;
  const admin = createVisitor();
  await signInByPassword(admin, sp.url, Ada);
  await submitOn(admin, new URL('/admin/sso/1/result', sp.url), { mark: 'success' });
  await mailProblems?.arrange(Grace.address, 'rewrites the links in');
  await submitOn(admin, new URL('/admin/sso/1/test', sp.url), { address: Grace.address });
  const { text } = (await mailbox.messagesTo(Grace.address)).at(-1)!;
  const token = /\/try\/([\w-]+)/.exec(text)![1]!;
  await victim.visit(new URL(`/try/${token}`, sp.url));
  await signInByPassword(victim, sp.url, Ada);
  const portal = new URL(`/${tenant}`, idp.url);
  const credentials = Object.entries({ username: Sam.address, password: Sam.idpPassword });
  await victim.visit(`${portal.href}/login`, { method: 'POST', fields: credentials, from: portal });
  await idp.control.put(`/tenants/${tenant}/hold`, { hold: true });
  const waiting = await victim.visit(new URL(`/${tenant}/apps/1`, idp.url));
  const { entityId } = await snapshot(lab.rehearsal);
  const metadata = (await victim.visit(`${portal.href}/metadata`)).body.replace('/acme/metadata', '/mallory/metadata');
  const known = { lab, origins, entityId, token, metadata, responseId: lastOf(waiting.url) };
  return { ...known, transactions: [await beginSignIn(known, 'first'), await beginSignIn(known, 'second')] };
}

const lastOf = (url: URL): string => url.pathname.split('/').at(-1)!;

/** Another browser, without a session, waits on the IdP login page. */
async function beginSignIn(known: Pick<Known, 'entityId' | 'origins' | 'lab'>, which: string): Promise<string> {
  const sso = new URL(`/${known.lab.rehearsal.tenant.slug}/sso`, known.origins.idp);
  const page = await createVisitor().visit(sso, {
    method: 'POST',
    fields: [['SAMLRequest', Buffer.from(authnRequest(known, `_the-${which}-sign-in`)).toString('base64')]],
    from: new URL(known.origins.sp),
  });
  const form = page.forms.find(({ action }) => action.pathname.endsWith('/login'))!;
  return form.fields.find(({ name }) => name === 'transaction')!.value;
}

/** Submits the page's own form with these fields. */
async function submitOn(visitor: Visitor, page: URL, filled: Record<string, string>): Promise<void> {
  const fields = { ...(await fieldsOn(visitor, page, page.pathname)), ...filled };
  await visitor.visit(page, { method: 'POST', fields: Object.entries(fields), from: page });
}

async function fieldsOn(visitor: Visitor, page: URL, action: string): Promise<Record<string, string>> {
  const { forms } = await visitor.visit(page);
  const form = forms.find(
    (one) => one.method === 'POST' && [one, ...one.buttons].some((sender) => sender.action?.pathname === action),
  );
  if (form === undefined) throw new Error(`${page.pathname} has no form for ${action}`);
  return Object.fromEntries(form.fields.map(({ name, value }) => [name, value]));
}

/** An AuthnRequest that the IdP accepts: unsigned, from the registered app. */
export const authnRequest = ({ entityId, origins }: Pick<Known, 'entityId' | 'origins'>, id: string): string =>
  `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
 xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${id}" Version="2.0"
 IssueInstant="${new Date().toISOString()}" Destination="${origins.idp}/acme/sso">
<saml:Issuer>${entityId}</saml:Issuer></samlp:AuthnRequest>`;
