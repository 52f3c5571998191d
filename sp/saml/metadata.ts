/** Renders the SP's metadata with samlify, and reads an IdP's uploaded metadata. */
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
  /** Base64, of every certificate with the use signing or without a use. */
  certificates: string[];
  wantAuthnRequestsSigned: boolean;
}

/** Codes of metadata errors, which are codes of troubleshooting entries. */
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

/** Reads an IdP's metadata (SAML metadata 2.3.2, 2.4.3). Throws MetadataError. */
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
  throw new MetadataError('metadata-unparseable', whyUnreadable(outcome.finding, blankLines));
}

const again = 'Download it again from the identity provider and do not edit it.';
const tooLarge = 'Upload the metadata of one identity provider, not of a federation.';

/** Says what is wrong, where, and what to do. `linesBefore` counts the lines before the parsed text. */
function whyUnreadable({ code, expected, received, line }: Finding, linesBefore: number): string {
  const where = line === undefined ? '' : ` (line ${line + linesBefore})`;
  const isTooLarge = 'The metadata is too large:';
  switch (code) {
    case 'response-too-large':
      return (
        `${isTooLarge} it has ${received} characters, ` +
        `${expected?.replace(' characters', ' are allowed')}. ${tooLarge}`
      );
    case 'xml-too-deep':
    case 'xml-too-complex':
      return `${isTooLarge} ${expected}${where}. ${tooLarge}`;
    case 'xml-doctype':
      return `The metadata contains a document type (<!DOCTYPE>), which is not allowed${where}. ${again}`;
    case 'xml-processing-instruction':
      return `The metadata contains a processing instruction, which is not allowed${where}. ${again}`;
    case 'xml-duplicate-id':
    case 'xml-attribute-ambiguous':
      return `The metadata contains an ambiguous ID or namespace${where}. ${again}`;
    case 'response-not-utf8':
      return `The metadata must be in UTF-8${where}. Save it in UTF-8, without another encoding in the first line.`;
    default:
      return `The metadata is not well-formed XML${where}. ${again}`;
  }
}

function checkRoot(root: Element, now: Date): void {
  if (is(root, ns.md, 'EntitiesDescriptor'))
    throw new MetadataError(
      'metadata-wrong-root',
      'The file contains several providers (EntitiesDescriptor). Upload the EntityDescriptor of one identity provider.',
    );
  if (!is(root, ns.md, 'EntityDescriptor'))
    throw new MetadataError(
      'metadata-wrong-root',
      `The root element is ${root.localName}. Upload a file whose root element is a SAML 2.0 EntityDescriptor.`,
    );
  const validUntil = root.getAttribute('validUntil');
  if (validUntil && !(Date.parse(validUntil) > now.getTime()))
    throw new MetadataError(
      'metadata-expired',
      `The metadata expired on ${validUntil}. Download new metadata from the identity provider.`,
    );
}

function idpDescriptorIn(root: Element): Element {
  const descriptor = childNamed(root, ns.md, 'IDPSSODescriptor');
  if (descriptor) return descriptor;
  throw new MetadataError(
    'metadata-entity-missing',
    childNamed(root, ns.md, 'SPSSODescriptor')
      ? 'This is the metadata of a service provider. Upload the metadata of the identity provider.'
      : 'The metadata contains no identity provider (IDPSSODescriptor).',
  );
}

/** The SingleSignOnService with HTTP-Redirect or, without one, with HTTP-POST. */
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
    'The metadata has no SingleSignOnService with HTTP-Redirect or HTTP-POST.',
  );
}

/** Certificates with the use signing or without a use. */
function signingCertificatesOf(descriptor: Element): string[] {
  const certificates = childrenNamed(descriptor, ns.md, 'KeyDescriptor')
    .filter((key) => (key.getAttribute('use') || 'signing') === 'signing')
    .flatMap((key) => descendantsNamed(key, ns.ds, 'X509Certificate'))
    .map((certificate) => textOf(certificate).replace(/\s+/g, ''));
  if (certificates.length > 0) return [...new Set(certificates)];
  throw new MetadataError('idp-certificate-absent', 'The metadata contains no signing certificate.');
}
