/** Errors that identity providers show on their own pages or write into a log or a StatusMessage. */
import type { CaseCode } from '../troubleshooting.ts';
import type { ProductId, Source } from './product.ts';

export interface KnownError {
  /** As the product writes it. */
  code: string;
  product: ProductId;
  /** In one sentence. */
  cause: string;
  /** The troubleshooting entry whose fix applies, in the product's words if they are known. */
  case?: CaseCode;
  /** Comes before the fix of the entry. */
  fix?: string;
  source: Source;
  /** How it is found in a text, if the code alone is not distinctive. */
  pattern?: RegExp;
}

const reference = {
  where: 'github.com/MicrosoftDocs/entra-docs: docs/identity-platform/reference-error-codes.md',
  year: 2024,
} as const;
const article = (name: string, year: number): Source => ({
  where: `github.com/MicrosoftDocs/SupportArticles-docs: support/entra/entra-id/app-integration/${name}.md`,
  year,
});

const entra: readonly Omit<KnownError, 'product'>[] = [
  {
    code: 'AADSTS50105',
    cause: 'The user, or a group that has the user as a direct member, is not assigned to the app.',
    case: 'app-not-assigned',
    source: article('error-code-AADSTS50105-user-not-assigned-role', 2023),
  },
  {
    code: 'AADSTS700016',
    cause: 'No app in this Entra tenant has the Issuer of the request as its Identifier.',
    case: 'app-unknown',
    source: {
      where: 'https://success.procurify.com/en/articles/14903369-troubleshooting-sso-login-error-aadsts700016',
      year: 'undated',
    },
  },
  {
    code: 'AADSTS70001',
    cause: 'The Issuer of the request differs from the Identifier of the app.',
    case: 'app-unknown',
    source: article('error-code-AADSTS70001-app-not-found-in-directory', 2022),
  },
  {
    code: 'AADSTS50011',
    cause: 'The AssertionConsumerServiceURL of the request is not among the Reply URLs of the app.',
    case: 'acs-not-registered',
    source: article('error-code-AADSTS50011-reply-url-mismatch', 2023),
  },
  {
    code: 'AADSTS75011',
    cause: 'The user is signed in by another method than the RequestedAuthnContext of the request names.',
    case: 'authn-context-unmet',
    source: article('error-code-AADSTS75011-auth-method-mismatch', 2022),
  },
  {
    code: 'AADSTS75005',
    cause: 'The request is not a SAML request that Entra supports: a field is missing, or its encoding is wrong.',
    case: 'request-malformed',
    source: article('error-code-AADSTS75005-not-a-valid-saml-request', 2022),
  },
  {
    code: 'AADSTS750054',
    cause: 'The sign-on URL was opened without a SAMLRequest in the query string.',
    case: 'request-missing',
    source: article('error-code-AADSTS750054-saml-request-not-present', 2022),
  },
  {
    code: 'AADSTS76021',
    cause: 'The app requires signed requests, and the request has no signature where its binding puts it.',
    case: 'request-unsigned',
    source: article('error-code-aadsts76021-request-not-signed', 2026),
  },
  {
    code: 'AADSTS50020',
    cause: 'The user is signed in with an account that does not exist in this tenant.',
    fix: 'Sign out, or use a private window, and sign in with the right account. A guest must be invited first.',
    source: article('error-code-AADSTS50020-user-account-identity-provider-does-not-exist', 2023),
  },
  {
    code: 'AADSTS75008',
    cause: 'The request has an unexpected Destination.',
    case: 'request-destination-wrong',
    source: reference,
  },
  {
    code: 'AADSTS75016',
    cause: 'The NameIDPolicy of the request is invalid.',
    case: 'nameid-policy-unmet',
    source: reference,
  },
  { code: 'AADSTS76026', cause: 'The request is too old.', case: 'request-expired', source: reference },
  {
    code: 'AADSTS900236',
    cause: 'The request contains an element or attribute that Entra does not support.',
    case: 'request-malformed',
    source: reference,
  },
  {
    code: 'AADSTS501241',
    cause: 'The user has no value in the field from which the NameID or a claim is made.',
    case: 'nameid-missing',
    source: reference,
  },
  {
    code: 'AADSTS50006',
    cause: 'The signature of the request is invalid.',
    case: 'request-signature-bad',
    source: reference,
  },
  {
    code: 'AADSTS50034',
    cause: 'The account does not exist in this tenant: the name is mistyped, or the tenant is the wrong one.',
    case: 'bad-credentials',
    source: reference,
  },
  {
    code: 'AADSTS50053',
    cause: 'The account is locked, or the IP address is blocked.',
    case: 'idp-user-locked',
    source: reference,
  },
  { code: 'AADSTS50055', cause: 'The password has expired.', case: 'bad-credentials', source: reference },
  { code: 'AADSTS50057', cause: 'The account is disabled.', case: 'idp-user-locked', source: reference },
  { code: 'AADSTS50126', cause: 'The user name or the password is wrong.', case: 'bad-credentials', source: reference },
  {
    code: 'AADSTS50076',
    cause: 'A policy requires multifactor authentication.',
    case: 'assurance-too-low',
    source: reference,
  },
];

