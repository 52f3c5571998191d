/** The assertion consumer service: takes what a browser posts, has it judged, and turns the judgement into a session or a refusal, a verdict and a record. It knows no XML. */
import { type ErrorRequestHandler, type Request, type Response, Router, raw } from 'express';
import { html } from 'hono/html';
import { domainOf, isSameAddress, normalizeAddress } from './address.ts';
import { type CaseCode, cases } from './cases.ts';
import { now } from './clock.ts';
import { type ConnectionTest, findTest, recordVerdict, stateOf, times } from './connection-test.ts';
import { browserOf, markBrowser, setSessionCookie } from './cookies.ts';
import { coverageOf } from './enforcement.ts';
import { Refused } from './error-page.ts';
import { audit, domainsOf, findOrganization, findUser, type Organization } from './organization.ts';
import { alert, send } from './pages/layout.ts';
import { type ProfileSettings, profilesOf, settingsOf } from './profile.ts';
import { type Finding, inOrder, rejections } from './rejection.ts';
import { recordResponse, rememberAssertion, wasSeen } from './response-log.ts';
import { decode } from './saml/decode.ts';
import { judge } from './saml/judge.ts';
import type { Account, Identity } from './saml/judgement.ts';
import { peek } from './saml/peek.ts';
import { read } from './saml/read.ts';
import { newReference } from './secret.ts';
import { type AuthnRequestRecord, findRequest, findRequestByRelayState, useUp, waitingRequest } from './send-to-idp.ts';
import { endpointsOf, type ServiceProvider } from './service-provider.ts';
import { startSession } from './session.ts';
import { storedKey } from './signing-key.ts';

/** The connection against which a message is judged. */
interface Connection {
  profile: number;
  revision: number;
  settings: ProfileSettings;
}

/** Larger than any message that decode takes, so that it is decode, its twin, that says what is too large. */
const bodyLimit = 3 * 1024 * 1024;

