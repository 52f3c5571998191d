/** The assertion consumer service (ACS): judges a posted response, then signs the user in or rejects the response. */
import { type ErrorRequestHandler, type Request, type Response, Router, raw } from 'express';
import {
  allowsUnsolicited,
  expectationFor,
  findRevision,
  newerRevision,
  type ProfileRevision,
} from './acs/expectation.ts';
import { type Arrival, enter, recordSignIn, reject, type SignIn } from './acs/outcome.ts';
import { findRequests, type Requests } from './acs/requests.ts';
import { storyFindings, supersededRequest } from './acs/story-findings.ts';
import { now } from './clock.ts';
import { findTest } from './connection-test.ts';
import { browserOf, markBrowser, sessionCookie } from './cookies.ts';
import { findOrganization } from './organization.ts';
import { PageError } from './page-error.ts';
import { queryOf } from './query.ts';
import type { Finding } from './rejection-advice.ts';
import { isOfOpenSession } from './response-log.ts';
import { decode, fieldsOf, type PostedForm } from './saml/decode.ts';
import { judge } from './saml/judge.ts';
import type { Judgement } from './saml/judgement.ts';
import { type Hints, peek } from './saml/peek.ts';
import { inOrder } from './saml/precedence.ts';
import { type Read, read } from './saml/read.ts';
import type { ServiceProvider } from './service-provider.ts';
import { findSession } from './session.ts';
import { whySuperseded } from './superseded-sign-in.ts';

/** Larger than any message that `decode` accepts, so that `decode` reports what is too large. */
const bodyLimit = 3 * 1024 * 1024;

export function assertionConsumerService(sp: ServiceProvider): Router {
  const router = Router();
  const path = '/saml/:organization/acs';
  router.all(path, raw({ type: () => true, limit: bodyLimit }), (request, response) => receive(sp, request, response));
  router.use(path, rejectTooLarge(sp));
  return router;
}

type Findings = readonly [Finding, ...Finding[]];
type Settled = { session: string } | { arrival: Arrival; findings: Findings };

/** Decodes the form, finds the request, decides, and ends in a session or a rejection. */
function receive(sp: ServiceProvider, request: Request, response: Response): Promise<void> | void {
  const { store } = sp;
  const organization = findOrganization(store, String(request.params.organization));
  if (organization === undefined)
    throw new PageError(
      'organization-not-found',
      'No organization has its ACS at this URL. Compare it with the ACS URL in the metadata.',
    );
  if (request.method === 'HEAD') return void response.status(405).set('Allow', 'POST').end();

  const form = postedForm(request);
  const relayState = form.fields.find(([name]) => name === 'RelayState')?.[1];
  const decoded = decode(form);
  const outcome = decoded.ok ? read(decoded.xml) : decoded;
  const isVisit = request.method === 'GET' && form.fields.length === 0;
  const visit = isVisit ? { session: findSession(store, sessionCookie(request)) } : undefined;
  const hints = outcome.ok ? peek(outcome.message) : {};

  // The user's rights are read in the transaction that signs in.
  const settled = store.transaction((): Settled => {
    const mayBeUnsolicited = allowsUnsolicited(store, organization, hints);
    const named = { browser: browserOf(request), inResponseTo: hints.inResponseTo, relayState, mayBeUnsolicited };
    const requests = findRequests(store, organization, named);
    const test = requests.matched?.test === undefined ? undefined : findTest(store, requests.matched.test);
    const xml = decoded.ok ? decoded.xml : undefined;
    const isRepeated = isOfOpenSession(store, organization, { browser: browserOf(request), xml });
    const arrival = { organization, xml, request: requests.matched, test, isRepeated, visit };
    if (!outcome.ok) return { arrival, findings: [outcome.finding] };
    const decision = decide(sp, arrival, { message: outcome.message, hints, requests, relayState });
    return 'findings' in decision
      ? { arrival, findings: decision.findings }
      : { session: recordSignIn(store, arrival, decision, markBrowser(request, response)) };
  });
  return 'findings' in settled
    ? reject(sp, settled.arrival, settled.findings, response)
    : enter(response, settled.session);
}

/** All fields in order, including repeated ones, with the form and the query string kept apart. */
function postedForm(request: Request): PostedForm {
  const { method } = request;
  const contentType = request.headers['content-type'] ?? '';
  const query = [...new URLSearchParams(queryOf(request))];
  if (method !== 'POST') return { method, contentType, fields: query, query: [] };
  const body = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
  return { method, contentType, fields: fieldsOf(body), query };
}

interface Message {
  message: Read;
  hints: Hints;
  requests: Requests;
  relayState: string | undefined;
}

/** Judges the response, and checks that its request and test are still open. Any finding rejects it. */
function decide(
  sp: ServiceProvider,
  { organization, request: matched, test }: Arrival,
  { message, hints, requests, relayState }: Message,
): SignIn | { findings: Findings } {
  const { store } = sp;
  const request = requests.judgedAgainst;
  const profileRevision = findRevision(store, organization, { request, hints });
  if (profileRevision === undefined) {
    const expected = 'an SSO profile of this organization';
    return { findings: [{ code: 'response-unsolicited', expected, received: 'none is set up or enforced' }] };
  }
  const judgeBy = (profileRevision: ProfileRevision): Judgement =>
    judge(message, expectationFor(sp, organization, { profileRevision, request, relayState }));
  const judgement = judgeBy(profileRevision);
  const superseded = matched && whySuperseded(store, matched);
  const { inResponseTo } = hints;
  const story = storyFindings({ requests, inResponseTo, test, superseded, time: now(organization) });
  const [first, ...rest] = inOrder([...story, ...judgement.findings]);
  if (first) return { findings: [first, ...rest] };
  // Redundant: a response that is not accepted has findings by now. Only an accepted one has an identity, by its type.
  if (judgement.verdict !== 'accept')
    return { findings: [{ code: 'signature-invalid', received: `not verified: ${judgement.notVerified.join(', ')}` }] };
  return (
    underNewerSettings(newerRevision(store, matched), judgeBy) ?? { profileRevision, identity: judgement.identity }
  );
}

/** Judges the response by a revision that was enforced after the request was sent, too. */
function underNewerSettings(
  newer: ProfileRevision | undefined,
  judgeBy: (profileRevision: ProfileRevision) => Judgement,
): SignIn | { findings: Findings } | undefined {
  if (newer === undefined) return undefined;
  const judgement = judgeBy(newer);
  if (judgement.verdict === 'accept') return { profileRevision: newer, identity: judgement.identity };
  const reasons = [...new Set(judgement.findings.map(({ code }) => code))].join(', ');
  const expected = `a response that revision ${newer.revision} accepts, which is now enforced`;
  return { findings: [supersededRequest(expected, `a response that it rejects: ${reasons}`)] };
}

/** Rejects a body that is too large to be read, with a record and a reference number as usual. */
const rejectTooLarge =
  (sp: ServiceProvider): ErrorRequestHandler =>
  (error: { type?: string; length?: number }, request, response, next) => {
    const organization = findOrganization(sp.store, String(request.params.organization));
    if (error.type !== 'entity.too.large' || organization === undefined) return next(error);
    const received = String(error.length ?? 'more');
    const finding = { code: 'response-too-large', expected: `at most ${bodyLimit} octets`, received } as const;
    return reject(sp, { organization }, [finding], response);
  };
