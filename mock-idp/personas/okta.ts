/** Okta. */
import { nameIdFormats } from '../response/saml-values.ts';
import { captured, documented, type Persona, reported } from './persona.ts';

const in2022 = captured('samlshield', 2022);
const in2023 = captured('wai', 2023);
const metadata = captured('wire', 2018);

export const okta: Persona = {
  code: 'okta',
  name: 'Okta',
  evidence: 2023,
  facts: {
    entityId: in2023('http://www.okta.com/exk{letters:17}', 'http, not https'),
    ssoAddress: metadata('https://{org}.okta.com/app/{name}_{n}/exk{…}/sso/saml', 'the same for POST and Redirect'),
    metadata: metadata(
      {
        declaration: '<?xml version="1.0" encoding="UTF-8"?>',
        prefix: 'md',
        wantAuthnRequestsSigned: false,
        nameIdFormats: [nameIdFormats.unspecified, nameIdFormats.emailAddress],
        signOn: ['post', 'redirect'],
        logout: [],
        validUntil: 'absent',
        signed: false,
        emptyTag: '/>',
      },
      'no logout address unless it is set',
    ),
    declaration: in2022('<?xml version="1.0" encoding="UTF-8"?>', 'the root follows on the same line'),
    prefixes: in2022({ samlp: 'saml2p', saml: 'saml2', ds: 'ds', xenc: 'xenc' }),
    declares: captured(
      'wai',
      2022,
    )({
      'xenc:EncryptionMethod': [['xenc', 'xenc']],
      'xenc:CipherData': [['xenc', 'xenc']],
    }),
    signedElements: in2022(
      { declareTypes: true, declareAgain: true },
      'xs on signed elements where there are attributes',
    ),
    declarations: in2022({ first: false, otherwise: ['saml:AttributeValue'] }),
    attributeOrder: in2022({}, 'on all elements'),
    emptyTag: in2022('/>'),
    signed: in2022('both', 'the response alone in a capture of 2023'),
    signatureAlgorithm: in2022('rsa-sha256'),
    prefixList: in2022('xs', 'exactly where xs is declared'),
    keyInfo: in2022(['X509Certificate']),
    lines: in2022({ certificate: { width: 76, end: '\n' } }, 'the signature value in one line'),
    ids: in2022(
      { response: 'id{same:9}{digits:16}', assertion: 'id{same:9}{digits:16}' },
      '24 to 26 digits; the two of one message begin alike',
    ),
    sessionIndex: in2023(
      { asked: '{request}', unasked: 'id{milliseconds}.{digits:10}' },
      'the ID of the request, where there is one',
    ),
    decimals: in2022({ usual: 3 }),
    conditions: in2022([300, 300]),
    confirmation: in2022(300),
    session: in2022('never'),
    authnInstant: in2022('of the session'),
    destination: in2022('always'),
    issuerFormat: in2022(nameIdFormats.entity, 'on both Issuer elements'),
    nameId: in2022({ format: nameIdFormats.unspecified, value: 'as configured' }, 'the Okta user name, unless set'),
    statements: in2022('authn first'),
    authnContext: in2022(
      'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
      'unspecified in a capture of 2023, where the app says so',
    ),
    attributeFormat: in2022({ usual: 'by name' }, 'unspecified, basic or uri, set for each attribute'),
    attributeType: in2022('xs:string'),
    repeatedAttributes: in2022([]),
    encryption: captured(
      'wai',
      2022,
    )({
      content: 'aes256-cbc',
      digestMethod: true,
      key: 'beside the data',
      recipient: 'certificate',
    }),
    rejections: documented('oktaSupport', 2024)(
      { 'not-assigned': { page: { heading: '403 App Not Assigned', status: 403 } } },
      'nothing returns to the app',
    ),
  },
  notes: [
    reported('pulumi', 2019)('A default RelayState can be set for each app.'),
    documented('oktaEncryption', 2026)('Encryption Algorithm of an app can be AES256-GCM, in place of AES256-CBC.'),
  ],
};
