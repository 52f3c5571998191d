/** Honest metadata and certificates, in several handwritings, as a start for malformed ones. */
import { ns } from './dom.ts';
import { bindings } from './uris.ts';

/** On P-256, so that a variant depends on the seed alone. The second ends with ==. */
const fixed = {
  first:
    'MIIBEzCBuaADAgECAgEBMAoGCCqGSM49BAMCMBAxDjAMBgNVBAMTBWZpcnN0MCAXDTIwMDEwMTAwMDAwMFoYDzIwOTkwMTAxMDAw' +
    'MDAwWjAQMQ4wDAYDVQQDEwVmaXJzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNXJ6gqbZ+DvzGX2EcCnCsdVUnXqNKaU9Wk6' +
    '71nhMqEpFzXxz9UXe1a3u20a/svSMjEqMTVtAnPupvP0W1+oMqqjAjAAMAoGCCqGSM49BAMCA0kAMEYCIQDMQUi+s4dv8njPG7t9' +
    'ItlHUx0QauqSCNFmdzaWnf+iHwIhAKYmILgGfdH2M4NyP7XB3zdzJat1Lmonpc6fquNJdsT3',
  second:
    'MIIBFDCBu6ADAgECAgEBMAoGCCqGSM49BAMCMBExDzANBgNVBAMTBnNlY29uZDAgFw0yMDAxMDEwMDAwMDBaGA8yMDk5MDEwMTAw' +
    'MDAwMFowETEPMA0GA1UEAxMGc2Vjb25kMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEOQoD0iXMp5Yn22/xM0VsngchVIPKsHJ4' +
    'Pc/wgihuxd6HJzn3cH6Oz6/ACBylj5QcpXeHkvHSkJwSNwqZ8lPl+KMCMAAwCgYIKoZIzj0EAwIDSAAwRQIgTRdugxy0667LUdrC' +
    'VdYVIgm2022+dadEkZrlk9JIP/wCIQDaXjgLCY1vT5Uy33hdVfbyCWDoluo4SqY23zmOlKSmHw==',
};
const pem = (content: string): string =>
  `-----BEGIN CERTIFICATE-----\n${content.replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----`;
const [first, second] = [pem(fixed.first), pem(fixed.second)];

const base64 = (pem: string): string => pem.replaceAll(/-----[A-Z ]+-----|\s/g, '');

const role = (content: string, attributes: string): string =>
  `<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"${attributes}>
  <md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="${ns.ds}"><ds:X509Data>
    <ds:X509Certificate>${content}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
  <md:SingleLogoutService Binding="${bindings.redirect}" Location="https://idp.example/slo"/>
  <md:SingleSignOnService Binding="${bindings.post}" Location="https://idp.example/sso"/>
</md:IDPSSODescriptor>`;

const entity = (id: string, inside: string): string =>
  `<md:EntityDescriptor xmlns:md="${ns.md}" entityID="${id}" validUntil="2999-01-01T00:00:00Z">${inside}` +
  '</md:EntityDescriptor>';
const group = (inside: string): string =>
  `<md:EntitiesDescriptor xmlns:md="${ns.md}">${inside}</md:EntitiesDescriptor>`;
const plain = entity('https://idp.example/metadata', role(base64(first), ''));
export const metadataSamples: readonly string[] = [
  plain,
  `<?xml version="1.0" encoding="UTF-8"?>\n${plain.replaceAll('md:', '').replace('xmlns:md=', 'xmlns=')}`,
  group(plain + entity('urn:b', role(second, ''))),
  group(entity('urn:c', role(second, ' validUntil="2998-01-01T00:00:00Z"'))),
];

export const pemSamples: readonly string[] = [
  first,
  base64(first),
  `${first}\n${second}`,
  `${base64(first)}\n${base64(second)}`,
  `subject=CN=x\n${first.replace('CERTIFICATE', 'TRUSTED CERTIFICATE')}`,
  Buffer.from(base64(first), 'base64').toString('latin1'),
];
