/** Judges a response: verifies, decrypts, runs every check and collects all findings; the first in order decides. The identity comes only from octets that were signed. */
import { type Finding, inOrder } from '../rejection.ts';
import { addressingChecks } from './checks/addressing.ts';
import { authnStatementChecks, classRefOf, statementsOf } from './checks/authn-statement.ts';
import { type Check, finding, instantOf, mostOfOneCode, type Subject } from './checks/check.ts';
import { conditionsChecks } from './checks/conditions.ts';
import {
  assertionPlacement,
  assertionPresence,
  assertionsInside,
  envelopeChecks,
  rootIsResponse,
} from './checks/envelope.ts';
import { issuerChecks } from './checks/issuer.ts';
import { accountChecks, attributesOf, nameIdChecks, nameIdOf, replayChecks } from './checks/name-id.ts';
import { isSuccess, statusChecks } from './checks/status.ts';
import { subjectConfirmationChecks } from './checks/subject-confirmation.ts';
import { decryptAssertion } from './decrypt.ts';
import { attribute, childElements, childNamed, childrenNamed, lineOf, nameOf, ns, pathOf, textOf } from './dom.ts';
import type { Expectation, Identity, Judgement, NotVerified } from './judgement.ts';
import type { Read } from './read.ts';
import { type Verification, verify } from './verify.ts';

/** Every check there is, by the stage to which it belongs. */
export const checks = {
  envelope: envelopeChecks,
  status: statusChecks,
  issuer: issuerChecks,
  destination: addressingChecks,
  conditions: conditionsChecks,
  'subject-confirmation': subjectConfirmationChecks,
  'authn-statement': authnStatementChecks,
  attributes: nameIdChecks,
  account: accountChecks,
  replay: replayChecks,
} as const satisfies Record<string, readonly Check[]>;

/** Never throws for anything that a message holds. The form's decoding and the reading of the XML come before. */
export function judge(message: Read, expectation: Expectation): Judgement {
  const root = message.document.documentElement;
  if (!rootIsResponse(root))
    return {
      verdict: 'reject',
      findings: [
        finding('root-not-response', { path: pathOf(root) }, { expected: 'samlp:Response', received: nameOf(root) }),
      ],
      notVerified: [],
    };
  const lines = linesOf(root);
  const verification = verify(message.xml, message.document, {
    certificates: expectation.idp.certificates,
    policies: expectation.policies,
  });
  const signedResponse = verification.signed.find(({ element }) => element === root);
  const response = signedResponse?.content ?? root;
  const atResponse = (node: Element, name?: string): Pick<Finding, 'path' | 'line'> =>
    placed(pathOf(node), name, lines);

  const findings: Finding[] = [...verification.findings, ...assertionPlacement(root, atResponse)];
  const notVerified: NotVerified[] = [];
  const success = isSuccess(response);
  if (success) findings.push(...assertionPresence(root, atResponse));
  // Twins: several assertions, and a status other than success, refuse the message; nothing is told about an assertion that nobody may use.
  const opened =
    findings.some(({ code }) => code === 'assertion-multiple') || !success
      ? nothing
      : open(message, response, verification, expectation, atResponse);
  findings.push(...opened.findings, ...signatureFindings(root, verification, opened, expectation, atResponse));
  notVerified.push(...opened.notVerified);

  const subject: Subject = {
    original: root,
    response,
    assertion: opened.assertion,
    responseSigned: signedResponse !== undefined || verification.present.includes(root),
    at: (node, name) =>
      node.ownerDocument === opened.assertion?.ownerDocument &&
      node.ownerDocument !== response.ownerDocument &&
      node.ownerDocument !== root.ownerDocument
        ? placed(`${opened.below}${pathOf(node)}`, name, lines)
        : atResponse(node, name),
  };
  for (const check of Object.values(checks).flat()) findings.push(...check.check(subject, expectation));
  notVerified.push(...untold(expectation, subject));

  const [first, ...rest] = inOrder(withoutDoubles(findings));
  if (first) return { verdict: 'reject', findings: [first, ...rest], notVerified };
  const [missing, ...others] = notVerified;
  if (missing) return { verdict: 'undetermined', findings: [], notVerified: [missing, ...others] };
  // Twins: a missing or bad signature (signatureFindings, verify) and a missing assertion (assertionPresence) are findings, so nothing gets here unsigned; the identity must not rest on that alone.
  if (!opened.assertion || !(opened.verified || signedResponse))
    return { verdict: 'reject', findings: [finding('nothing-signed', atResponse(root))], notVerified: [] };
  return { verdict: 'accept', identity: identityOf(opened.assertion), findings: [], notVerified: [] };
}

