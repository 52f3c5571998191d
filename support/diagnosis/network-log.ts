/** The network log: each sign-in with its request, its responses, and the IdP's log entries. */
import type { Finding, RejectionCode } from '../../sp/rejection-advice.ts';
import type { Control } from '../stack/control.ts';
import type { Stack } from '../stack/servers.ts';

export interface RecordedResponse {
  id: number;
  at: number;
  verdict: 'success' | RejectionCode;
  /** The number that the user was shown. */
  reference?: string;
  findings: Finding[];
  xml?: string;
  request?: string;
}

interface SpSide {
  name: string;
  clockOffsetMs: number;
  profiles: { settings: { idpEntityId: string }; enforcedSettings?: { idpEntityId: string } }[];
  requests: { id: string; address: string; issuedAt: number; test: number | null }[];
  responses: RecordedResponse[];
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
  /** The email that was entered; undefined for unsolicited responses and rejected requests. */
  address: string | undefined;
  isTest: boolean;
  /** The IdP's log entries in order. The first one contains the AuthnRequest, if it arrived. */
  idp: IdpEvent[];
  responses: RecordedResponse[];
}

export interface NetworkLog {
  organization: string;
  /** Changes whenever the log does. */
  version: string;
  /** Newest first. */
  attempts: SignInAttempt[];
}

/** How many of each kind are shown, newest first, so that unsolicited responses cannot push out a test. */
const shown = { ofTests: 30, ofOthers: 30, unsolicited: 10, responses: 5 };

/** `earlier` is the IdP's log before it was restarted. Throws ControlError if the organization does not exist. */
export async function readNetworkLog(
  { sp, idp }: Stack,
  organization: string,
  { earlier = [] }: { earlier?: readonly IdpEvent[] } = {},
): Promise<NetworkLog> {
  const parts = 'parts=profiles,requests,responses&newest=100';
  const side = await sp.control.get<SpSide>(`/organizations/${encodeURIComponent(organization)}?${parts}`);
  const found = await tenantOf(
    idp.control,
    side.profiles.flatMap(({ enforcedSettings, settings }) =>
      [enforcedSettings, settings].flatMap((one) => (one ? [one.idpEntityId] : [])),
    ),
  );
  const log = [...earlier, ...found.log];
  const tenant = { ...found, log };
  const attempts = [...requestedAttempts(side, tenant), ...unsolicitedAttempts(side)].toSorted(
    (a, b) => b.at.getTime() - a.at.getTime(),
  );
  const unsolicited = attempts.filter(({ address }) => address === undefined).slice(0, shown.unsolicited);
  const ofTests = attempts.filter(({ isTest }) => isTest).slice(0, shown.ofTests);
  const ofOthers = attempts.filter(({ address, isTest }) => address !== undefined && !isTest).slice(0, shown.ofOthers);
  const kept = new Set([...unsolicited, ...ofTests, ...ofOthers]);
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

/** Attempts that started with a request of the SP, and requests that the IdP rejected. */
function requestedAttempts({ requests, responses, clockOffsetMs }: SpSide, tenant: TenantSide): SignInAttempt[] {
  const byRequest = splitByRequest(tenant.log);
  const rejectedRequests = tenant.log.filter(({ kind }) => kind === 'request-refused');
  const spTime = ({ at }: IdpEvent): number => Date.parse(at) - tenant.clockOffsetMs + clockOffsetMs;
  /** The log of a rejected request has no ID. It belongs to the last request sent before it. */
  function takeRejection(from: number, until: number): IdpEvent[] {
    const index = rejectedRequests.findIndex((event) => spTime(event) >= from && spTime(event) < until);
    return index < 0 ? [] : rejectedRequests.splice(index, 1);
  }
  const responsesTo = Map.groupBy(responses, ({ request }) => request ?? '');
  const inOrder = requests.toSorted((a, b) => a.issuedAt - b.issuedAt);
  const requested = inOrder.map(
    ({ id, address, issuedAt, test }, index): SignInAttempt => ({
      key: id,
      at: new Date(issuedAt),
      address,
      isTest: test !== null,
      idp: byRequest.get(id) ?? takeRejection(issuedAt, inOrder[index + 1]?.issuedAt ?? Infinity),
      responses: (responsesTo.get(id) ?? []).slice(0, shown.responses).toReversed(),
    }),
  );
  const rejected = rejectedRequests.map((event) => ({
    ...unsolicited,
    key: `rejected-${event.at}`,
    at: new Date(spTime(event)),
    idp: [event],
  }));
  return [...requested, ...rejected];
}

/** Responses that belong to no request of the SP. */
function unsolicitedAttempts({ requests, responses }: SpSide): SignInAttempt[] {
  const known = new Set(requests.map(({ id }) => id));
  return responses
    .filter(({ request }) => request === undefined || !known.has(request))
    .map((response) => ({
      ...unsolicited,
      key: `answer-${response.id}`,
      at: new Date(response.at),
      responses: [response],
    }));
}

const unsolicited: Pick<SignInAttempt, 'address' | 'isTest' | 'idp' | 'responses'> = {
  address: undefined,
  isTest: false,
  idp: [],
  responses: [],
};

/** The first existing tenant among those of the organization's profiles, or an empty log. */
async function tenantOf(idp: Control, entityIds: readonly string[]): Promise<TenantSide> {
  for (const entityId of entityIds) {
    const slug = URL.parse(entityId)?.pathname.split('/')[1];
    const tenant = slug && (await idp.get<TenantSide>(`/tenants/${slug}`).catch(() => undefined));
    if (tenant) return tenant;
  }
  return { log: [], clockOffsetMs: 0 };
}

/** Log entries by request ID. A response belongs to the request that it names, regardless of order. */
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