const googleErrors = { where: 'https://support.google.com/a/answer/6301076', year: 'undated' } as const;

const google: readonly Omit<KnownError, 'product'>[] = [
  {
    code: 'app_not_configured_for_user',
    cause: 'The Issuer of the request differs from the Entity ID of the app, perhaps only in case.',
    case: 'request-issuer-case',
    source: googleErrors,
  },
  {
    code: 'app_not_enabled_for_user',
    cause: 'The app is off for the user’s organizational unit.',
    case: 'app-not-assigned',
    source: googleErrors,
  },
  {
    code: 'app_not_configured',
    cause: 'No app has the Issuer of the request as its Entity ID.',
    case: 'app-unknown',
    source: googleErrors,
  },
];

const issue = (where: string, year: number): Source => ({ where: `github.com/${where}`, year });

const adfs: readonly Omit<KnownError, 'product'>[] = [
  {
    code: 'MSIS7070',
    cause: 'No claim rule issues a NameID in the format that the NameIDPolicy of the request asks for.',
    case: 'nameid-policy-unmet',
    source: issue('justinbleach/saml-client/issues/39', 2019),
  },
  {
    code: 'MSIS1000',
    cause: 'No claim rule issues a NameID in the format that the NameIDPolicy of the request asks for.',
    case: 'nameid-policy-unmet',
    source: issue('aerialship/lightsaml/issues/21', 2014),
  },
  {
    code: 'MSIS5007',
    cause: 'The access control policy of the relying party trust does not permit the user.',
    case: 'app-not-assigned',
    source: issue('TremoloSecurity/openunison-qs-kubernetes/issues/1', 2018),
  },
  {
    code: 'MSIS7007',
    cause: 'No relying party trust has the Issuer of the request as its identifier, or it is disabled for the user.',
    case: 'app-unknown',
    source: issue('fangli/django-saml2-auth/issues/148', 2020),
  },
  {
    code: 'MSIS3077',
    cause: 'The relying party trust has no SAML endpoint.',
    case: 'acs-not-registered',
    source: issue('simplesamlphp/simplesamlphp/issues/1098', 2019),
  },
];

const others: readonly KnownError[] = [
  {
    code: 'App Not Assigned',
    product: 'okta',
    cause: 'The user is not assigned to the app, or the assignment has an error.',
    case: 'app-not-assigned',
    source: {
      where: 'https://support.okta.com/help/s/article/App-Sign-on-Error-403-User-attempted-unauthorized-access-to-app',
      year: 'undated',
    },
    pattern: /\bApp Not Assigned\b/i,
  },
  {
    code: 'Unknown login requester',
    product: 'keycloak',
    cause: 'No client of the realm has the Issuer of the request as its Client ID.',
    case: 'app-unknown',
    source: issue('BookStackApp/BookStack/issues/1950', 2020),
    pattern: /\bUnknown login requester\b/i,
  },
  {
    code: 'invalid_redirect_uri',
    product: 'keycloak',
    cause: 'The client has no ACS URL, or the one in the request is not allowed.',
    case: 'acs-not-registered',
    source: issue('keycloak/keycloak/issues/14645', 2022),
    pattern: /\berror="?invalid_redirect_uri\b/,
  },
  {
    code: 'client_not_found',
    product: 'keycloak',
    cause: 'No client of the realm has the Issuer of the request as its Client ID.',
    case: 'app-unknown',
    source: issue('getredash/redash/issues/5532', 2022),
    pattern: /\berror="?client_not_found\b/,
  },
];

const of = (product: ProductId, errors: readonly Omit<KnownError, 'product'>[]): KnownError[] =>
  errors.map((one) => ({ ...one, product }));

export const knownErrors: readonly KnownError[] = [
  ...of('entra', entra),
  ...of('google', google),
  ...of('adfs', adfs),
  ...others,
];

/** The known errors that a text mentions, in the order of the table. */
export const knownErrorsIn = (text: string): KnownError[] =>
  knownErrors.filter(({ code, pattern }) => (pattern ?? new RegExp(`\\b${code}\\b`)).test(text));