/** The one assertion, taken out of its wrapping. */
interface Opened {
  assertion: Element | undefined;
  /** Path of what the assertion's own document stands in. */
  below: string;
  /** Is the assertion itself signed, well or badly? */
  assertionSignaturePresent: boolean;
  /** Is the assertion what its own good signature covers? */
  verified: boolean;
  findings: Finding[];
  notVerified: NotVerified[];
}

const nothing: Opened = {
  assertion: undefined,
  below: '',
  assertionSignaturePresent: false,
  verified: false,
  findings: [],
  notVerified: [],
};

function open(
  message: Read,
  response: Element,
  verification: Verification,
  { sp, idp, policies }: Expectation,
  at: Subject['at'],
): Opened {
  const original = childNamed(message.document.documentElement, ns.saml, 'Assertion');
  if (original) {
    const signed = verification.signed.find(({ element }) => element === original);
    return {
      assertion: signed?.content ?? childNamed(response, ns.saml, 'Assertion'),
      below: '/samlp:Response',
      assertionSignaturePresent: verification.present.includes(original),
      verified: signed !== undefined,
      notVerified: [],
      findings: policies.requireEncryption
        ? [
            finding('encryption-required', at(original), {
              expected: 'saml:EncryptedAssertion',
              received: 'saml:Assertion',
            }),
          ]
        : [],
    };
  }
  const encrypted = childNamed(response, ns.saml, 'EncryptedAssertion');
  if (encrypted === undefined) return nothing;
  const keys = sp.decryptionKeys;
  if (keys === undefined) return { ...nothing, notVerified: ['decryption'] };
  if (keys.length === 0)
    return {
      ...nothing,
      findings: [
        finding('encryption-unsupported', at(encrypted), {
          expected: 'saml:Assertion',
          received: 'saml:EncryptedAssertion',
        }),
      ],
    };
  const decrypted = decryptAssertion(encrypted, keys);
  if ('code' in decrypted)
    return {
      ...nothing,
      findings: [
        finding(
          decrypted.code,
          at(encrypted),
          'received' in decrypted ? { expected: 'AES-GCM and RSA-OAEP', received: decrypted.received } : {},
        ),
      ],
    };
  const { document, xml } = decrypted.message;
  const below = '/samlp:Response/saml:EncryptedAssertion';
  const inner = verify(xml, document, { certificates: idp.certificates, policies });
  const signed = inner.signed[0];
  return {
    // Twin: what was decrypted has been through the gate for XML, so the tree says what the signed octets say.
    assertion: signed?.content ?? document.documentElement,
    below,
    assertionSignaturePresent: inner.present.length > 0,
    verified: signed !== undefined,
    notVerified: [],
    findings: [
      ...inner.findings.map((one) => ({ ...one, ...(one.path === undefined ? {} : { path: below + one.path }) })),
      ...assertionsInside(document.documentElement, (node) => ({ path: below + pathOf(node) })),
    ],
  };
}

/** Who must have signed what. A signature that is there and bad has its own finding; this is about those that are missing. */
function signatureFindings(
  root: Element,
  { present }: Verification,
  opened: Opened,
  { policies }: Expectation,
  at: Subject['at'],
): Finding[] {
  const message = present.includes(root);
  const assertion = opened.assertionSignaturePresent;
  const unknown = opened.assertion === undefined && childrenNamed(root, ns.saml, 'EncryptedAssertion').length > 0;
  if (!message && !assertion && !unknown)
    return [finding('nothing-signed', at(root), { expected: 'a signature', received: 'none' })];
  return [
    ...(policies.requireSignedMessage && !message
      ? [finding('message-not-signed', at(root), { expected: 'ds:Signature in samlp:Response', received: 'none' })]
      : []),
    ...(policies.requireSignedAssertion && !assertion && opened.assertion
      ? [
          finding(
            'assertion-not-signed',
            at(childElements(root).find((node) => ['Assertion', 'EncryptedAssertion'].includes(node.localName))!),
            { expected: 'ds:Signature in saml:Assertion', received: 'none' },
          ),
        ]
      : []),
  ];
}

