/** Puts what happened into words: each exchange, message and note becomes a row of the picture. It draws nothing and holds no secret. */

import { type Name, names } from '../catalogue/cast.ts';
import { isAt } from '../idp/identity-provider.ts';
import { idpOf } from '../idp/mock.ts';
import type { Scene } from '../scenario/scene.ts';
import type { News } from './new-events.ts';
import { redact } from './redact.ts';
import type { Lane, Move } from './sequence-diagram.ts';

export function movesOf(scene: Scene, { exchanges, mail, idp, answers, audit }: News): Move[] {
  const say = (text: string): string => redact(inNames(scene, text));
  return [
    ...exchanges.flatMap((exchange) => exchanged(scene, exchange)),
    ...mail.map(
      ({ on, who, subject }): Move => ({
        at: on,
        from: 'sp',
        to: 'mailbox',
        label: `E-mail to ${who}: ${subject}`,
        tone: 'mail',
      }),
    ),
    ...idp.flatMap((event) => providerNoted(scene, event)),
    ...answers.map(
      ({ on, verdict }): Move => ({
        at: on,
        from: 'sp',
        to: 'sp',
        label: verdict === 'success' ? 'Accepted' : `Refused: ${verdict}`,
        tone: verdict === 'success' ? 'good' : 'bad',
      }),
    ),
    ...audit
      .filter(({ action }) => action !== 'sign-in-refused')
      .map(
        ({ on, actor, action, detail }): Move => ({
          at: on,
          from: 'sp',
          to: 'sp',
          label: `${actor === 'control' ? 'arranged' : actor}: ${action.replaceAll('-', ' ')}${briefly(detail)}`,
        }),
      ),
  ]
    .map((move) => ({ ...move, label: say(move.label) }))
    .toSorted((one, other) => one.at - other.at);
}

/** Where a person stands in the picture: whoever is not the administrator is at the tester's browser. */
const laneOf = (who: Name): Lane => (who === 'Ada' ? 'administrator' : 'tester');

function exchanged(scene: Scene, { at, who, method, url, status, fields }: News['exchanges'][number]): Move[] {
  const { stack, organization, tenant } = scene;
  const target = new URL(url);
  const to: Lane = target.origin === stack.sp.url ? 'sp' : isAt(idpOf(scene), url) ? 'idp' : 'mailbox';
  const has = (field: string): boolean => fields.includes(field) || target.searchParams.has(field);
  const path = target.pathname
    .replaceAll(organization.slug, 'acme')
    .replaceAll(tenant.slug, 'idp')
    .replace(/^(\/try\/)(?!report)[\w-]+$/, '$1…');
  const saml = has('SAMLResponse')
    ? path.endsWith('/acs')
      ? 'SAML response'
      : 'LogoutResponse'
    : has('SAMLRequest')
      ? /\/slo$|logout/i.test(path)
        ? 'LogoutRequest'
        : 'AuthnRequest'
      : undefined;
  const move: Move = {
    at,
    from: laneOf(who),
    to,
    label: `${who}: ${saml ?? `${method} ${path}`} · ${status}`,
    ...(saml ? { tone: 'saml' } : status >= 400 ? { tone: 'bad' } : {}),
  };
  return path === '/try/…' && method === 'GET'
    ? [{ at: at - 0.5, from: 'mailbox', to: laneOf(who), label: `The link in ${who}’s e-mail`, tone: 'mail' }, move]
    : [move];
}

function providerNoted(
  scene: Scene,
  { on, kind, username, ok, because, sentence, code, phrase, status, struck = [] }: News['idp'][number],
): Move[] {
  const note = (label: string, tone?: 'bad'): Move[] => [
    { at: on, from: 'idp', to: 'idp', label, ...(tone ? { tone } : {}) },
  ];
  const who = username ?? 'somebody';
  switch (kind) {
    case 'authn-request':
      return []; // the browser's row says it
    case 'login':
      return note(
        ok === false ? `${who} could not sign in: ${because}` : `${who} signed in`,
        ok === false ? 'bad' : undefined,
      );
    case 'refusal':
      return note(`No answer for ${who}: ${because}`, 'bad');
    case 'request-refused':
      return note(`Request refused: ${code ?? sentence}`, 'bad');
    case 'warning':
      return note(`Warning: ${sentence ?? code}`);
    case 'fault':
      return note(`Fault: ${phrase}`, 'bad');
    case 'logout':
      return note(`${who} signed out`);
    case 'response': {
      const person = names.find((name) => scene.cast[name].address === username);
      return [
        {
          at: on,
          from: 'idp',
          to: laneOf(person ?? 'Sam'),
          label: `SAML response: ${status?.split(':').at(-1) ?? 'no status'}${struck.length > 0 ? `, ${struck.join(', ')}` : ''}`,
          tone: 'saml',
        },
      ];
    }
    default:
      return note(kind);
  }
}

/** A detail or three, on the same line. */
function briefly(detail: Readonly<Record<string, unknown>>): string {
  const said = Object.entries(detail)
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
    .slice(0, 3)
    .map(([key, value]) => `${key} ${String(value)}`);
  return said.length === 0 ? '' : ` – ${said.join(', ')}`;
}

/** Addresses read as people, and the organization's own names without what makes them unique. */
export function inNames(scene: Scene, text: string): string {
  return inPlaces(
    scene,
    names.reduce((rest, name) => rest.replaceAll(scene.cast[name].address, name), text),
  );
}

/** Addresses stay addresses, of acme.example. */
export const inPlaces = ({ organization, tenant }: Scene, text: string): string =>
  text
    .replaceAll(organization.domain, 'acme.example')
    .replaceAll(organization.slug, 'acme')
    .replaceAll(tenant.slug, 'idp');
