/** Reads an IdP's metadata, as it is uploaded to an SSO profile or given to a diagnosis. */
import { boundedList, boundedVisible } from '../bounded-text.ts';
import type { Finding } from '../rejection-advice.ts';
import type { SkipOptions } from './certificates.ts';
import { attribute, childNamed, childrenNamed, is, lineOf, ns } from './dom.ts';
import { otherEncodingOf } from './file-text.ts';
import { MetadataError } from './metadata-error.ts';
import { signingCertificatesOf } from './metadata-keys.ts';
import { readMetadataXml } from './read.ts';
import { bindings, isEndpoint } from './uris.ts';

export interface IdpMetadata {
  entityId: string;
  ssoUrl: string;
  ssoBinding: 'redirect' | 'post';
  sloUrl: string;
  /** PEM: one for each KeyDescriptor with the use signing or without a use. */
  certificates: string[];
  wantAuthnRequestsSigned: boolean;
}

export interface MetadataOptions extends SkipOptions {
  now: Date;
  /** Of the identity provider to read; chooses among several. */
  entityId?: string | undefined;
  /** Chooses among several if `entityId` is not given, and otherwise means nothing. */
  knownEntityId?: string | undefined;
}

/** Reads an IdP's metadata (SAML metadata 2.3, 2.4.3). Throws MetadataError. */
export function readIdpMetadata(text: string, options: MetadataOptions): IdpMetadata {
  const { now, entityId: wanted, knownEntityId } = options;
  const entity = chosenEntity(readRoot(text), wanted ?? knownEntityId);
  const entityId = entityIdOf(entity);
  if (wanted !== undefined && wanted !== entityId)
    throw new MetadataError(
      'metadata-entity-missing',
      `The metadata does not describe ${boundedVisible(wanted, 200)} but ${boundedVisible(entityId, 200)}.`,
    );
  for (let one: Node | null = entity; one?.nodeType === 1; one = one.parentNode) checkValidity(one as Element, now);
  const descriptor = descriptorOf(entity, now);
  const sso = signOnServiceOf(descriptor);
  const slo = childrenNamed(descriptor, ns.md, 'SingleLogoutService').find(
    (service) => valueIn(service, 'Binding') === bindings.redirect,
  );
  return {
    entityId,
    ...sso,
    sloUrl: valueIn(slo, 'Location'),
    certificates: signingCertificatesOf(descriptor, options),
    wantAuthnRequestsSigned: ['true', '1'].includes(valueIn(descriptor, 'WantAuthnRequestsSigned')),
  };
}

/** Without surrounding white space, with which some products wrap long addresses. Empty if it is missing. */
const valueIn = (node: Element | undefined, name: string): string => (attribute(node, name) ?? '').trim();

/** How a byte order mark in UTF-8 looks in a text that was opened as windows-1252. */
const brokenMark = 'ï»¿';

function readRoot(text: string): Element {
  const whole = text.replace(/^\uFEFF/, '');
  const isBroken = whole.startsWith(brokenMark);
  if (isBroken && /[^\0-\x7F]/.test(whole.slice(brokenMark.length)))
    throw new MetadataError(
      'metadata-unparseable',
      `The metadata begins with “${brokenMark}”, a broken byte order mark: it is UTF-8 that was opened in another ` +
        `encoding, so that its letters changed. ${again}`,
    );
  const marked = isBroken ? whole.slice(brokenMark.length) : whole;
  const other = otherThanXml(marked.trim());
  if (other !== undefined) throw new MetadataError('metadata-unparseable', other);
  const outcome = readMetadataXml(marked.trim());
  if (outcome.ok) return outcome.message.document.documentElement;
  const blankLines = /^\s*/.exec(marked)![0].split('\n').length - 1;
  throw new MetadataError('metadata-unparseable', whyUnreadable(outcome.finding, blankLines));
}

