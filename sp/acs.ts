/** The assertion consumer service (ACS): judges the response that a browser posts, and signs in or rejects. */
import { type ErrorRequestHandler, type Request, type Response, Router, raw } from 'express';
import { connectionFor, expectationFor } from './acs/expectation.ts';
import { type Arrival, reject, type SignIn, signIn } from './acs/outcome.ts';
import { findRequests, type Requests } from './acs/requests.ts';
import { storyFindings } from './acs/story-findings.ts';
import { now } from './clock.ts';
import { findTest } from './connection-test.ts';
import { browserOf } from './cookies.ts';
import { findOrganization } from './organization.ts';
import { PageError } from './page-error.ts';
import { type Finding, inOrder } from './rejection-advice.ts';
import { decode, type PostedForm } from './saml/decode.ts';
import { judge } from './saml/judge.ts';
import { type Hints, peek } from './saml/peek.ts';
import { type Read, read } from './saml/read.ts';
import type { ServiceProvider } from './service-provider.ts';

/** Larger than any message that decode accepts, so that decode is the one to say what is too large. */
const bodyLimit = 3 * 1024 * 1024;

export function assertionConsumerService(sp: ServiceProvider): Router {
  const router = Router();
  const path = '/saml/:organization/acs';
  router.all(path, raw({ type: () => true, limit: bodyLimit }), (request, response) => receive(sp, request, response));
  router.use(path, rejectTooLarge(sp));
  return router;
}

/** decode → find the requests → decide → session or rejection. */
function receive(sp: ServiceProvider, request: Request, response: Response): Promise<void> | void {
  const { store } = sp;
  const organization = findOrganization(store, String(request.params.organization));
  if (organization === undefined)
    throw new PageError(
      'organization-not-found',
      'No organization has its service provider at this address. ' +
        'Compare it with the assertion consumer service URL in the metadata.',
    );
  if (request.method === 'HEAD') return void response.status(405).set('Allow', 'POST').end();

  const form = postedForm(request);
  const relayState = form.fields.find(([name]) => name === 'RelayState')?.[1];
  const decoded = decode(form);
  const outcome = decoded.ok ? read(decoded.xml) : decoded;
  const hints = outcome.ok ? peek(outcome.message) : {};

  const browser = browserOf(request);
  const requests = findRequests(store, organization, { browser, inResponseTo: hints.inResponseTo, relayState });
  const test = requests.matched?.test === undefined ? undefined : findTest(store, requests.matched.test);
  const xml = decoded.ok ? decoded.xml : undefined;
  const arrival = { organization, xml, request: requests.matched, test };

  if (!outcome.ok) return reject(sp, arrival, [outcome.finding], response);
  const decision = decide(sp, arrival, { message: outcome.message, hints, requests, relayState });
  if ('findings' in decision) return reject(sp, arrival, decision.findings, response);
  return signIn(sp, arrival, decision, { request, response });
}

/** All fields in their order, repeated ones included. A form and the query of the address are kept apart. */
function postedForm(request: Request): PostedForm {
  const { method } = request;
  const contentType = request.headers['content-type'] ?? '';
  const query = [...new URL(request.originalUrl, 'http://sp.invalid').searchParams];
  if (method !== 'POST') return { method, contentType, fields: query, query: [] };
  const body = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
  return { method, contentType, fields: [...new URLSearchParams(body)], query };
}

interface Message {
  message: Read;
  hints: Hints;
  requests: Requests;
  relayState: string | undefined;
}

/** Judges the response itself, and whether its request and test are still open to it. Any finding rejects it. */
function decide(
  sp: ServiceProvider,
  { organization, test }: Arrival,
  { message, hints, requests, relayState }: Message,
): SignIn | { findings: readonly [Finding, ...Finding[]] } {
  const request = requests.judgedAgainst;
  const connection = connectionFor(sp.store, organization, { request, issuer: hints.issuer });
  if (connection === undefined) {
    const expected = 'an SSO profile of this organization';
    return { findings: [{ code: 'response-unsolicited', expected, received: 'none is set up or enforced' }] };
  }
  const judgement = judge(message, expectationFor(sp, organization, { connection, request, relayState }));
  const story = storyFindings({ requests, inResponseTo: hints.inResponseTo, test, time: now(organization) });
  const [first, ...rest] = inOrder([...story, ...judgement.findings]);
  if (first) return { findings: [first, ...rest] };
  // Twin: what is not accepted has findings by now. The compiler makes sure that only the accepted have an identity.
  if (judgement.verdict !== 'accept')
    return { findings: [{ code: 'signature-invalid', received: `not verified: ${judgement.notVerified.join(', ')}` }] };
  return { connection, identity: judgement.identity };
}

/** What is too large to be read is rejected like everything else: with a record and a reference. */
const rejectTooLarge =
  (sp: ServiceProvider): ErrorRequestHandler =>
  (error: { type?: string; length?: number }, request, response, next) => {
    const organization = findOrganization(sp.store, String(request.params.organization));
    if (error.type !== 'entity.too.large' || organization === undefined) return next(error);
    const received = String(error.length ?? 'more');
    const finding = { code: 'response-too-large', expected: `at most ${bodyLimit} octets`, received } as const;
    return reject(sp, { organization }, [finding], response);
  };
