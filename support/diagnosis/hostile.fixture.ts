/** Hostile captures: repeated pieces that cost a careless parser more than linear time. */

const namespaces =
  'xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"';
const instant = '2026-01-01T00:00:00Z';

export const response = (content: string): string =>
  `<samlp:Response ${namespaces} ID="_1" Version="2.0" IssueInstant="${instant}">` +
  `<saml:Assertion>${content}</saml:Assertion></samlp:Response>`;

const request = (id: number): string =>
  `<samlp:AuthnRequest ${namespaces} ID="_${id}" Version="2.0" IssueInstant="${instant}"/>`;

const times = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => make(index)).join('');

const field = (name: string, xml: string): string =>
  `${name}=${encodeURIComponent(Buffer.from(xml).toString('base64'))}`;

const har = (entries: readonly object[]): string => JSON.stringify({ log: { entries } });

const responseEntry = (index: number): object => ({
  startedDateTime: instant,
  request: {
    method: 'POST',
    url: 'http://sp.example/acs',
    postData: {
      text: `RelayState=r${index}&${field(
        'SAMLResponse',
        response(
          times(8, (place) => `<saml:A b="a${place}.${index}@x.example">u${place}.${index}@x.example</saml:A>`) +
            `<saml:Issuer>idp${index}</saml:Issuer>` +
            `<saml:Subject><saml:NameID>u${index}@x.example</saml:NameID></saml:Subject>`,
        ),
      )}`,
    },
  },
});

const requestEntry = (index: number): object => ({
  request: {
    method: 'GET',
    url: `http://idp.example/sso?${field('SAMLRequest', request(index))}&RelayState=r${index}`,
  },
});

const broken = '<samlp:Response urn:oasis:names:tc:SAML:2.0:protocol>';

/** Name → a capture with about `size` pieces. */
export const hostileCaptures: Readonly<Record<string, (size: number) => string>> = {
  'one long word': (size) => response(`<saml:Issuer>${'x'.repeat(50 * size)}</saml:Issuer>`),
  'one long name': (size) => response(`<saml:Issuer a="${'a:'.repeat(25 * size)}">${'b='.repeat(size)}</saml:Issuer>`),
  'emails in elements': (size) =>
    response(times(size / 4, (index) => `<saml:Issuer>u${index}@x.example</saml:Issuer>`)),
  'emails in one element': (size) =>
    response(`<saml:Issuer>${times(size, (index) => `u${index}@x.example `)}</saml:Issuer>`),
  'emails in attributes': (size) =>
    response(
      times(size / 64, (element) => `<saml:A ${times(64, (index) => `a${index}="u${element}.${index}@x.example" `)}/>`),
    ),
  'emails in attributes of an unreadable message': (size) =>
    `${broken}${times(size, (index) => `<a b="u${index}@x.example" SessionIndex="s${index}">`)}`,
  'names in an unreadable message': (size) =>
    `${broken}${times(size, (index) => `<NameID>name ${index}</NameID> name ${index}`)}`,
  'sections without an end': (size) => `${broken}${'<NameID><![CDATA[x'.repeat(size)}`,
  'comments without an end': (size) => `${broken}${'<NameID><!--x'.repeat(size)}`,
  siblings: (size) => response('<saml:Issuer>a</saml:Issuer>'.repeat(size / 4)),
  'long names': (size) =>
    response(`<${'n'.repeat(900)}>`.repeat(50) + '<b/>'.repeat(size / 2) + `</${'n'.repeat(900)}>`.repeat(50)),
  'at signs': (size) => response('@a'.repeat(10 * size)),
  'special characters before an at sign': (size) => response(`${'!#$.'.repeat(10 * size)}@`),
  instants: (size) => response(`<saml:A t="${`${instant} `.repeat(size)}"/>`),
  'quotation marks': (size) => response('a="'.repeat(10 * size)),
  'fields of a form': (size) => `SAMLResponse=${'&RelayState'.repeat(size)}`,
  'inputs on a page': (size) => `<html>urn:oasis:names:tc:SAML${'<input name="SAMLResponse" value="x '.repeat(size)}`,
  'white space in a form': (size) => `SAMLResponse=a${' \n'.repeat(10 * size)}b`,
  'responses in a HAR': (size) => har(Array.from({ length: size / 16 }, (_, index) => responseEntry(index))),
  'requests in a HAR': (size) => har(Array.from({ length: size / 16 }, (_, index) => requestEntry(index))),
  'both in a HAR': (size) =>
    har(Array.from({ length: size / 16 }, (_, index) => [requestEntry(index), responseEntry(index)]).flat()),
  'RelayStates before a form': (size) => `${'&RelayState=x'.repeat(10 * size)} SAMLResponse=a`,
  'parts of multipart': (size) => har([{ request: { postData: { text: 'name="SAMLResponse"'.repeat(size) } } }]),
  'labels in wrapped base64': (size) => `SAMLResponse: x\n${`${'A'.repeat(60)}+RelayState\n`.repeat(size)}`,
  'wrapped base64 in text': (size) => `a log: ${`${'A'.repeat(76)}\n`.repeat(size)}`,
  'quotes of a command': (size) => `curl 'https://sp.example' -d 'SAMLResponse=x' ${`$'"`.repeat(10 * size)}`,
  'bodies of a fetch': (size) => `fetch("https://sp.example", {SAML ${`body : "body: '`.repeat(size)}`,
  'options of PowerShell': (size) => `Invoke-WebRequest SAML ${'-Uri "-Body `"'.repeat(size)}`,
  'items of Burp': (size) => `<items burpVersion="1">${'<item><request><url>SAML'.repeat(size)}`,
  'forms on a page': (size) => `<html>SAML${'<form action="'.repeat(size)}`,
  'responses in text': (size) => `SAML ${'<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML'.repeat(size)}`,
  'soft line breaks': (size) => `SAMLResponse=3D${'=\n= =3D'.repeat(10 * size)}`,
  'parts of an email': (size) => `a\n${'Content-Transfer-Encoding: base64\n\nSAML'.repeat(size)}`,
  'URLs in text': (size) => `x ${'https://sp.example/?SAMLRequest='.repeat(size)}`,
  'levels of JSON': (size) => `${'['.repeat(size)}"SAML"`,
  'backslashes in JSON': (size) => `["SAML${'\\\\'.repeat(10 * size)}"]`,
};
