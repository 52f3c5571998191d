/** Tests of the troubleshooting table: nothing is missing or repeated, and every rejection has its entry. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RejectionCode, rejections } from './rejection-advice.ts';
import { caseStages } from './troubleshooting/case.ts';
import { type CaseCode, caseCodes, caseOf, cases, isCaseCode, likelyDeadEnds } from './troubleshooting.ts';

/** Known problems of administrators and users, by stage. */
const expected: Record<(typeof caseStages)[number], string> = {
  'admin-setup': `
    metadata-unparseable metadata-entity-missing metadata-expired metadata-wrong-root sso-binding-missing
    idp-certificate-absent cert-and-fingerprint-conflict certificate-text-corrupted duplicate-entity-id
    idp-console-unavailable sso-profile-missing sso-connection-disabled domain-unverified sso-plan-lapsed
    api-access-lost-on-sso local-login-blocked`,
  'test-email': `
    test-user-unknown test-user-domain-unverified test-user-is-self test-user-already-sso enforce-before-test`,
  'login-page': `
    login-no-redirect sso-not-enabled-for-user org-not-found login-email-malformed login-user-unknown
    password-after-enforcement login-loop stale-sp-session cannot-link-unauthenticated`,
  idp: `
    idp-page-not-found app-not-assigned app-unknown request-issuer-case acs-not-registered request-missing
    request-malformed request-destination-wrong request-unsigned request-expired request-signature-bad
    authn-context-unmet nameid-policy-unmet bad-credentials idp-user-locked user-cancelled consent-denied
    idp-login-timeout assurance-too-low idp-state-lost idp-realm-disabled idp-unreachable webview-blocked
    idp-initiated-disabled`,
  'response-validation': `
    response-missing response-unparseable status-not-success message-not-signed assertion-not-signed nothing-signed
    signature-invalid signing-cert-mismatch signature-algorithm-refused embedded-cert-missing encryption-unsupported
    encryption-required decryption-failed audience-mismatch issuer-mismatch issuer-missing destination-mismatch
    recipient-blank recipient-mismatch acs-url-wrong not-yet-valid assertion-expired replay-detected
    in-response-to-mismatch request-id-lost in-response-to-missing relay-state-missing subject-missing
    nameid-missing nameid-not-email subject-confirmation-error assertion-missing authn-statement-missing
    session-index-missing saml-version-unsupported altered-in-transit`,
  session: `
    session-not-found cookie-samesite-blocked load-balancer-session-split session-duration-refused session-expired
    post-data-lost`,
  'post-login': `
    user-not-provisioned nameid-user-mismatch nameid-case-changed nameid-not-stable nameid-changed-owner
    mailbox-switched email-missing email-domain-refused email-already-taken duplicate-saml-accounts
    required-attribute-missing attribute-value-malformed role-not-authorised group-format-wrong too-many-groups
    seats-exhausted new-user-blocked ip-restricted user-deactivated user-status-invalid`,
};
const expectedCodes = caseStages.flatMap((stage) =>
  expected[stage]
    .trim()
    .split(/\s+/)
    .map((code) => ({ code, stage })),
);

const textsOf = (code: CaseCode): string[] => {
  const { symptom, cause, fix, staging } = cases[code];
  return [symptom, cause, fix, ...(staging.staged ? [] : [staging.reason])];
};

test('the 116 known cases are in the table, each at its stage', () => {
  assert.equal(expectedCodes.length, 116);
  assert.deepEqual(
    expectedCodes.filter(({ code, stage }) => !isCaseCode(code) || cases[code].stage !== stage),
    [],
  );
});

test('the entries are in the order of the stages', () => {
  const ranks = caseCodes.map((code) => caseStages.indexOf(cases[code].stage));
  assert.deepEqual(
    ranks,
    ranks.toSorted((a, b) => a - b),
  );
});

test('every rejection leads to an entry that lists it, and no entry lists others', () => {
  for (const rejection of Object.keys(rejections) as RejectionCode[])
    assert.ok(cases[caseOf(rejection)].rejections.includes(rejection), rejection);
  assert.equal(caseCodes.flatMap((code) => cases[code].rejections).length, Object.keys(rejections).length);
});

test('an entry lists all who fix its rejections', () => {
  const silent = (Object.keys(rejections) as RejectionCode[]).filter(
    (rejection) => !cases[caseOf(rejection)].fixedBy.includes(rejections[rejection].fixedBy),
  );
  assert.deepEqual(
    silent.map((rejection) => `${rejection} → ${caseOf(rejection)}: ${rejections[rejection].fixedBy}`),
    [],
  );
});

test('at least 85 of the known cases can be staged, and the others have a reason', () => {
  const known = expectedCodes.map(({ code }) => code as CaseCode);
  assert.ok(known.filter((code) => cases[code].staging.staged).length >= 85);
  for (const code of caseCodes) {
    const { staging } = cases[code];
    if (!staging.staged) assert.ok(staging.reason.length >= 20, code);
  }
});

test('texts are whole sentences, and titles are not', () => {
  for (const code of caseCodes) {
    for (const text of textsOf(code)) assert.match(text, /^[A-Z“].*\.$/, `${code}: ${text}`);
    assert.match(cases[code].title, /^[A-Z].*[^.!?]$/, code);
    assert.ok(cases[code].fixedBy.length > 0, code);
    assert.ok(cases[code].fix.split(/[.!?](?= [A-Z“])/).length <= 3, `${code}: more than three sentences`);
  }
});

test('every title and every text is unique', () => {
  const all = caseCodes.flatMap((code) => [cases[code].title, ...textsOf(code)]);
  assert.deepEqual(
    all.filter((text, index) => all.indexOf(text) !== index),
    [],
  );
});

test('a test without a response points first to the missing assignment', () => {
  assert.equal(likelyDeadEnds[0], 'app-not-assigned');
  assert.equal(new Set(likelyDeadEnds).size, likelyDeadEnds.length);
});
