/** Responses as products write them, made from facts: what tells products apart, without a valid signature. */

export interface Writing {
  declaration?: string;
  /** Of the protocol, the assertion and the signature; empty for none. */
  prefixes: readonly [protocol: string, assertion: string, signature: string];
  /** Root attributes in their order. */
  root?: string;
  ids: readonly [response: string, assertion: string];
  issuer?: string;
  issuerFormat?: string;
  signed?: readonly ('response' | 'assertion')[];
  /** The element KeyInfo. By default, it has only the certificate. */
  keyInfo?: string;
  prefixList?: string;
  signatureValue?: string;
  /** Attributes of the assertion in their order. */
  assertion?: string;
  /** Seconds before and after the issue instant. */
  conditions?: readonly [before: number, after: number];
  /** Attributes of SubjectConfirmationData. */
  confirmation?: string;
  nameId?: string;
  /** Attributes of AuthnStatement. */
  authn?: string;
  authority?: boolean;
  attributes?: string;
  attributesFirst?: boolean;
  /** The element Status of a failure, which has no assertion. */
  status?: string;
  /** The content of EncryptedAssertion. */
  encrypted?: string;
}

const issued = Date.parse('2026-03-01T12:00:00.000Z');
export const time = (seconds: number): string => new Date(issued + seconds * 1000).toISOString();

const protocol = 'urn:oasis:names:tc:SAML:2.0:protocol';
const saml = 'urn:oasis:names:tc:SAML:2.0:assertion';
const ds = 'http://www.w3.org/2000/09/xmldsig#';

const named = (prefix: string, name: string): string => (prefix === '' ? name : `${prefix}:${name}`);
const declared = (prefix: string, uri: string): string =>
  prefix === '' ? `xmlns="${uri}"` : `xmlns:${prefix}="${uri}"`;

export function writtenAs(writing: Writing): string {
  const { prefixes, root = 'ID Version IssueInstant Destination InResponseTo', ids, declaration = '' } = writing;
  const values: Record<string, string> = {
    ID: ids[0],
    Version: '2.0',
    IssueInstant: time(0),
    Destination: 'https://sp.example/acs',
    InResponseTo: '_request',
    Consent: 'urn:oasis:names:tc:SAML:2.0:consent:unspecified',
  };
  const attributes = root.split(' ').map((name) => `${name}="${values[name]}"`);
  const [p, a] = prefixes;
  const response = named(p, 'Response');
  const format = writing.issuerFormat === undefined ? '' : ` Format="${writing.issuerFormat}"`;
  const issuerTag = named(a, 'Issuer');
  const issuerId = writing.issuer ?? 'https://idp.example/';
  const issuer = `<${issuerTag} ${declared(a, saml)}${format}>${issuerId}</${issuerTag}>`;
  const code = `<${named(p, 'StatusCode')} Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>`;
  const success = `<${named(p, 'Status')}>${code}</${named(p, 'Status')}>`;
  const signature = writing.signed?.includes('response') ? signatureOf(writing) : '';
  return (
    `${declaration}<${response} ${declared(p, protocol)} ${attributes.join(' ')}>${issuer}${signature}` +
    `${writing.status ?? success + contentOf(writing)}</${response}>`
  );
}

function contentOf(writing: Writing): string {
  const {
    prefixes: [, a],
    encrypted,
  } = writing;
  const name = named(a, 'EncryptedAssertion');
  return encrypted === undefined ? assertionOf(writing) : `<${name} ${declared(a, saml)}>${encrypted}</${name}>`;
}

function assertionOf(writing: Writing): string {
  const {
    prefixes: [, a],
    ids,
    conditions = [60, 120],
    nameId,
    attributesFirst = false,
  } = writing;
  const tag = (name: string, content: string, attributes = ''): string =>
    `<${named(a, name)}${attributes}>${content}</${named(a, name)}>`;
  const confirmation = writing.confirmation ?? `NotOnOrAfter="${time(300)}" Recipient="https://sp.example/acs"`;
  const subject = tag(
    'Subject',
    (nameId ?? tag('NameID', 'sam@acme.example')) +
      tag('SubjectConfirmation', `<${named(a, 'SubjectConfirmationData')} ${confirmation}/>`),
  );
  const window = ` NotBefore="${time(-conditions[0])}" NotOnOrAfter="${time(conditions[1])}"`;
  const authority = writing.authority ? tag('AuthenticatingAuthority', 'https://idp.example/') : '';
  const context = tag('AuthnContext', tag('AuthnContextClassRef', 'urn:example') + authority);
  const authn = tag('AuthnStatement', context, ` ${writing.authn ?? `AuthnInstant="${time(0)}"`}`);
  const attributes = writing.attributes === undefined ? '' : tag('AttributeStatement', writing.attributes);
  const statements = attributesFirst ? attributes + authn : authn + attributes;
  const own = writing.assertion ?? `ID="${ids[1]}" IssueInstant="${time(0)}" Version="2.0"`;
  const signature = writing.signed?.includes('assertion') ? signatureOf(writing, 1) : '';
  return tag(
    'Assertion',
    signature + subject + tag('Conditions', '', window) + statements,
    ` ${declared(a, saml)} ${own}`,
  );
}

function signatureOf(
  { prefixes: [, , s], ids, keyInfo, prefixList, signatureValue = 'AAAA' }: Writing,
  of = 0,
): string {
  const tag = (name: string, content: string, attributes = ''): string =>
    `<${named(s, name)}${attributes}>${content}</${named(s, name)}>`;
  const inclusive =
    prefixList === undefined
      ? ''
      : `<ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="${prefixList}"/>`;
  const transforms = tag(
    'Transforms',
    tag('Transform', inclusive, ' Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"'),
  );
  const info = keyInfo ?? tag('KeyInfo', tag('X509Data', tag('X509Certificate', 'AAAA')));
  return tag(
    'Signature',
    tag('SignedInfo', tag('Reference', transforms, ` URI="#${ids[of]}"`)) +
      tag('SignatureValue', signatureValue) +
      info,
    ` ${declared(s, ds)}`,
  );
}
