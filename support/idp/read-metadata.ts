/** Reads from an identity provider's metadata what an administrator would type by hand. It trusts the file and checks no signature. */
import { DOMParser } from '@xmldom/xmldom';
import type { IdpSide } from './identity-provider.ts';

const metadata = 'urn:oasis:names:tc:SAML:2.0:metadata';
const signature = 'http://www.w3.org/2000/09/xmldsig#';
const redirect = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';

/** The first identity provider of the document; throws where it lacks what a profile needs. */
export function readMetadata(xml: string, metadataUrl = ''): IdpSide {
  const document = new DOMParser({
    errorHandler: {
      warning: () => undefined,
      error: (said: string) => {
        throw new Error(`the metadata is not XML: ${said}`);
      },
      fatalError: (said: string) => {
        throw new Error(`the metadata is not XML: ${said}`);
      },
    },
  }).parseFromString(xml, 'text/xml');
  const within = (parent: Pick<Element, 'getElementsByTagNameNS'>, namespace: string, name: string): Element[] =>
    Array.from(parent.getElementsByTagNameNS(namespace, name));
  const role = within(document.documentElement, metadata, 'IDPSSODescriptor')[0];
  if (role === undefined) throw new Error('the metadata describes no identity provider');
  const entityId = (role.parentNode as unknown as Element).getAttribute('entityID') ?? '';
  const ssoUrl = within(role, metadata, 'SingleSignOnService')
    .find((one) => one.getAttribute('Binding') === redirect)
    ?.getAttribute('Location');
  if (!ssoUrl) throw new Error(`the metadata of ${entityId} offers no sign-on by HTTP-Redirect`);
  const certificates = within(role, metadata, 'KeyDescriptor')
    .filter((one) => one.getAttribute('use') !== 'encryption')
    .flatMap((one) => within(one, signature, 'X509Certificate'))
    .map(
      (one) =>
        `-----BEGIN CERTIFICATE-----\n${(one.textContent ?? '').replaceAll(/\s/g, '').replaceAll(/.{64}/g, '$&\n').trim()}\n-----END CERTIFICATE-----\n`,
    );
  if (certificates.length === 0) throw new Error(`the metadata of ${entityId} holds no signing certificate`);
  return { entityId, metadataUrl, ssoUrl, certificates: [...new Set(certificates)] };
}
