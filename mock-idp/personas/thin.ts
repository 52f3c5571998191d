/** Products of which no message was seen: what they are called and where they are, and little else. */
import { nameIdFormats } from '../response/saml-values.ts';
import { documented, type Persona, reported } from './persona.ts';

const jumpcloudGuides = reported('jumpcloud', 2024);
const salesforceTest = reported('salesforce', 2024);
const duoGuides = reported('duo', 2024);

export const jumpcloud: Persona = {
  code: 'jumpcloud',
  name: 'JumpCloud',
  evidence: 2024,
  thin: true,
  facts: {
    ssoAddress: jumpcloudGuides('https://sso.jumpcloud.com/saml2/{name}', 'fixed when the application is made'),
    metadata: jumpcloudGuides({ signOn: ['post'] }, 'HTTP-Redirect only if Declare Redirect Endpoint is ticked'),
    signatureAlgorithm: jumpcloudGuides('rsa-sha256'),
    nameId: jumpcloudGuides({ format: '', value: 'as configured' }, 'the email by default'),
  },
  notes: [jumpcloudGuides('The entity ID is free text of the administrator.')],
};

export const salesforce: Persona = {
  code: 'salesforce',
  name: 'Salesforce',
  evidence: 2024,
  thin: true,
  facts: {
    entityId: salesforceTest('https://{tenantName}.my.salesforce.com'),
    ssoAddress: salesforceTest('https://{my domain}.my.salesforce.com/idp/endpoint/HttpRedirect'),
    metadata: salesforceTest({
      prefix: 'md',
      nameIdFormats: [nameIdFormats.unspecified],
      signOn: ['post', 'redirect'],
    }),
  },
};

export const duo: Persona = {
  code: 'duo',
  name: 'Duo Single Sign-On',
  alsoNamed: ['duo'],
  evidence: 2024,
  thin: true,
  facts: {
    entityId: duoGuides('https://sso-{hex:8}.sso.duosecurity.com/saml2/sp/DI{upper:18}/metadata'),
    ssoAddress: duoGuides('https://sso-{…}.sso.duosecurity.com/saml2/sp/{DI…}/sso'),
    sloAddress: duoGuides('https://sso-{…}.sso.duosecurity.com/saml2/sp/{DI…}/slo'),
    signatureAlgorithm: documented('duo', 2026)('rsa-sha256', 'signing the response and the assertion are two ticks'),
  },
};
