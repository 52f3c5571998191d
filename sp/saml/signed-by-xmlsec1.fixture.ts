/** Messages signed by xmlsec1, which shares no code with us. Made once; the key is lost. */

export const certificate = `-----BEGIN CERTIFICATE-----
MIIDBTCCAe2gAwIBAgIUHb4XJOtjOtafkNQqdWHIAa/wXOYwDQYJKoZIhvcNAQEL
BQAwEjEQMA4GA1UEAwwHeG1sc2VjMTAeFw0yNjExMjkxMzEzMTZaFw0zNjExMjYx
MzEzMTZaMBIxEDAOBgNVBAMMB3htbHNlYzEwggEiMA0GCSqGSIb3DQEBAQUAA4IB
DwAwggEKAoIBAQDK8732icqYyPchaaBRA+EYTjHqU+AafqVx4MA9XQQvOeKaJhbO
pCrzVphLKF782Wkiaof9QZ5P26O8tPT9s8cY+boFY3UwwiPoDFRr2PI0U+GgCYd2
3RdxJI3BIGHiaZzOXbEfd51ZqeXl1takSMesoz2wM1+I7z+SmIrZggJr5OTcBeI5
/9wiwOsHfYF8cnT2ifqIg1yf2ubsl1YrhmjrY5K8oalJNd2sgxv/JN6R+YKlAZsz
IZfajBgKAfSazYeCmSFmLJURcrXoCsiuf9/gfnYJIjvZXqA6mXCKNUsbFno7xKNh
YngjhJbH44Lyyy6fkmTz7sfpzA2vzRWzzGPHAgMBAAGjUzBRMB0GA1UdDgQWBBR/
zC/CLL7crL3rwkGHtWeiWAVtZTAfBgNVHSMEGDAWgBR/zC/CLL7crL3rwkGHtWei
WAVtZTAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4IBAQBh7MQAVPPI
FIuvORoBL1/msQ93GHHhzeh6ReLnVV04HNZDUKgGGgOkYP+RkSyDxp2v+2MWKWjD
qgf6RFHREldIxA4r1ZpF1oY7Bl66iJ3mmA0jD1qM5qKRJ06ny1zQhbqWrAsWmDdn
1X9cbXI82tnt5VyETMNunf5Ehv5MhX+XU1X6CCcZ1Xbbt0D0oEXDAMKSyoYYWPO/
oE2czIIdC80ZG5qRUTnUHQ5rct0+wgIublrMVc4tICitfLgozeEPCQXQ7X7MKh7A
Rn47r2HE8fMFD0AEezuI8vLHnS5Qm58HVRkTnrkLK2b4B4v4CeT3pV8YSjU6NlkK
A6yrD8f++WwF
-----END CERTIFICATE-----`;

