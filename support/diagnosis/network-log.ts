/** What crossed between the two sides, sign-in by sign-in: the service provider's requests and answers, joined with the identity provider's log. It shows nothing. */
import type { Finding, RejectionCode } from '../../sp/rejection.ts';
import type { Control } from '../stack/control.ts';
import type { Stack } from '../stack/servers.ts';

export interface Answer {
  id: number;
  at: number;
  verdict: 'success' | RejectionCode;
  findings: Finding[];
  xml?: string;
  request?: string;
}

interface SpSide {
  name: string;
  clockOffsetMs: number;
  profiles: { settings: { idpEntityId: string } }[];
  requests: { id: string; address: string; issuedAt: number; test: number | null }[];
  responses: Answer[];
}

/** An entry of the identity provider's log. */
export interface IdpEvent {
  at: string;
  kind: string;
  id?: string;
  inResponseTo?: string;
  username?: string;
  ok?: boolean;
  because?: string;
  sentence?: string;
  code?: string;
  phrase?: string;
  status?: string;
  xml?: string;
  binding?: string;
  struck?: string[];
}

/** One attempt to sign in. */
export interface Crossing {
  key: string;
  at: Date;
  /** Who asked; undefined where nobody asked or the request was refused. */
  address: string | undefined;
  isTest: boolean;
  /** What the identity provider noted, in order; its first entry holds the AuthnRequest when it arrived. */
  idp: IdpEvent[];
  answers: Answer[];
}

export interface Wire {
  organization: string;
  /** Different whenever there is news. */
  version: string;
  crossings: Crossing[];
}

const shown = 30;

/** Newest first. Throws ControlError when there is no such organization. */
export async function readWire({ sp, idp }: Stack, organization: string): Promise<Wire> {
  const side = await sp.control.get<SpSide>(`/organizations/${encodeURIComponent(organization)}`);
  const { log, clockOffsetMs } = await tenantOf(
    idp.control,
    side.profiles.map(({ settings }) => settings.idpEntityId),
  );
  const chunks = chunked(log);
  const refusals = log.filter(({ kind }) => kind === 'request-refused');
  const spTime = ({ at }: IdpEvent): number => Date.parse(at) - clockOffsetMs + side.clockOffsetMs;
  const requests = side.requests.toSorted((a, b) => a.issuedAt - b.issuedAt);
  const asked = requests.map(
    ({ id, address, issuedAt, test }, index): Crossing => ({
      key: id,
      at: new Date(issuedAt),
      address,
      isTest: test !== null,
      idp: chunks.get(id) ?? takeRefusal(issuedAt, requests[index + 1]?.issuedAt ?? Infinity),
      answers: side.responses.filter(({ request }) => request === id).toReversed(),
    }),
  );
  const known = new Set(requests.map(({ id }) => id));
  const unasked = side.responses
    .filter(({ request }) => request === undefined || !known.has(request))
    .map(
      (answer): Crossing => ({
        key: `answer-${answer.id}`,
        at: new Date(answer.at),
        address: undefined,
        isTest: false,
        idp: [],
        answers: [answer],
      }),
    );
  const refused = refusals.map(
    (event): Crossing => ({
      key: `refused-${event.at}`,
      at: new Date(spTime(event)),
      address: undefined,
      isTest: false,
      idp: [event],
      answers: [],
    }),
  );
  return {
    organization: side.name,
    version: [side.requests.length, side.responses[0]?.id ?? 0, log.length, log.at(-1)?.at ?? ''].join(' '),
    crossings: [...asked, ...unasked, ...refused].toSorted((a, b) => b.at.getTime() - a.at.getTime()).slice(0, shown),
  };

  /** A refused request is logged without its ID; one that came between this request and the next was this one. */
  function takeRefusal(from: number, until: number): IdpEvent[] {
    const index = refusals.findIndex((event) => spTime(event) >= from && spTime(event) < until);
    return index < 0 ? [] : refusals.splice(index, 1);
  }
}

/** What the first tenant that the organization's profiles name has logged; nothing when none does, or it is gone. */
async function tenantOf(
  idp: Control,
  entityIds: readonly string[],
): Promise<{ log: IdpEvent[]; clockOffsetMs: number }> {
  for (const entityId of entityIds) {
    const slug = URL.parse(entityId)?.pathname.split('/')[1];
    const tenant =
      slug && (await idp.get<{ log: IdpEvent[]; clockOffsetMs: number }>(`/tenants/${slug}`).catch(() => undefined));
    if (tenant) return tenant;
  }
  return { log: [], clockOffsetMs: 0 };
}

/** The log cut where a request begins; answers go to the request that they name, whenever they came. */
function chunked(log: readonly IdpEvent[]): Map<string, IdpEvent[]> {
  const chunks = new Map<string, IdpEvent[]>();
  let current: IdpEvent[] = [];
  for (const event of log) {
    if (event.kind === 'authn-request' && event.id !== undefined) chunks.set(event.id, (current = [event]));
    else if (event.kind === 'request-refused') current = [];
    else (chunks.get(event.inResponseTo ?? '') ?? current).push(event);
  }
  return chunks;
}
