/** Metadata: renders the service provider's own through samlify, and reads what an administrator uploads of an IdP. */
import { ServiceProvider } from 'samlify';
import type { Finding } from '../rejection-advice.ts';
import { childNamed, childrenNamed, descendantsNamed, is, ns, textOf } from './dom.ts';
import { read } from './read.ts';
import { bindings, nameIdFormatUris } from './uris.ts';

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
export function renderSpMetadata({
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

/** The troubleshooting entry that helps. */
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

/** Reads an identity provider's metadata (SAML metadata 2.3.2, 2.4.3). Throws MetadataError. */
export function readIdpMetadata(text: string, { now }: { now: Date }): IdpMetadata {
  const root = readRoot(text);
  checkRoot(root, now);
  const entityId = root.getAttribute('entityID') ?? '';
  if (entityId === '') throw new MetadataError('metadata-entity-missing', 'The EntityDescriptor has no entityID.');
  const descriptor = idpDescriptorIn(root);
  const sso = signOnServiceOf(descriptor);
  const slo = childrenNamed(descriptor, ns.md, 'SingleLogoutService').find(
    (service) => service.getAttribute('Binding') === bindings.redirect,
  );
  return {
    entityId,
    ssoUrl: sso.location,
    ssoBinding: sso.binding === bindings.redirect ? 'redirect' : 'post',
    sloUrl: slo?.getAttribute('Location') ?? '',
    certificates: signingCertificatesOf(descriptor),
    wantAuthnRequestsSigned: ['true', '1'].includes(descriptor.getAttribute('WantAuthnRequestsSigned') ?? ''),
  };
}

function readRoot(text: string): Element {
  const whole = text.replace(/^\uFEFF/, '');
  const outcome = read(whole.trim());
  if (outcome.ok) return outcome.message.document.documentElement;
  const blankLines = /^\s*/.exec(whole)![0].split('\n').length - 1;
  throw new MetadataError('metadata-unparseable', unreadableInWords(outcome.finding, blankLines));
}

const again = 'Download it again from the identity provider, unchanged.';
const tooLarge = 'Give that of the one identity provider, not a collection.';

/** What is wrong, where, and what to do; `linesBefore` stand before the text that was read. */
function unreadableInWords({ code, expected, received, line }: Finding, linesBefore: number): string {
  const where = line === undefined ? '' : ` (line ${line + linesBefore})`;
  const isTooLarge = 'The metadata is too large to be read:';
  switch (code) {
    case 'response-too-large':
      return (
        `${isTooLarge} it has ${received} characters, ` +
        `${expected?.replace(' characters', ' are read')}. ${tooLarge}`
      );
    case 'xml-too-deep':
    case 'xml-too-complex':
      return `${isTooLarge} ${expected}${where}. ${tooLarge}`;
    case 'xml-doctype':
      return `The metadata has a document type (<!DOCTYPE>), which is not read${where}. ${again}`;
    case 'xml-processing-instruction':
      return `The metadata has a processing instruction, which is not read${where}. ${again}`;
    case 'xml-duplicate-id':
    case 'xml-attribute-ambiguous':
      return `The metadata has an ID or a namespace that can be read in two ways${where}. ${again}`;
    case 'response-not-utf8':
      return `The metadata must be in UTF-8${where}. Save it as such; the first line must not name another encoding.`;
    default:
      return `The metadata is not well-formed XML${where}. ${again}`;
  }
}

function checkRoot(root: Element, now: Date): void {
  if (is(root, ns.md, 'EntitiesDescriptor'))
    throw new MetadataError(
      'metadata-wrong-root',
      'The file holds a collection (EntitiesDescriptor). Upload the EntityDescriptor of the one identity provider.',
    );
  if (!is(root, ns.md, 'EntityDescriptor'))
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
}

function idpDescriptorIn(root: Element): Element {
  const descriptor = childNamed(root, ns.md, 'IDPSSODescriptor');
  if (descriptor) return descriptor;
  throw new MetadataError(
    'metadata-entity-missing',
    childNamed(root, ns.md, 'SPSSODescriptor')
      ? 'This is the metadata of a service provider. Upload that of the identity provider.'
      : 'The metadata describes no identity provider (IDPSSODescriptor).',
  );
}

/** By HTTP-Redirect, or else by HTTP-POST. */
function signOnServiceOf(descriptor: Element): { binding: string | null; location: string } {
  const services = childrenNamed(descriptor, ns.md, 'SingleSignOnService').map((service) => ({
    binding: service.getAttribute('Binding'),
    location: service.getAttribute('Location') ?? '',
  }));
  const sso =
    services.find(({ binding }) => binding === bindings.redirect) ??
    services.find(({ binding }) => binding === bindings.post);
  if (sso) return sso;
  throw new MetadataError(
    'sso-binding-missing',
    'The identity provider offers single sign-on neither by HTTP-Redirect nor by HTTP-POST.',
  );
}

/** Of keys for signing, or for no stated use. */
function signingCertificatesOf(descriptor: Element): string[] {
  const certificates = childrenNamed(descriptor, ns.md, 'KeyDescriptor')
    .filter((key) => (key.getAttribute('use') || 'signing') === 'signing')
    .flatMap((key) => descendantsNamed(key, ns.ds, 'X509Certificate'))
    .map((certificate) => textOf(certificate).replace(/\s+/g, ''));
  if (certificates.length > 0) return [...new Set(certificates)];
  throw new MetadataError('idp-certificate-absent', 'The metadata holds no signing certificate.');
}