export const messages: Readonly<Record<string, string>> = {
  '#default, with a default namespace around the assertion':
    '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns="urn:d" ID="_r"><saml:Issue' +
    'r xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">i</saml:Issuer><saml:Assertion xmlns:saml="urn:' +
    'oasis:names:tc:SAML:2.0:assertion" ID="_a"><saml:Issuer>i</saml:Issuer><ds:Signature xmlns:ds="http:' +
    '//www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.or' +
    'g/2001/10/xml-exc-c14n#"/><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-' +
    'sha256"/><ds:Reference URI="#_a"><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/x' +
    'mldsig#enveloped-signature"/><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"><ec:I' +
    'nclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="#default saml"/></' +
    'ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><' +
    'ds:DigestValue>aU32KU+m29WKBwyrpjATn1PhTyeJFDOUq7rJs6sfLWs=</ds:DigestValue></ds:Reference></ds:Sign' +
    'edInfo><ds:SignatureValue>jlEgNYf/SO9aeEJB2XwqWL3Tzu4kTx9pVBpbt33zc7Xr+h0NSmO6RHkiAo51D9Xr\ne4iq4mKKT' +
    'rFzPHhyZQg9VeeRYuh2p5ZY39C5ynKp/nnE0A2TRovBPEuXdJVAUdpM\newhDcO++PW3s/L8pkEvsaHfkK31v0iBVIZvPUP1ZYWfx' +
    '/vjHSCn4Q4PtfFgd+x2D\nZ40GObUKcZG1f46O3xBo4yt5kAjlNbydmZ2HOJMvptHquYku88FBxoMH5OC23+nU\nwBVAgWyo5UFcdx' +
    'hH1mlvxiIY7r1CLzM7ynnR2jMlQVhp50E9EUJ2uoRr0dPDWb4h\nsoNHtZzx3Lb87NDfm+OL6g==</ds:SignatureValue></ds:' +
    'Signature><saml:Advice/></saml:Assertion></samlp:Response>',
  '#default, with a default namespace inside the response':
    '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r"><saml:Issuer xmlns:saml="' +
    'urn:oasis:names:tc:SAML:2.0:assertion">i</saml:Issuer><ds:Signature xmlns:ds="http://www.w3.org/2000' +
    '/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc' +
    '-c14n#"/><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><ds:Refe' +
    'rence URI="#_r"><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-' +
    'signature"/><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"><ec:InclusiveNamespace' +
    's xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="#default samlp"/></ds:Transform></d' +
    's:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>K' +
    'ssrVxfBQsCfnCrknpF33+QyArWYpztrf4CII5b4fTY=</ds:DigestValue></ds:Reference></ds:SignedInfo><ds:Signa' +
    'tureValue>FC2Tx8WK9K7ciK6dMIUEDs3Bw3q8uBVgxDcZONqx7eekZYkypBgzrFHf288xEuQ+\nQ9s79yd3QJ0x5q3He+Yysz6V/' +
    '0Q+K9OyvdUR9FNJ2reSg2Jaxv761Hgj32VfmBQG\n8RMVw2cMjdkjUvOU2tGK5CV5JWIWzNXhhmTFe7TElrnT0U/iERffE1E4AkZE' +
    'uNm2\nyEro1TXtz9UUY2EMTouKFt8xB8H7fo2FZ9lZq0zsEGXdMhu/SCyBj5V7OCHjxqP9\nnyF0nwU6HxQ/4mzDqZ3QH9vsyfv8dn' +
    'ER028sGfqNhIgBSThq/4N+Rgt7iXnGXkTw\nahC6QdCiw6d/L7r4VckAEQ==</ds:SignatureValue></ds:Signature><saml:' +
    'Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns="urn:d" ID="_a"><saml:Issuer>i</s' +
    'aml:Issuer><saml:Advice/></saml:Assertion></samlp:Response>',
  'a PrefixList for SignedInfo, in both signatures':
    '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:xs="urn:1" ID="_r"><saml:Is' +
    'suer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">i</saml:Issuer><ds:Signature xmlns:ds="http:' +
    '//www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.or' +
    'g/2001/10/xml-exc-c14n#"><ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" ' +
    'PrefixList="xs samlp"/></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="http://www.w3.org/' +
    '2001/04/xmldsig-more#rsa-sha256"/><ds:Reference URI="#_r"><ds:Transforms><ds:Transform Algorithm="ht' +
    'tp://www.w3.org/2000/09/xmldsig#enveloped-signature"/><ds:Transform Algorithm="http://www.w3.org/200' +
    '1/10/xml-exc-c14n#"/></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sh' +
    'a256"/><ds:DigestValue>tXwIdPuTqdFGOq4Rwex3zRmE7Hd0mpJVNVH9m7e9fzE=</ds:DigestValue></ds:Reference><' +
    '/ds:SignedInfo><ds:SignatureValue>YeIX8ARnTl4wxWQC4P1htBiVTVtu5SAUpKtb8WXQlnqAXIJ0tLaK/B3ghvtI4W8Y\n/' +
    'NoSL+cwZSXxmTifQLHcBe3cPQtJCy1Pj7qLzO+6BTjrb6EoLVVpX/S5qMeJQ6FP\nLwPQVlbljgNKx4whJtslOj2S9BOlM05BEXI5' +
    'lKl3q07zuq8e/BXv2PMD+Z2Jw6NX\nfv3N60Dl3xEYnZgIguXlRhQJe5NszfseizTOV6xUcpxmxrg/CwNW2ffz476bsUZR\n/paQMK' +
    'eQUBQffi0HkXU08muZZS0EFpngx+J18IshejngZfYhMjuO2ahitmQq9BZo\nlG3AHGoEmaKTbHdvxcrgxA==</ds:SignatureVal' +
    'ue></ds:Signature><saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:xs="urn:2' +
    '" ID="_a"><saml:Issuer>i</saml:Issuer><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><d' +
    's:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"><ec:Incl' +
    'usiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="xs #default"/></ds:Ca' +
    'nonicalizationMethod><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha25' +
    '6"/><ds:Reference URI="#_a"><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsi' +
    'g#enveloped-signature"/><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"><ec:Inclus' +
    'iveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="xs"/></ds:Transform></d' +
    's:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>+' +
    'AkulmnzqeJp+XbDqGpFVsj83uNSFQjuA3B0mOE8bnw=</ds:DigestValue></ds:Reference></ds:SignedInfo><ds:Signa' +
    'tureValue>h+W3kH84gjr6hquiPkXSAgflXCoQQJX+/eEVOkyWmz4Awu1GorViKurj769LJqMd\nymLcczex57amnJ3j4WvHJEn/q' +
    'Tab/NTnCOMD1IIgPHh7HTcELQFuuz7VwK2BOLXF\naata3KzwnVZWK+FAPCkwWN8csC3dnUQzIWXARA8y3aST2oePW6NRJS0hWQzF' +
    'Y3nq\n1WgSSpnWb616rID2Q97OIY1Fz8/OCA8zwOC+ebR92ovJdYTy9EjYRukEx4XEJE/l\nc5YPTdHw2aHzkBmzvwwqrHmPHo1AhJ' +
    'j+AI2uU82f7/ue23azJdjuxx//dZeb/0IY\nOoD7uS2kBZv0BqtkvVfu1w==</ds:SignatureValue></ds:Signature><saml:' +
    'Advice/></saml:Assertion></samlp:Response>',
  'mixed case and underscores in prefixes':
    '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r"><saml:Issuer xmlns:saml="' +
    'urn:oasis:names:tc:SAML:2.0:assertion">i</saml:Issuer><saml:Assertion xmlns:saml="urn:oasis:names:tc' +
    ':SAML:2.0:assertion" ID="_a"><saml:Issuer>i</saml:Issuer><ds:Signature xmlns:ds="http://www.w3.org/2' +
    '000/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-' +
    'exc-c14n#"/><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><ds:R' +
    'eference URI="#_a"><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#envelop' +
    'ed-signature"/><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms><d' +
    's:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>hyoEGCBCHw7pikb5' +
    'c7KLrxDqbRCl9tEz3R8afdwL6So=</ds:DigestValue></ds:Reference></ds:SignedInfo><ds:SignatureValue>rGc5+' +
    'L5zMJIdwWRZRyr1wMuueDKUJYBWbYJo+RzkQCvKMS+aP0OkSyDPgyxs7X03\nqcMBO0fkK7IeuwKKZloxl9PA5e82E5xz+EW78fVY' +
    '1dJAleTHReGCIUCq68cLhW5q\n6gi8nn5Nsz7RYdeM3iY5VmQptCBkiFat+ts5IIVjuc7zEbnAC0FoFlXThRSlV+WC\ncrVfX39nhD' +
    'SeAX8CiSNNW7s5RFpcZQChtX/Zhv4/Vvc2qXApUe0DmpUAZBKDrpNx\npArGWRFrAGWKCOPABA25OL0EtIc5Rdrrcjm0EnJWLmwhk' +
    'tjwrX3N/CscF5gELs6q\n7VjNdqAM1E3j97tQQEcurA==</ds:SignatureValue></ds:Signature><saml:Advice><_b:e xm' +
    'lns:_b="urn:1" xmlns:Z="urn:2" xmlns:a="urn:3" Z:q="" a:q=""/></saml:Advice></saml:Assertion></samlp' +
    ':Response>',
  'an attribute whose name begins with xmlns':
    '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r"><saml:Issuer xmlns:saml="' +
    'urn:oasis:names:tc:SAML:2.0:assertion">i</saml:Issuer><ds:Signature xmlns:ds="http://www.w3.org/2000' +
    '/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc' +
    '-c14n#"/><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><ds:Refe' +
    'rence URI="#_r"><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-' +
    'signature"/><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms><ds:D' +
    'igestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>7+W3FfP4g4kefNUyJYs' +
    'KJyYrgfsmV+Rc9wZU+qcJEWI=</ds:DigestValue></ds:Reference></ds:SignedInfo><ds:SignatureValue>Nw8fBsMG' +
    '5I/11lu3vFAQjboaKjRUTxVIFnRYtiuqesHXQBT8USdbKjCu58LfT3nz\nHTOA5R5qoF4TsLeOMQEXybQmOT68OGQ2at7+78unhMU' +
    '8KCFe6qJMA+aNvUDKoESM\nDfK3l074kiIAkQqDwViQwLUvuD1TmTwO9cHThPUpvDD68sek8LS668y1rGicAyzr\nTrghzmQyKGN5h' +
    'a3C2JiW6BZtizqInvQ2vTFGFI7uWs5lpzLtpPpL7pgza+muaC9z\nVajgtLcKDXLfKK49b3aHW8sfg/o9d1omWEkwUHq17px/oamM' +
    'TTqu78wwyZ3oMJjZ\nKeC58MIpO1v1V+BrvqNttQ==</ds:SignatureValue></ds:Signature><saml:Assertion xmlns:sa' +
    'ml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a"><saml:Issuer>i</saml:Issuer><saml:Advice><e xmlns' +
    'Q="1"/></saml:Advice></saml:Assertion></samlp:Response>',
};
