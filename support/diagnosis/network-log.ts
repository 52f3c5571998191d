/** The network log: each sign-in with its request, its responses, and what the identity provider noted. */
import type { Finding, RejectionCode } from '../../sp/rejection-advice.ts';
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
  profiles: { settings: { idpEntityId: string }; enforcedSettings?: { idpEntityId: string } }[];
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
export interface SignInAttempt {
  key: string;
  at: Date;
  /** Who asked; undefined where nobody asked or the request was refused. */
  address: string | undefined;
  isTest: boolean;
  /** What the identity provider noted, in order; its first entry holds the AuthnRequest when it arrived. */
  idp: IdpEvent[];
  answers: Answer[];
}

export interface NetworkLog {
  organization: string;
  /** Changes whenever the log does. */
  version: string;
  /** Newest first. */
  attempts: SignInAttempt[];
}

/** The newest ones that are shown, of each kind: what strangers cause displaces no test. */
const shown = { ofTests: 30, ofOthers: 30, nobodyAsked: 10, answers: 5 };

/** Throws ControlError when there is no such organization. */
export async function readNetworkLog({ sp, idp }: Stack, organization: string): Promise<NetworkLog> {
  const parts = 'parts=profiles,requests,responses&newest=100';
  const side = await sp.control.get<SpSide>(`/organizations/${encodeURIComponent(organization)}?${parts}`);
  const tenant = await tenantOf(
    idp.control,
    side.profiles.flatMap(({ enforcedSettings, settings }) =>
      [enforcedSettings, settings].flatMap((one) => (one ? [one.idpEntityId] : [])),
    ),
  );
  const { log } = tenant;
  const attempts = [...requestedAttempts(side, tenant), ...unsolicitedAttempts(side)].toSorted(
    (a, b) => b.at.getTime() - a.at.getTime(),
  );
  const nobodyAsked = attempts.filter(({ address }) => address === undefined).slice(0, shown.nobodyAsked);
  const ofTests = attempts.filter(({ isTest }) => isTest).slice(0, shown.ofTests);
  const ofOthers = attempts.filter(({ address, isTest }) => address !== undefined && !isTest).slice(0, shown.ofOthers);
  const kept = new Set([...nobodyAsked, ...ofTests, ...ofOthers]);
  return {
    organization: side.name,
    version: [side.requests.at(-1)?.id ?? '', side.responses[0]?.id ?? 0, log.length, log.at(-1)?.at ?? ''].join(' '),
    attempts: attempts.filter((attempt) => kept.has(attempt)),
  };
}

interface TenantSide {
  log: IdpEvent[];
  clockOffsetMs: number;
}

/** The attempts that began with a request of the service provider, and the requests that were refused. */
function requestedAttempts({ requests, responses, clockOffsetMs }: SpSide, tenant: TenantSide): SignInAttempt[] {
  const byRequest = splitByRequest(tenant.log);
  const refusals = tenant.log.filter(({ kind }) => kind === 'request-refused');
  const spTime = ({ at }: IdpEvent): number => Date.parse(at) - tenant.clockOffsetMs + clockOffsetMs;
  /** A refused request is logged without its ID; one that came between this request and the next was this one. */
  function takeRefusal(from: number, until: number): IdpEvent[] {
    const index = refusals.findIndex((event) => spTime(event) >= from && spTime(event) < until);
    return index < 0 ? [] : refusals.splice(index, 1);
  }
  const answersTo = Map.groupBy(responses, ({ request }) => request ?? '');
  const inOrder = requests.toSorted((a, b) => a.issuedAt - b.issuedAt);
  const asked = inOrder.map(
    ({ id, address, issuedAt, test }, index): SignInAttempt => ({
      key: id,
      at: new Date(issuedAt),
      address,
      isTest: test !== null,
      idp: byRequest.get(id) ?? takeRefusal(issuedAt, inOrder[index + 1]?.issuedAt ?? Infinity),
      answers: (answersTo.get(id) ?? []).slice(0, shown.answers).toReversed(),
    }),
  );
  const refused = refusals.map((event) => ({
    ...nobodyAsked,
    key: `refused-${event.at}`,
    at: new Date(spTime(event)),
    idp: [event],
  }));
  return [...asked, ...refused];
}

/** The responses to no request of the service provider. */
function unsolicitedAttempts({ requests, responses }: SpSide): SignInAttempt[] {
  const known = new Set(requests.map(({ id }) => id));
  return responses
    .filter(({ request }) => request === undefined || !known.has(request))
    .map((answer) => ({
      ...nobodyAsked,
      key: `answer-${answer.id}`,
      at: new Date(answer.at),
      answers: [answer],
    }));
}

const nobodyAsked: Pick<SignInAttempt, 'address' | 'isTest' | 'idp' | 'answers'> = {
  address: undefined,
  isTest: false,
  idp: [],
  answers: [],
};

/** The first tenant named by the organization's profiles; an empty log when there is none, or it is gone. */
async function tenantOf(idp: Control, entityIds: readonly string[]): Promise<TenantSide> {
  for (const entityId of entityIds) {
    const slug = URL.parse(entityId)?.pathname.split('/')[1];
    const tenant = slug && (await idp.get<TenantSide>(`/tenants/${slug}`).catch(() => undefined));
    if (tenant) return tenant;
  }
  return { log: [], clockOffsetMs: 0 };
}

/** The events of each request by its ID. A response belongs to the request that it names, whenever it came. */
function splitByRequest(log: readonly IdpEvent[]): Map<string, IdpEvent[]> {
  const byRequest = new Map<string, IdpEvent[]>();
  let current: IdpEvent[] = [];
  for (const event of log) {
    if (event.kind === 'authn-request' && event.id !== undefined) {
      current = [event];
      byRequest.set(event.id, current);
    } else if (event.kind === 'request-refused') current = [];
    else (byRequest.get(event.inResponseTo ?? '') ?? current).push(event);
  }
  return byRequest;
}