/** What nobody told, so that it could not be checked. */
function untold(
  { sp, idp, request, policies, account, alreadySeen, relayState }: Expectation,
  { response, assertion }: Subject,
): NotVerified[] {
  const unknown: [NotVerified, boolean][] = [
    ['signature', idp.certificates === undefined],
    ['issuer', idp.entityId === undefined],
    ['destination', sp.acsUrl === undefined],
    ['recipient', sp.acsUrl === undefined],
    ['audience', sp.entityId === undefined],
    ['in-response-to', request === undefined && attribute(response, 'InResponseTo') !== undefined],
    [
      'relay-state',
      policies.requireRelayState &&
        request !== undefined &&
        request.relayState === undefined &&
        relayState === undefined,
    ],
    ['account', account === undefined && assertion !== undefined],
    ['replay', alreadySeen === undefined && assertion !== undefined],
  ];
  return unknown.filter(([, untold]) => untold).map(([what]) => what);
}

function identityOf(assertion: Element): Identity {
  const subject = childNamed(assertion, ns.saml, 'Subject');
  const nameId = nameIdOf(assertion);
  const statement = childNamed(assertion, ns.saml, 'AuthnStatement');
  const conditions = childNamed(assertion, ns.saml, 'Conditions');
  const confirmations = (subject ? childrenNamed(subject, ns.saml, 'SubjectConfirmation') : []).map(
    (one) => instantOf(attribute(childNamed(one, ns.saml, 'SubjectConfirmationData'), 'NotOnOrAfter')) ?? 0,
  );
  const sessionEnds = statementsOf(assertion)
    .map((one) => instantOf(attribute(one, 'SessionNotOnOrAfter')))
    .filter((end) => end !== undefined);
  const [nameQualifier, spNameQualifier, sessionIndex] = [
    attribute(nameId, 'NameQualifier'),
    attribute(nameId, 'SPNameQualifier'),
    attribute(statement, 'SessionIndex'),
  ];
  return {
    nameId: textOf(nameId),
    nameIdFormat: attribute(nameId, 'Format') ?? 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
    ...(nameQualifier === undefined ? {} : { nameQualifier }),
    ...(spNameQualifier === undefined ? {} : { spNameQualifier }),
    ...(sessionIndex === undefined ? {} : { sessionIndex }),
    authnInstant: new Date(instantOf(attribute(statement, 'AuthnInstant'))!),
    authnContextClassRef: classRefOf(assertion),
    attributes: Object.fromEntries([...attributesOf(assertion)].map(([name, all]) => [name, all[0]!.values])),
    assertionId: attribute(assertion, 'ID')!,
    notOnOrAfter: new Date(Math.max(instantOf(attribute(conditions, 'NotOnOrAfter')) ?? 0, ...confirmations)),
    ...(sessionEnds.length === 0 ? {} : { sessionNotOnOrAfter: new Date(Math.min(...sessionEnds)) }),
  };
}

const placed = (
  path: string,
  name: string | undefined,
  lines: ReadonlyMap<string, number>,
): Pick<Finding, 'path' | 'line'> => {
  const line = lines.get(path);
  return { path: name === undefined ? path : `${path}/@${name}`, ...(line === undefined ? {} : { line }) };
};

/** Lines of the message as it came, by path: the signed octets that are judged have none of their own. */
function linesOf(root: Element): Map<string, number> {
  const lines = new Map<string, number>();
  const visit = (node: Element, path: string): void => {
    const line = lineOf(node);
    if (line !== undefined) lines.set(path, line);
    const children = childElements(node).map((child) => ({ child, name: nameOf(child) }));
    const totals = new Map<string, number>();
    for (const { name } of children) totals.set(name, (totals.get(name) ?? 0) + 1);
    const counts = new Map<string, number>();
    for (const { child, name } of children) {
      const number = (counts.get(name) ?? 0) + 1;
      counts.set(name, number);
      visit(child, `${path}/${name}${totals.get(name)! > 1 ? `[${number}]` : ''}`);
    }
  };
  visit(root, `/${nameOf(root)}`);
  return lines;
}

function withoutDoubles(findings: readonly Finding[]): Finding[] {
  const counts = new Map<string, number>();
  return [
    ...new Map(findings.map((one) => [`${one.code} ${one.path ?? ''} ${one.received ?? ''}`, one])).values(),
  ].filter(({ code }) => {
    const count = (counts.get(code) ?? 0) + 1;
    counts.set(code, count);
    return count <= mostOfOneCode;
  });
}