export function assertionConsumerService(sp: ServiceProvider): Router {
  const { store } = sp;
  const router = Router();

  router.all('/saml/:organization/acs', raw({ type: () => true, limit: bodyLimit }), (request, response) => {
    const organization = findOrganization(store, String(request.params.organization));
    if (organization === undefined)
      throw new Refused(
        404,
        'No such service provider',
        'No organization has its service provider at this address. Compare it with the assertion consumer service URL in the metadata.',
      );
    if (request.method === 'HEAD') return void response.status(405).set('Allow', 'POST').end();
    return receive(organization, request, response);
  });

  // Whatever is too large to be read is refused like everything else: with a record and a reference.
  router.use('/saml/:organization/acs', ((error: { type?: string; length?: number }, request, response, next) => {
    const organization = findOrganization(store, String(request.params.organization));
    if (error.type !== 'entity.too.large' || organization === undefined) return next(error);
    return refuse({ organization, request, response, xml: undefined, asked: undefined, connection: undefined }, [
      { code: 'response-too-large', expected: `at most ${bodyLimit} octets`, received: String(error.length ?? 'more') },
    ]);
  }) as ErrorRequestHandler);

  function receive(organization: Organization, request: Request, response: Response): Promise<void> | void {
    const browser = browserOf(request);
    const { fields, query } = fieldsOf(request);
    const relayState = fields.find(([name]) => name === 'RelayState')?.[1];
    const decoded = decode({
      method: request.method,
      contentType: request.headers['content-type'] ?? '',
      fields,
      query,
    });
    const outcome = decoded.ok ? read(decoded.xml) : decoded;
    const hints = outcome.ok ? peek(outcome.message) : {};
    const named =
      findRequest(store, organization.slug, hints.inResponseTo) ??
      findRequestByRelayState(store, organization.slug, relayState);
    const own = named?.browser === browser ? named : undefined;
    const waiting = waitingRequest(store, organization, browser);
    const asked = own ?? waiting;
    const connection = connectionFor(organization, asked ?? named, hints.issuer);
    const arrival = {
      organization,
      request,
      response,
      xml: decoded.ok ? decoded.xml : undefined,
      asked: own,
      connection,
    };
    if (!outcome.ok) return refuse(arrival, [outcome.finding]);
    if (connection === undefined)
      return refuse(arrival, [
        {
          code: 'response-unsolicited',
          expected: 'an SSO profile of this organization',
          received: 'none is set up or enforced',
        },
      ]);

    const test = own?.test === undefined ? undefined : findTest(store, own.test);
    const storyFindings = [
      ...requestFindings(organization, { named, own, waiting, hint: hints.inResponseTo }),
      ...(test ? testFindings(test, now(organization)) : []),
    ];
    const { settings } = connection;
    const key = settings.acceptEncryption ? storedKey(store, organization.slug) : undefined;
    // What answers no request of this browser is held against the one that waits, or against none.
    const expected = asked ?? named;
    const judgement = judge(outcome.message, {
      now: new Date(now(organization)),
      sp: { ...endpointsOf(sp, organization.slug), decryptionKeys: key ? [key.privateKey] : [] },
      idp: { entityId: settings.idpEntityId, certificates: settings.certificates },
      policies: settings.policies,
      ...(expected === undefined
        ? {}
        : {
            request: {
              id: expected.id,
              issuedAt: new Date(expected.issuedAt),
              relayState: expected.relayState,
              forceAuthn: settings.forceAuthn,
              ...(settings.requestedAuthnContext.length > 0
                ? { requestedAuthnContext: { classRefs: settings.requestedAuthnContext } }
                : {}),
            },
          }),
      ...(relayState === undefined ? {} : { relayState }),
      alreadySeen: (id) => wasSeen(store, organization, settings.idpEntityId, id),
      account: (address) => account(organization, connection.profile, address, expected?.address),
    });
    const findings = inOrder([...storyFindings, ...judgement.findings]);
    // Twin of the first: whatever is not accepted has findings here, where everything is told; the compiler sees to it that only who is accepted has an identity.
    if (judgement.verdict !== 'accept' || findings.length > 0)
      return refuse(
        arrival,
        findings.length > 0
          ? findings
          : [{ code: 'signature-invalid', received: `not verified: ${judgement.notVerified.join(', ')}` }],
      );
    return accept(arrival, connection, judgement.identity, test);
  }

  /** Whose settings a message is held against: those of the request it answers, else of the enforced profile of its issuer. */
  function connectionFor(
    organization: Organization,
    asked: AuthnRequestRecord | undefined,
    issuer: string | undefined,
  ): Connection | undefined {
    if (asked)
      return {
        profile: asked.profile,
        revision: asked.revision,
        settings: settingsOf(store, asked.profile, asked.revision),
      };
    const profiles = profilesOf(store, organization.slug);
    const profile =
      profiles.find(
        ({ enforcedRevision, settings }) => enforcedRevision !== undefined && settings.idpEntityId === issuer,
      ) ??
      profiles.find(({ enforcedRevision }) => enforcedRevision !== undefined) ??
      profiles[0];
    if (profile === undefined) return undefined;
    const revision = profile.enforcedRevision ?? profile.revision;
    return { profile: profile.id, revision, settings: settingsOf(store, profile.id, revision) };
  }

  /** Who the address is that the assertion names. The domain comes first: an identity provider speaks only for its own organization's domains. */
  function account(
    organization: Organization,
    profile: number,
    written: string,
    expected: string | undefined,
  ): Account {
    const address = normalizeAddress(written);
    const shown = expected === undefined ? {} : { expected };
    if (address !== undefined && !domainsOf(store, organization.slug).includes(domainOf(address)))
      return { kind: 'foreign-domain', ...shown };
    if (expected !== undefined && !isSameAddress(written, expected)) return { kind: 'other', ...shown };
    const user = findUser(store, written);
    if (user === undefined || user.organization !== organization.slug) return { kind: 'unknown', ...shown };
    if (user.deactivated) return { kind: 'deactivated', ...shown };
    return expected === undefined && coverageOf(store, user)?.profile !== profile
      ? { kind: 'other', expected: 'a user who is covered by this SSO profile' }
      : { kind: 'expected', ...shown };
  }

  interface Arrival {
    organization: Organization;
    request: Request;
    response: Response;
    xml: string | undefined;
    /** The request that this browser made and that the message answers. */
    asked: AuthnRequestRecord | undefined;
    connection: Connection | undefined;
  }

  function accept(
    { organization, request, response, xml, asked }: Arrival,
    { profile, revision, settings }: Connection,
    identity: Identity,
    test: ConnectionTest | undefined,
  ): void {
    const address = normalizeAddress(identity.nameId)!;
    const browser = markBrowser(request, response);
    const secret = store.transaction(() => {
      if (asked && !useUp(store, organization, asked.id))
        throw new Error(`request ${asked.id} was used up while its answer was judged`);
      rememberAssertion(store, organization, settings.idpEntityId, identity.assertionId, identity.notOnOrAfter);
      const { id } = recordResponse(store, organization, {
        request: asked?.id,
        test: test?.id,
        verdict: 'success',
        findings: [],
        xml,
      });
      if (test) recordVerdict(store, organization, test.id, 'success', id);
      audit(store, organization, address, 'signed-in', { method: 'sso', ...(test ? { test: test.id } : {}) });
      return startSession(store, organization, {
        browser,
        address,
        method: 'sso',
        notOnOrAfter: identity.sessionNotOnOrAfter?.getTime(),
        sso: {
          profile,
          revision,
          response: id,
          nameId: identity.nameId,
          nameIdFormat: identity.nameIdFormat,
          sessionIndex: identity.sessionIndex,
        },
      });
    });
    setSessionCookie(response, secret);
    response.redirect(303, '/console');
  }

  /** Nobody is signed in. The tester of a test reads the title of the case, everybody else one vague line; the administrator finds all of it in the log. */
  function refuse({ organization, response, xml, asked }: Arrival, findings: readonly Finding[]): Promise<void> {
    const decisive = findings[0]!;
    const test = asked?.test === undefined ? undefined : findTest(store, asked.test);
    const state = test && stateOf(test, now(organization));
    const reference = newReference();
    store.transaction(() => {
      const { id } = recordResponse(store, organization, {
        request: asked?.id,
        test: test?.id,
        verdict: decisive.code,
        findings,
        xml,
        reference,
      });
      if (test && (state === 'at-idp' || state === 'refused') && asked!.answeredAt === undefined)
        recordVerdict(store, organization, test.id, decisive.code, id);
      audit(store, organization, asked?.address ?? 'somebody', 'sign-in-refused', {
        rejection: decisive.code,
        reference,
      });
    });
    if (test?.verdict === 'success') {
      return send(
        response,
        {
          title: 'This test is done',
          body: html`<p>The sign-in was seen before, and it counts. What your browser sent now was not used; reference <strong>${reference}</strong>.</p><p><a href="/console">To the Console</a></p>`,
        },
        { status: 403 },
      );
    }
    const title = cases[rejections[decisive.code].case as CaseCode].title;
    return send(
      response,
      test
        ? {
            title: 'The connection test did not succeed',
            body: html`${alert(html`<p><strong>${title}</strong></p>`)}<p>Nothing is wrong with your account. Tell ${findUser(store, test.askedBy)?.name ?? 'your administrator'}; reference <strong>${reference}</strong>. When it is put right you may <a href="/login">try again with the same link</a>.</p>`,
          }
        : {
            title: 'You could not be signed in',
            body: html`${alert(html`<p>The sign-in could not be completed. Tell your administrator the reference <strong>${reference}</strong>.</p>`)}<p><a href="/login">Back to the sign-in</a></p>`,
          },
      { status: 403 },
    );
  }

  return router;
}

