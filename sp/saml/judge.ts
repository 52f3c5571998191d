/** Judges a response: verifies, decrypts, and runs all checks. The first finding in the order of precedence decides. */

import type { Finding } from '../rejection-advice.ts';
import { addressingChecks } from './checks/addressing.ts';
import { authnStatementChecks } from './checks/authn-statement.ts';
import { type Check, finding, mostOfOneCode, type Subject } from './checks/check.ts';
import { conditionsChecks } from './checks/conditions.ts';
import { assertionPlacement, assertionPresence, envelopeChecks, rootIsResponse } from './checks/envelope.ts';
import { issuerChecks } from './checks/issuer.ts';
import { accountChecks, nameIdChecks, replayChecks } from './checks/name-id.ts';
import { isSuccess, statusChecks } from './checks/status.ts';
import { subjectConfirmationChecks } from './checks/subject-confirmation.ts';
import { attribute, childElements, childrenNamed, nameOf, ns, pathOf } from './dom.ts';
import { identityOf } from './identity.ts';
import type { Expectation, Judgement, NotVerified } from './judgement.ts';
import { linesOf, placed } from './line-numbers.ts';
import { type Opened, openAssertion, unopened } from './open-assertion.ts';
import { inOrder } from './precedence.ts';
import type { Read } from './read.ts';
import { type Verification, verify } from './verify.ts';

/** All checks, by stage. */
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

/** Judges a decoded and parsed message. Never throws because of its content. */
export function judge(message: Read, expectation: Expectation): Judgement {
  const root = message.document.documentElement;
  if (!rootIsResponse(root)) return rejectRoot(root);
  const { idp, policies, offline } = expectation;
  const verification = verify(message.xml, message.document, { certificates: idp.certificates, policies, offline });
  const signedResponse = verification.signed.find(({ element }) => element === root);
  const response = signedResponse?.content ?? root;
  const lines = linesOf(root);
  const atResponse: Subject['at'] = (node, name) => placed(pathOf(node), name, lines);

  const findings: Finding[] = [...verification.findings, ...assertionPlacement(root, atResponse)];
  const success = isSuccess(response);
  if (success) findings.push(...assertionPresence(root, atResponse));
  // Redundant: several assertions, and a status other than success, reject the message anyway.
  const isOpenable = success && !findings.some(({ code }) => code === 'assertion-multiple');
  const opened = isOpenable
    ? openAssertion({ message, response, verification, at: atResponse }, expectation)
    : unopened;
  findings.push(...opened.findings, ...signatureFindings(root, verification, opened, expectation, atResponse));

  const subject: Subject = {
    original: root,
    response,
    assertion: opened.assertion,
    responseSigned: signedResponse !== undefined || verification.present.includes(root),
    at: (node, name) =>
      isDecrypted(node, { root, response, assertion: opened.assertion })
        ? placed(`${opened.below}${pathOf(node)}`, name, lines)
        : atResponse(node, name),
  };
  for (const check of Object.values(checks).flat()) findings.push(...check.check(subject, expectation));
  const notVerified = [...opened.notVerified, ...skippedChecks(expectation, subject)];
  return decide(findings, notVerified, {
    opened,
    responseVerified: signedResponse !== undefined,
    at: atResponse(root),
  });
}

function rejectRoot(root: Element): Judgement {
  return { verdict: 'reject', findings: [rootFinding(root)], notVerified: [] };
}

function rootFinding(root: Element): Finding {
  const place = { path: pathOf(root) };
  if (/^urn:oasis:names:tc:SAML:1\.\d:/.test(root.namespaceURI ?? '')) {
    const [major = '1', minor = '?'] = [attribute(root, 'MajorVersion'), attribute(root, 'MinorVersion')];
    return finding('saml-version-unsupported', place, { expected: '2.0', received: `${major}.${minor}` });
  }
  const isBare = root.localName === 'Response' && !root.namespaceURI;
  const received = isBare ? 'Response in no namespace' : nameOf(root);
  const found = finding('root-not-response', place, { expected: 'samlp:Response', received });
  return isBare ? { ...found, circumstance: 'no-namespace' } : found;
}

/** True if the node belongs to a decrypted assertion, which has its own document. */
const isDecrypted = (
  { ownerDocument }: Element,
  { root, response, assertion }: { root: Element; response: Element; assertion: Element | undefined },
): boolean =>
  ownerDocument === assertion?.ownerDocument &&
  ownerDocument !== response.ownerDocument &&
  ownerDocument !== root.ownerDocument;

/** The verdict. The identity is read only from signed octets. */
function decide(
  found: readonly Finding[],
  notVerified: readonly NotVerified[],
  { opened, responseVerified, at }: { opened: Opened; responseVerified: boolean; at: Pick<Finding, 'path' | 'line'> },
): Judgement {
  const [first, ...rest] = inOrder(withoutDuplicates(found));
  if (first) return { verdict: 'reject', findings: [first, ...rest], notVerified };
  const [missing, ...others] = notVerified;
  if (missing) return { verdict: 'undetermined', findings: [], notVerified: [missing, ...others] };
  // Redundant: a missing or invalid signature (signatureFindings, verify) and a missing assertion (assertionPresence)
  // are findings. But the identity must not depend on that alone.
  if (!opened.assertion || !(opened.verified || responseVerified))
    return { verdict: 'reject', findings: [finding('nothing-signed', at)], notVerified: [] };
  return { verdict: 'accept', identity: identityOf(opened.assertion), findings: [], notVerified: [] };
}

/** Findings for missing signatures. Invalid signatures have their own. */
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
  const findings: Finding[] = [];
  if (policies.requireSignedMessage && !message) {
    const facts = { expected: 'ds:Signature in samlp:Response', received: 'none' };
    findings.push(finding('message-not-signed', at(root), facts));
  }
  if (policies.requireSignedAssertion && !assertion && opened.assertion) {
    const node = childElements(root).find(({ localName }) => /^(Encrypted)?Assertion$/.test(localName))!;
    const facts = { expected: 'ds:Signature in saml:Assertion', received: 'none' };
    findings.push(finding('assertion-not-signed', at(node), facts));
  }
  return findings;
}

/** The checks that were skipped because the expectation lacks their values. */
function skippedChecks(
  { sp, idp, request, policies, account, wasUsed, relayState }: Expectation,
  { response, assertion }: Subject,
): NotVerified[] {
  const relayStateUnknown = request?.relayState === undefined && relayState === undefined;
  const unknown: [NotVerified, boolean][] = [
    ['signature', idp.certificates === undefined],
    ['issuer', idp.entityId === undefined],
    ['destination', sp.acsUrl === undefined],
    ['recipient', sp.acsUrl === undefined],
    ['audience', sp.entityId === undefined],
    ['in-response-to', request === undefined && attribute(response, 'InResponseTo') !== undefined],
    ['relay-state', policies.requireRelayState && request !== undefined && relayStateUnknown],
    ['account', account === undefined && assertion !== undefined],
    ['replay', wasUsed === undefined && assertion !== undefined],
  ];
  return unknown.filter(([, isUnknown]) => isUnknown).map(([what]) => what);
}

function withoutDuplicates(findings: readonly Finding[]): Finding[] {
  const counts = new Map<string, number>();
  const byContent = new Map(findings.map((one) => [`${one.code} ${one.path ?? ''} ${one.received ?? ''}`, one]));
  return [...byContent.values()].filter(({ code }) => {
    const count = (counts.get(code) ?? 0) + 1;
    counts.set(code, count);
    return count <= mostOfOneCode;
  });
}
