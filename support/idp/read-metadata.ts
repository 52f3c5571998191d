/** Reads from an IdP's metadata what an administrator would type. Signatures are not verified. */
import { X509Certificate } from 'node:crypto';
import { DOMParser } from '@xmldom/xmldom';
import type { IdpSide } from './identity-provider.ts';

const metadata = 'urn:oasis:names:tc:SAML:2.0:metadata';
const protocol = 'urn:oasis:names:tc:SAML:2.0:protocol';
const signature = 'http://www.w3.org/2000/09/xmldsig#';
const redirect = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';

/** The first IdP for SAML 2.0 in the document. Throws if it lacks what an SSO profile needs. */
export function readMetadata(xml: string, metadataUrl = ''): IdpSide {
  const document = parse(xml);
  const role = within(document.documentElement, metadata, 'IDPSSODescriptor').find((one) =>
    (one.getAttribute('protocolSupportEnumeration') ?? '').split(/\s+/).includes(protocol),
  );
  if (role === undefined) throw new Error('the metadata describes no identity provider for SAML 2.0');
  const entityId = (role.parentNode as unknown as Element).getAttribute('entityID') ?? '';
  const ssoUrl = within(role, metadata, 'SingleSignOnService')
    .find((one) => one.getAttribute('Binding') === redirect)
    ?.getAttribute('Location')
    ?.trim();
  if (!ssoUrl) throw new Error(`the metadata of ${entityId} has no HTTP-Redirect sign-on URL`);
  const certificates = within(role, metadata, 'KeyDescriptor')
    .filter((one) => one.getAttribute('use') !== 'encryption')
    .flatMap((one) =>
      holderAmong(within(one, signature, 'X509Certificate').map((each) => pem(each.textContent ?? ''))),
    );
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

/** One KeyDescriptor is one key; the other certificates in it are its issuers. */
function holderAmong(certificates: readonly string[]): string[] {
  if (certificates.length < 2) return [...certificates];
  try {
    const read = certificates.map((one) => new X509Certificate(one));
    const issued = (one: X509Certificate) => read.some((other) => other !== one && other.checkIssued(one));
    const [holder = certificates[0]!] = certificates.filter((_, index) => !issued(read[index]!));
    return [holder];
  } catch {
    return certificates.slice(0, 1);
  }
}

function pem(text: string): string {
  const lines = text
    .replaceAll(/-----[A-Z0-9 ]{1,40}-----|\s/g, '')
    .replaceAll(/.{64}/g, '$&\n')
    .trim();
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