/** Every field in the order in which it came, repeated ones included; those of the address stand by themselves where there is a form. */
function fieldsOf(request: Request): { fields: [string, string][]; query: [string, string][] } {
  const query = [...new URL(request.originalUrl, 'http://sp.invalid').searchParams];
  if (request.method !== 'POST') return { fields: query, query: [] };
  return {
    fields: Buffer.isBuffer(request.body) ? [...new URLSearchParams(request.body.toString('utf8'))] : [],
    query,
  };
}

/** Is there a request for this answer, did this browser make it, and does it still wait? */
function requestFindings(
  organization: Organization,
  {
    named,
    own,
    waiting,
    hint,
  }: {
    named: AuthnRequestRecord | undefined;
    own: AuthnRequestRecord | undefined;
    waiting: AuthnRequestRecord | undefined;
    hint: string | undefined;
  },
): Finding[] {
  if (named !== undefined && own === undefined)
    return [
      {
        code: 'request-id-lost',
        expected: 'the browser that asked',
        received: 'another browser, or one that did not send its cookie',
      },
    ];
  if (own === undefined) return waiting === undefined && hint ? [{ code: 'request-unknown', received: hint }] : [];
  return [
    ...(own.answeredAt === undefined ? [] : [{ code: 'request-answered', received: own.id } as const]),
    ...(now(organization) < own.issuedAt + times.request
      ? []
      : [
          {
            code: 'request-expired',
            expected: `an answer within ${times.request / 60_000} minutes`,
            received: `one after ${Math.round((now(organization) - own.issuedAt) / 60_000)} minutes`,
          } as const,
        ]),
  ];
}

function testFindings(test: ConnectionTest, time: number): Finding[] {
  if (test.supersededAt !== undefined) return [{ code: 'test-superseded' }];
  if (test.verdict === 'success') return [{ code: 'test-already-answered' }];
  if (test.wentToIdpAt !== undefined && time >= test.wentToIdpAt + times.answer) return [{ code: 'test-answer-late' }];
  return [];
}
