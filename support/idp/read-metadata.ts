/** Reads from an IdP's metadata what an administrator would type. Signatures are not verified. */
import { DOMParser } from '@xmldom/xmldom';
import type { IdpSide } from './identity-provider.ts';

const metadata = 'urn:oasis:names:tc:SAML:2.0:metadata';
const signature = 'http://www.w3.org/2000/09/xmldsig#';
const redirect = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';

/** The first IdP in the document. Throws if it lacks what an SSO profile needs. */
export function readMetadata(xml: string, metadataUrl = ''): IdpSide {
  const document = parse(xml);
  const role = within(document.documentElement, metadata, 'IDPSSODescriptor')[0];
  if (role === undefined) throw new Error('the metadata describes no identity provider');
  const entityId = (role.parentNode as unknown as Element).getAttribute('entityID') ?? '';
  const ssoUrl = within(role, metadata, 'SingleSignOnService')
    .find((one) => one.getAttribute('Binding') === redirect)
    ?.getAttribute('Location');
  if (!ssoUrl) throw new Error(`the metadata of ${entityId} has no HTTP-Redirect sign-on URL`);
  const certificates = within(role, metadata, 'KeyDescriptor')
    .filter((one) => one.getAttribute('use') !== 'encryption')
    .flatMap((one) => within(one, signature, 'X509Certificate'))
    .map((one) => pem(one.textContent ?? ''));
  if (certificates.length === 0) throw new Error(`the metadata of ${entityId} has no signing certificate`);
  return { entityId, metadataUrl, ssoUrl, certificates: [...new Set(certificates)] };
}

function parse(xml: string): Document {
  const fail = (): never => {
    throw new Error('the metadata is not XML');
  };
  const errorHandler = { warning: () => undefined, error: fail, fatalError: fail };
  return new DOMParser({ errorHandler }).parseFromString(xml, 'text/xml');
}

const within = (parent: Pick<Element, 'getElementsByTagNameNS'>, namespace: string, name: string): Element[] =>
  Array.from(parent.getElementsByTagNameNS(namespace, name));

function pem(base64: string): string {
  const lines = base64.replaceAll(/\s/g, '').replaceAll(/.{64}/g, '$&\n').trim();
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
