/** Metadata: renders the service provider's own through samlify, and reads an identity provider's that somebody uploaded. It trusts nothing that it reads. */
import { ServiceProvider } from 'samlify';
import { bindings, nameIdFormatUris } from './names.ts';
import { read } from './read.ts';

export interface SpMetadata {
  entityId: string;
  acsUrl: string;
  sloUrl: string;
  signRequests: boolean;
  wantAssertionsSigned: boolean;
  /** PEM. */
  signingCertificate?: string | undefined;
  encryptionCertificate?: string | undefined;
}

/** md:EntityDescriptor with one SPSSODescriptor (SAML metadata 2.4.4). */
export function spMetadata({
  entityId,
  acsUrl,
  sloUrl,
  signRequests,
  wantAssertionsSigned,
  signingCertificate,
  encryptionCertificate,
}: SpMetadata): string {
  return ServiceProvider({
    entityID: entityId,
    authnRequestsSigned: signRequests,
    wantAssertionsSigned,
    nameIDFormat: [nameIdFormatUris.emailAddress],
    singleLogoutService: [{ Binding: bindings.redirect, Location: sloUrl }],
    assertionConsumerService: [{ Binding: bindings.post, Location: acsUrl, isDefault: true }],
    ...(signingCertificate ? { signingCert: signingCertificate } : {}),
    ...(encryptionCertificate ? { encryptCert: encryptionCertificate } : {}),
  }).getMetadata();
}

export interface IdpMetadata {
  entityId: string;
  ssoUrl: string;
  ssoBinding: 'redirect' | 'post';
  sloUrl: string;
  /** Base64 as it stands in the metadata; every certificate for signing, or for no stated use. */
  certificates: string[];
  wantAuthnRequestsSigned: boolean;
}

/** Each says which troubleshooting entry helps. */
export type MetadataProblem =
  | 'metadata-unparseable'
  | 'metadata-wrong-root'
  | 'metadata-expired'
  | 'metadata-entity-missing'
  | 'sso-binding-missing'
  | 'idp-certificate-absent';

export class MetadataError extends Error {
  readonly problem: MetadataProblem;
  constructor(problem: MetadataProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}

const md = 'urn:oasis:names:tc:SAML:2.0:metadata';
const ds = 'http://www.w3.org/2000/09/xmldsig#';

/** Reads an identity provider's metadata (SAML metadata 2.3.2, 2.4.3). Throws MetadataError, whose message says what is wrong and what is wanted. */
export function readIdpMetadata(text: string, { now }: { now: Date }): IdpMetadata {
  const outcome = read(text.replace(/^\uFEFF/, '').trim());
  if (!outcome.ok)
    throw new MetadataError(
      'metadata-unparseable',
      `This is not XML that can be read${outcome.finding.received ? `: ${outcome.finding.received}` : ''}.`,
    );
  const root = outcome.message.document.documentElement as unknown as Element;
  if (root.namespaceURI === md && root.localName === 'EntitiesDescriptor')
    throw new MetadataError(
      'metadata-wrong-root',
      'The file holds a collection (EntitiesDescriptor). Upload the EntityDescriptor of the one identity provider.',
    );
  if (root.namespaceURI !== md || root.localName !== 'EntityDescriptor')
    throw new MetadataError(
      'metadata-wrong-root',
      `The root is ${root.localName}. Upload a file whose root is a SAML 2.0 EntityDescriptor.`,
    );
  const validUntil = root.getAttribute('validUntil');
  if (validUntil && !(Date.parse(validUntil) > now.getTime()))
    throw new MetadataError(
      'metadata-expired',
      `The metadata was valid until ${validUntil}. Get fresh metadata from the identity provider.`,
    );
  const entityId = root.getAttribute('entityID') ?? '';
  if (entityId === '') throw new MetadataError('metadata-entity-missing', 'The EntityDescriptor has no entityID.');
  const descriptor = childrenOf(root, md, 'IDPSSODescriptor')[0];
  if (descriptor === undefined)
    throw new MetadataError(
      'metadata-entity-missing',
      childrenOf(root, md, 'SPSSODescriptor').length > 0
        ? 'This is the metadata of a service provider. Upload that of the identity provider.'
        : 'The metadata describes no identity provider (IDPSSODescriptor).',
    );
  const services = childrenOf(descriptor, md, 'SingleSignOnService').map((service) => ({
    binding: service.getAttribute('Binding'),
    location: service.getAttribute('Location') ?? '',
  }));
  const sso =
    services.find(({ binding }) => binding === bindings.redirect) ??
    services.find(({ binding }) => binding === bindings.post);
  if (sso === undefined)
    throw new MetadataError(
      'sso-binding-missing',
      'The identity provider offers single sign-on neither by HTTP-Redirect nor by HTTP-POST.',
    );
  const certificates = childrenOf(descriptor, md, 'KeyDescriptor')
    .filter((key) => (key.getAttribute('use') || 'signing') === 'signing')
    .flatMap((key) =>
      [...iterate(key.getElementsByTagNameNS(ds, 'X509Certificate'))].map((certificate) =>
        (certificate.textContent ?? '').replace(/\s+/g, ''),
      ),
    );
  if (certificates.length === 0)
    throw new MetadataError('idp-certificate-absent', 'The metadata holds no signing certificate.');
  const slo = childrenOf(descriptor, md, 'SingleLogoutService').find(
    (service) => service.getAttribute('Binding') === bindings.redirect,
  );
  return {
    entityId,
    ssoUrl: sso.location,
    ssoBinding: sso.binding === bindings.redirect ? 'redirect' : 'post',
    sloUrl: slo?.getAttribute('Location') ?? '',
    certificates: [...new Set(certificates)],
    wantAuthnRequestsSigned: ['true', '1'].includes(descriptor.getAttribute('WantAuthnRequestsSigned') ?? ''),
  };
}

const childrenOf = (parent: Element, namespace: string, name: string): Element[] =>
  [...iterate(parent.childNodes)].filter(
    (node): node is Element =>
      node.nodeType === 1 && (node as Element).namespaceURI === namespace && (node as Element).localName === name,
  );

function* iterate<Item>(list: { length: number; item(index: number): Item | null }): Generator<Item> {
  for (let index = 0; index < list.length; index++) yield list.item(index)!;
}
