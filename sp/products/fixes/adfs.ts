/** AD FS: its management console and PowerShell. */
import type { Fixes } from '../topics.ts';

const docs = 'github.com/MicrosoftDocs/windowsserverdocs: WindowsServerDocs/identity/ad-fs/operations';
const rule = 'AD FS Management → Relying Party Trusts → the SP → Edit Claim Issuance Policy → Add Rule';
const set = 'PowerShell: Set-AdfsRelyingPartyTrust -TargetName NAME';
const cmdlet = {
  where: 'github.com/MicrosoftDocs/windows-powershell-docs: docset/winserver2022-ps/adfs/Set-AdfsRelyingPartyTrust.md',
  year: 2016,
} as const;

export const adfs: Fixes = {
  'entity-id': { fix: `${set} -Identifier with the SP’s entity ID.`, source: cmdlet },
  'acs-url': { fix: `${set} -SamlEndpoint with the SP’s ACS URL.`, source: cmdlet },
  certificate: {
    fix:
      'AD FS Management → Service → Certificates: the primary token-signing certificate signs. By default AD FS ' +
      'replaces it by itself; upload the new metadata to the SSO profile before it becomes primary.',
    source: { where: `${docs}/configure-TS-TD-certs-ad-fs.md`, year: 2017 },
  },
  'sign-response': { fix: `${set} -SamlResponseSignature MessageAndAssertion, or MessageOnly.`, source: cmdlet },
  'sign-assertion': { fix: `${set} -SamlResponseSignature MessageAndAssertion, or AssertionOnly.`, source: cmdlet },
  algorithm: { fix: `${set} -SignatureAlgorithm with the address that ends in rsa-sha256.`, source: cmdlet },
  encryption: {
    fix: `${set} -EncryptionCertificate with the SP’s certificate and -EncryptClaims $true, or -EncryptClaims $false.`,
    source: cmdlet,
  },
  assignment: {
    fix:
      'AD FS Management → Relying Party Trusts → the SP → Edit Access Control Policy: choose a policy that permits ' +
      'the user or one of the user’s groups.',
    source: { where: `${docs}/Access-Control-Policies-in-AD-FS.md`, year: 2023 },
  },
  nameid: {
    fix:
      `${rule} → Transform an Incoming Claim: from E-Mail Address to Name ID, with the outgoing name ` +
      'ID format Email. ' +
      'Another rule, Send LDAP Attributes as Claims, must issue the E-Mail Address first.',
    source: {
      where:
        `${docs}/Create-a-Rule-to-Transform-an-Incoming-Claim.md; ` +
        'https://docs.servicenow.com/bundle/helsinki-servicenow-platform/page/integrate/saml/task/' +
        't_ConfigureADFSClaimRules.html',
      year: 2025,
    },
  },
  attribute: {
    fix:
      `${rule} → Send LDAP Attributes as Claims: map the LDAP attribute to the outgoing claim ` +
      'type that the SP expects.',
    source: { where: `${docs}/Create-a-Rule-to-Send-LDAP-Attributes-as-Claims.md`, year: 2024 },
  },
  groups: {
    fix: `${rule} → Send Group Membership as a Claim: one rule for each group, with the value that the SP expects.`,
    source: { where: `${docs}/Create-a-Rule-to-Send-Group-Membership-as-a-Claim.md`, year: 2024 },
  },
  clock: {
    fix:
      `${set} -NotBeforeSkew 5 if assertions are not yet valid; -TokenLifetime sets how many ` +
      'minutes they are valid.',
    source: cmdlet,
  },
  'request-signature': {
    fix:
      `${set} -RequestSigningCertificate with the SP’s certificate; -SignedSamlRequestsRequired ` +
      'says if it must sign.',
    source: cmdlet,
  },
};
