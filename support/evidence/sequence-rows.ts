/** Turns events into rows of the sequence diagram, one for each request, email and note, without secrets. */

import { type Name, names } from '../catalogue/cast.ts';
import { isAt } from '../idp/identity-provider.ts';
import { idpOf } from '../idp/mock.ts';
import { isAtProduct } from '../product/product.ts';
import type { Scene } from '../scenario/scene.ts';
import { harmless } from '../terminal/foreign-text.ts';
import type { NewEvents } from './new-events.ts';
import { redact } from './redact.ts';
import type { Lane, SequenceRow } from './sequence-diagram.ts';

/** In the order of the events. */
export function sequenceRowsOf(scene: Scene, { exchanges, mail, idp, responses, audit }: NewEvents): SequenceRow[] {
  const rows = [
    ...exchanges.flatMap((exchange) => exchangeRows(scene, exchange)),
    ...mail.map(mailRow),
    ...idp.flatMap((event) => idpRows(scene, event)),
    ...responses.map(verdictRow),
    ...audit.filter(({ action }) => action !== 'sign-in-refused').map(auditRow),
  ];
  return rows
    .map((row) => ({ ...row, label: harmless(redact(inNames(scene, row.label))) }))
    .toSorted((one, other) => one.at - other.at);
}

/** Everyone except the administrator uses the tester's browser. */
const laneOf = (who: Name): Lane => (who === 'Ada' ? 'administrator' : 'tester');

const mailRow = ({ on, who, subject }: NewEvents['mail'][number]): SequenceRow => ({
  at: on,
  from: 'sp',
  to: 'mailbox',
  label: `Email to ${who}: ${subject}`,
  tone: 'mail',
});

const verdictRow = ({ on, verdict }: NewEvents['responses'][number]): SequenceRow => ({
  at: on,
  from: 'sp',
  to: 'sp',
  label: verdict === 'success' ? 'Accepted' : `Rejected: ${verdict}`,
  tone: verdict === 'success' ? 'good' : 'bad',
});

const auditRow = ({ on, actor, action, detail }: NewEvents['audit'][number]): SequenceRow => ({
  at: on,
  from: 'sp',
  to: 'sp',
  label: `${actor === 'control' ? 'arranged' : actor}: ${action.replaceAll('-', ' ')}${briefly(detail)}`,
});

/** At most three details, on one line. */
function briefly(detail: Readonly<Record<string, unknown>>): string {
  const details = Object.entries(detail)
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
    .slice(0, 3)
    .map(([key, value]) => `${key} ${String(value)}`);
  return details.length === 0 ? '' : ` – ${details.join(', ')}`;
}

function exchangeRows(
  scene: Scene,
  { at, who, method, url, status, fields }: NewEvents['exchanges'][number],
): SequenceRow[] {
  const { stack, organization, tenant } = scene;
  const target = new URL(url);
  const isSp = scene.product ? isAtProduct(scene.product.product, url) : target.origin === stack.sp.url;
  const to: Lane = isSp ? 'sp' : isAt(idpOf(scene), url) ? 'idp' : 'mailbox';
  const path = target.pathname
    .replaceAll(organization.slug, 'acme')
    .replaceAll(tenant.slug, 'idp')
    .replace(/^(\/try\/)(?!report)[\w-]+$/, '$1…');
  const message = messageName([...fields, ...target.searchParams.keys()], path);
  const row: SequenceRow = {
    at,
    from: laneOf(who),
    to,
    label: `${who}: ${message ?? `${method} ${path}`} · ${status}`,
    ...(message ? { tone: 'saml' } : status >= 400 ? { tone: 'bad' } : {}),
  };
  const label = `The link in ${who}’s email`;
  const link: SequenceRow = { at: at - 0.5, from: 'mailbox', to: laneOf(who), label, tone: 'mail' };
  return path === '/try/…' && method === 'GET' ? [link, row] : [row];
}

/** The SAML name of the message in a request with these fields; undefined if there is none. */
function messageName(fields: readonly string[], path: string): string | undefined {
  const isLogout = /\/sl[os]$|logout/i.test(path);
  if (fields.includes('SAMLResponse')) return isLogout ? 'LogoutResponse' : 'SAML response';
  if (!fields.includes('SAMLRequest')) return undefined;
  return isLogout ? 'LogoutRequest' : 'AuthnRequest';
}

function idpRows(scene: Scene, event: NewEvents['idp'][number]): SequenceRow[] {
  const { on, kind, username, ok, because, sentence, code, phrase } = event;
  const note = (label: string, tone?: 'bad'): SequenceRow[] => [
    { at: on, from: 'idp', to: 'idp', label, ...(tone ? { tone } : {}) },
  ];
  const who = username ?? 'unknown user';
  switch (kind) {
    case 'authn-request':
      return []; // shown by the browser's row
    case 'login':
      return ok === false ? note(`${who} could not sign in: ${because}`, 'bad') : note(`${who} signed in`);
    case 'refusal':
      return note(`No response for ${who}: ${because}`, 'bad');
    case 'request-refused':
      return note(`Request rejected: ${code ?? sentence}`, 'bad');
    case 'warning':
      return note(`Warning: ${sentence ?? code}`);
    case 'fault':
      return note(`Fault: ${phrase}`, 'bad');
    case 'logout':
      return username === undefined ? [] : note(`${who} signed out`); // the browser's row shows a logout message
    case 'response':
      return [responseRow(scene, event)];
    default:
      return note(kind);
  }
}

function responseRow(scene: Scene, { on, username, status, struck = [] }: NewEvents['idp'][number]): SequenceRow {
  const person = names.find((name) => scene.cast[name].address === username);
  const faults = struck.length > 0 ? `, ${struck.join(', ')}` : '';
  return {
    at: on,
    from: 'idp',
    to: laneOf(person ?? 'Sam'),
    label: `SAML response: ${status?.split(':').at(-1) ?? 'no status'}${faults}`,
    tone: 'saml',
  };
}

/** The text with people's names instead of their emails, and fixed names instead of the generated ones. */
export function inNames(scene: Scene, text: string): string {
  const named = names.reduce((rest, name) => rest.replaceAll(scene.cast[name].address, name), text);
  return withFixedNames(scene, named);
}

/** Keeps emails, but at acme.example. */
export const withFixedNames = ({ organization, tenant }: Scene, text: string): string =>
  text
    .replaceAll(organization.domain, 'acme.example')
    .replaceAll(organization.slug, 'acme')
    .replaceAll(tenant.slug, 'idp');