/** Names what people upload in place of metadata; undefined for XML and for anything else. */
function otherThanXml(text: string): string | undefined {
  if (/^https?:\/\/\S+$/i.test(text))
    return 'This is an address, not metadata. Open it, save what it shows as a file, and upload that.';
  if (/^(-----BEGIN CERTIFICATE|MII|0[\x80-\x84])/.test(text))
    return 'This is a certificate, not metadata. Paste it under “Signing certificates”.';
  if (/^[{[]/.test(text)) return 'This is JSON, not SAML metadata. OpenID Connect is another protocol.';
  const encoding = otherEncodingOf(text);
  if (encoding !== undefined) return `The metadata is in ${encoding}, which is not read. Save it in UTF-8.`;
  if (/^<(!doctype )?html[\s>]/i.test(text))
    return `This is a web page, not metadata: perhaps a login or error page. ${again}`;
  return undefined;
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
    case 'response-not-utf8':
      return `The metadata must be in UTF-8${where}. Save it in UTF-8, without another encoding in the first line.`;
    default:
      return `The metadata is not well-formed XML${where}. ${again}`;
  }
}

/** The EntityDescriptor of an IdP: the root, or the only or the wanted one in an EntitiesDescriptor. */
function chosenEntity(root: Element, wanted: string | undefined): Element {
  if (is(root, ns.md, 'EntityDescriptor')) return root;
  if (!is(root, ns.md, 'EntitiesDescriptor'))
    throw new MetadataError(
      'metadata-wrong-root',
      `The root element is ${root.localName}. Upload a file whose root element is a SAML 2.0 EntityDescriptor.`,
    );
  const providers = entitiesIn(root).filter((entity) => childNamed(entity, ns.md, 'IDPSSODescriptor'));
  const [only, ...more] = providers;
  if (only === undefined)
    throw new MetadataError(
      'metadata-entity-missing',
      'The metadata contains no identity provider (IDPSSODescriptor).',
    );
  if (more.length === 0) return only;
  const ids = providers.map((entity) => valueIn(entity, 'entityID'));
  const chosen = providers.filter((_, index) => wanted !== undefined && ids[index] === wanted);
  if (chosen.length === 1) return chosen[0]!;
  if (new Set(ids).size === 1 || chosen.length > 1)
    throw new MetadataError(
      'metadata-wrong-root',
      `The file contains several providers with the same entity ID, ${boundedVisible(wanted ?? ids[0]!, 200)}. ` +
        'Upload the EntityDescriptor of one identity provider.',
    );
  throw new MetadataError(
    'metadata-wrong-root',
    `The file contains several providers (EntitiesDescriptor): ${boundedList(
      ids.map((id) => boundedVisible(id, 200)),
      { characters: 300 },
    )}. Choose one ` + 'by its entity ID, or upload the EntityDescriptor of one identity provider.',
  );
}

const entitiesIn = (group: Element): Element[] => [
  ...childrenNamed(group, ns.md, 'EntityDescriptor'),
  ...childrenNamed(group, ns.md, 'EntitiesDescriptor').flatMap(entitiesIn),
];

function entityIdOf(entity: Element): string {
  const id = attribute(entity, 'entityID') ?? '';
  if (id.trim() === '') throw new MetadataError('metadata-entity-missing', 'The EntityDescriptor has no entityID.');
  if (id.includes('\uFFFD'))
    throw new MetadataError(
      'metadata-unparseable',
      `The metadata must be in UTF-8: its entityID, “${boundedVisible(id, 200)}”, contains a character in another ` +
        `encoding. ${again}`,
    );
  if (id === id.trim()) return id;
  throw new MetadataError(
    'metadata-entity-missing',
    'The entityID of the EntityDescriptor must not begin or end with whitespace. Remove it at the identity provider.',
  );
}

/** Of the entity, of a group around it, or of a role. */
function checkValidity(node: Element, now: Date): void {
  const until = valueIn(node, 'validUntil');
  if (until === '') return;
  const time = timeOf(until);
  if (time > now.getTime()) return;
  const what = is(node, ns.md, 'EntityDescriptor') ? 'The metadata' : `The ${node.localName} in the metadata`;
  throw new MetadataError(
    'metadata-expired',
    Number.isNaN(time)
      ? `${what} has a validUntil that is not a time: “${boundedVisible(until, 60)}”. ${again}`
      : `${what} expired on ${until}. Download new metadata from the identity provider.`,
  );
}

/** SAML's times are UTC, even without a Z. */
const timeOf = (text: string): number =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,20})?$/.test(text) ? Date.parse(`${text}Z`) : Date.parse(text);

const saml2 = 'urn:oasis:names:tc:SAML:2.0:protocol';
const protocolsOf = (role: Element): string[] => valueIn(role, 'protocolSupportEnumeration').split(/\s+/);

/** The IDPSSODescriptor for SAML 2.0 that is valid now. One that does not say its protocol counts as such. */
function descriptorOf(entity: Element, now: Date): Element {
  const roles = childrenNamed(entity, ns.md, 'IDPSSODescriptor');
  if (roles.length === 0)
    throw new MetadataError(
      'metadata-entity-missing',
      childNamed(entity, ns.md, 'SPSSODescriptor')
        ? 'This is the metadata of a service provider. Upload the metadata of the identity provider.'
        : 'The metadata contains no identity provider (IDPSSODescriptor).',
    );
  const named = roles.filter((role) => protocolsOf(role).includes(saml2));
  const usable = named.length > 0 ? named : roles.filter((role) => protocolsOf(role).join('') === '');
  if (usable.length === 0)
    throw new MetadataError(
      'metadata-entity-missing',
      'The identity provider does not offer SAML 2.0: the protocolSupportEnumeration of its IDPSSODescriptor names ' +
        `only ${boundedList(
          roles.flatMap(protocolsOf).map((uri) => boundedVisible(uri, 60)),
          { characters: 100 },
        )}. Turn on SAML 2.0 there and download the metadata again.`,
    );
  const valid = usable.filter((role) => isValid(role, now));
  if (valid.length === 0) checkValidity(usable[0]!, now);
  return valid.find((role) => servicesOf(role).length > 0) ?? valid[0]!;
}

const isValid = (role: Element, now: Date): boolean =>
  valueIn(role, 'validUntil') === '' || timeOf(valueIn(role, 'validUntil')) > now.getTime();

type SignOnService = Pick<IdpMetadata, 'ssoUrl' | 'ssoBinding'>;

/** With HTTP-Redirect or HTTP-POST, Redirect first. */
const servicesOf = (role: Element): SignOnService[] =>
  (['redirect', 'post'] as const).flatMap((ssoBinding) =>
    childrenNamed(role, ns.md, 'SingleSignOnService')
      .filter((service) => valueIn(service, 'Binding') === bindings[ssoBinding])
      .map((service) => ({ ssoBinding, ssoUrl: valueIn(service, 'Location') })),
  );

function signOnServiceOf(role: Element): SignOnService {
  const services = servicesOf(role);
  const [first] = services;
  if (first === undefined)
    throw new MetadataError(
      'sso-binding-missing',
      'The metadata has no SingleSignOnService with HTTP-Redirect or HTTP-POST.',
    );
  if (isEndpoint(first.ssoUrl)) return first;
  const line = lineOf(role);
  throw new MetadataError(
    'sso-binding-missing',
    `The Location of the SingleSignOnService${line === undefined ? '' : ` (IDPSSODescriptor on line ${line})`}, ` +
      `“${boundedVisible(first.ssoUrl, 200)}”, cannot be used: it must be an http or https URL with a plain host ` +
      'name, without user, fragment, spaces or SAML parameters.',
  );
}
