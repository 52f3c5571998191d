/** SAML metadata: writes the tenant’s, and reads a service provider’s. */
import { X509Certificate } from 'node:crypto';
import { systemTime } from '../clock.ts';
import { expand } from '../personas/expand.ts';
import type { Plan } from '../personas/persona.ts';
import { handOf } from '../response/handwriting.ts';
import { instant, nameIdFormats, protocol } from '../response/saml-values.ts';
import { honestSignature, type Signature, sign } from '../response/signing.ts';
import { element, render, type Element as Tree, withChildren, writtenBy } from '../response/xml.ts';
import { attributeOf, childrenOf, InvalidXml, isNamed, parseXml, textOf } from '../sign-in/parse.ts';
import type { KeyPair } from './keys.ts';

export const bindings = {
  redirect: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
  post: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
} as const;
export type Binding = keyof typeof bindings;

export const offeredNameIdFormats: readonly string[] = [
  nameIdFormats.emailAddress,
  nameIdFormats.unspecified,
  nameIdFormats.persistent,
  nameIdFormats.transient,
];

export interface IdpDescription {
  entityId: string;
  ssoUrl: string;
  sloUrl: string;
  /** PEM; two during a rollover. */
  certificates: readonly string[];
  wantAuthnRequestsSigned: boolean;
  validUntil?: Date | undefined;
  /** The product in whose way it is written, and the keys: some sign their metadata. */
  persona?: { plan: Plan; keys: KeyPair } | undefined;
}

/** Writes the md:EntityDescriptor of an identity provider (SAML metadata 2.4.3). */
export function writeMetadata(idp: IdpDescription): string {
  if (idp.persona === undefined) return `<?xml version="1.0" encoding="UTF-8"?>\n${render(descriptor(idp, ourForm))}\n`;
  const { plan, keys } = idp.persona;
  const { metadata: form, prefixes } = plan;
  const hand = handOf({
    prefixes: { md: form.prefix, ds: form.prefix === '' ? '' : prefixes.ds || 'ds' },
    order: { 'md:IDPSSODescriptor': ['WantAuthnRequestsSigned', 'protocolSupportEnumeration'] },
    declarationsFirst: true,
    emptyTag: form.emptyTag,
  });
  return writtenBy(hand, () => {
    const root = descriptor(idp, form);
    return `${form.declaration}${render(form.signed ? sign(root, metadataSignature(keys)) : root)}`;
  });
}

/** The signature is the first child (SAML metadata 2.3.2). */
const metadataSignature = (keys: KeyPair): Signature => ({
  ...honestSignature(keys),
  place: (unsigned, signature) => withChildren(unsigned, signature, ...unsigned.children),
});

type MetadataForm = Pick<
  Plan['metadata'],
  'id' | 'wantAuthnRequestsSigned' | 'nameIdFormats' | 'signOn' | 'logout' | 'validUntil'
>;

const ourForm: MetadataForm = {
  wantAuthnRequestsSigned: false,
  nameIdFormats: offeredNameIdFormats,
  signOn: ['redirect', 'post'],
  logout: ['redirect', 'post'],
  validUntil: 'absent',
};

function descriptor(idp: IdpDescription, form: MetadataForm): Tree {
  const { entityId, ssoUrl, sloUrl, certificates, validUntil = endOfCertificate(idp, form) } = idp;
  const isSignedWanted = idp.wantAuthnRequestsSigned || form.wantAuthnRequestsSigned === true;
  const isMentioned = isSignedWanted || form.wantAuthnRequestsSigned !== 'absent';
  const service = (name: string, binding: Binding, location: string) =>
    element(name, { Binding: bindings[binding], Location: location });
  return element(
    'md:EntityDescriptor',
    {
      ID: form.id && expand(form.id, entityId),
      entityID: entityId,
      validUntil: validUntil && instant(validUntil),
    },
    element(
      'md:IDPSSODescriptor',
      {
        protocolSupportEnumeration: protocol,
        WantAuthnRequestsSigned: isMentioned ? String(isSignedWanted) : undefined,
      },
      ...certificates.map((certificate) =>
        element(
          'md:KeyDescriptor',
          { use: 'signing' },
          element(
            'ds:KeyInfo',
            {},
            element(
              'ds:X509Data',
              {},
              element('ds:X509Certificate', {}, certificate.replace(/-----[^-]+-----|\s/g, '')),
            ),
          ),
        ),
      ),
      ...form.logout.map((binding) => service('md:SingleLogoutService', binding, sloUrl)),
      ...form.nameIdFormats.map((format) => element('md:NameIDFormat', {}, format)),
      ...form.signOn.map((binding) => service('md:SingleSignOnService', binding, ssoUrl)),
    ),
  );
}

const endOfCertificate = ({ persona }: IdpDescription, { validUntil }: MetadataForm): Date | undefined =>
  persona === undefined || validUntil === 'absent'
    ? undefined
    : new Date(new X509Certificate(persona.keys.certificate).validTo);

export interface AcsEndpoint {
  url: string;
  index: number;
  isDefault: boolean;
}

export interface LogoutEndpoint {
  url: string;
  binding: Binding;
  /** URL for responses if it differs from that for requests. */
  responseUrl?: string | undefined;
}

export interface SpDescription {
  entityId: string;
  name: string | undefined;
  /** Only those that take messages by POST; never empty. */
  acs: AcsEndpoint[];
  slo: LogoutEndpoint | undefined;
  /** PEM. */
  encryptionCertificate: string | undefined;
  /** PEM. */
  signingCertificates: string[];
  /** The first format that the SP asks for and this identity provider offers. */
  nameIdFormat: string | undefined;
}

/** Reads a service provider’s metadata. Throws InvalidXml with the reason if it cannot be used. */
export function readSpMetadata(xml: string, now = systemTime()): SpDescription {
  const root = parseXml(xml).documentElement;
  if (!isNamed(root, 'md:EntityDescriptor')) throw new InvalidXml('the metadata must be one md:EntityDescriptor');
  const entityId = attributeOf(root, 'entityID');
  if (!entityId || entityId.length > 1024) throw new InvalidXml('the metadata has no entityID of 1 to 1024 characters');
  const sp = childrenOf(root, 'md:SPSSODescriptor').find((one) =>
    (attributeOf(one, 'protocolSupportEnumeration') ?? '').split(/\s+/).includes(protocol),
  );
  if (!sp) throw new InvalidXml('the metadata has no md:SPSSODescriptor for SAML 2.0');
  for (const part of [root, sp]) checkValidUntil(part, now);
  const acs = readAcs(sp);
  const keys = readKeys(sp);
  return {
    entityId,
    name: nameIn(root, sp),
    acs,
    slo: readLogoutEndpoint(sp),
    encryptionCertificate: keys.find((key) => isFor('encryption', key) && isRsa(key))?.certificate,
    signingCertificates: keys.filter((key) => isFor('signing', key)).map(({ certificate }) => certificate),
    nameIdFormat: childrenOf(sp, 'md:NameIDFormat')
      .map((one) => textOf(one) ?? '')
      .find((format) => offeredNameIdFormats.includes(format)),
  };
}

/** Of the service, or else of its organization; in English if there are several languages. */
function nameIn(root: Element, sp: Element): string | undefined {
  const names = [
    ...below([sp], 'md:Extensions', 'mdui:UIInfo', 'mdui:DisplayName'),
    ...below([sp], 'md:AttributeConsumingService', 'md:ServiceName'),
    ...below([sp, root], 'md:Organization', 'md:OrganizationDisplayName'),
  ].filter((one) => textOf(one) !== '');
  const [first] = names;
  if (first === undefined) return undefined;
  const alike = names.filter(({ localName }) => localName === first.localName);
  return textOf(alike.find((one) => /^en\b/i.test(attributeOf(one, 'xml:lang') ?? '')) ?? first);
}

/** The elements at the end of a path of names. */
const below = (parents: readonly Element[], ...path: readonly string[]): Element[] =>
  path.reduce<Element[]>((found, name) => found.flatMap((one) => childrenOf(one, name)), [...parents]);

/** Of the metadata, or of its role. SAML's times are UTC, even without a Z. */
function checkValidUntil(part: Element, now: number): void {
  const until = attributeOf(part, 'validUntil')?.trim();
  if (until === undefined) return;
  const time = Date.parse(/T\d\d:\d\d:\d\d(\.\d{1,20})?$/.test(until) ? `${until}Z` : until);
  if (Number.isNaN(time))
    throw new InvalidXml(`${part.localName}: its validUntil is not a time: “${until.slice(0, 60)}”`);
  if (time <= now) throw new InvalidXml(`${part.localName}: it expired on ${until}; send current metadata`);
}

function readAcs(sp: Element): AcsEndpoint[] {
  const acs = childrenOf(sp, 'md:AssertionConsumerService')
    .filter((one) => attributeOf(one, 'Binding') === bindings.post)
    .map((one, position) => ({
      url: webAddress(attributeOf(one, 'Location'), 'AssertionConsumerService'),
      index: Number(attributeOf(one, 'index') ?? position),
      isDefault: /^(true|1)$/.test(attributeOf(one, 'isDefault') ?? ''),
    }));
  if (acs.length === 0) throw new InvalidXml('the metadata has no AssertionConsumerService with HTTP-POST binding');
  return acs;
}

interface Key {
  use: string | undefined;
  certificate: string;
}

/** One for each KeyDescriptor, which may also hold the issuers of its certificate (XML Signature 4.5.4). */
const readKeys = (sp: Element): Key[] =>
  childrenOf(sp, 'md:KeyDescriptor').flatMap((descriptor) => {
    const all = childrenOf(descriptor, 'ds:KeyInfo')
      .flatMap((info) => childrenOf(info, 'ds:X509Data'))
      .flatMap((data) => childrenOf(data, 'ds:X509Certificate'))
      .map((certificate) => new X509Certificate(readCertificate(textOf(certificate) ?? '')));
    const ends = all.filter((one) => !all.some((other) => issued(one, other)));
    const holder = ends.find((one) => !one.ca) ?? ends[0] ?? all[0];
    return holder === undefined ? [] : [{ use: attributeOf(descriptor, 'use'), certificate: holder.toString() }];
  });

const issued = (issuer: X509Certificate, other: X509Certificate): boolean =>
  issuer.fingerprint256 !== other.fingerprint256 && other.checkIssued(issuer);

/** A key without `use` serves both purposes (SAML metadata 2.4.1.1). */
const isFor = (use: 'signing' | 'encryption', key: Key): boolean => key.use === use || key.use === undefined;
const isRsa = ({ certificate }: Key): boolean => new X509Certificate(certificate).publicKey.asymmetricKeyType === 'rsa';

/** The first endpoint with a supported binding. */
function readLogoutEndpoint(sp: Element): LogoutEndpoint | undefined {
  for (const service of childrenOf(sp, 'md:SingleLogoutService')) {
    const binding = (Object.keys(bindings) as Binding[]).find(
      (name) => bindings[name] === attributeOf(service, 'Binding'),
    );
    if (binding === undefined) continue;
    const responseUrl = attributeOf(service, 'ResponseLocation');
    return {
      url: webAddress(attributeOf(service, 'Location'), 'SingleLogoutService'),
      binding,
      responseUrl: responseUrl === undefined ? undefined : webAddress(responseUrl, 'SingleLogoutService'),
    };
  }
  return undefined;
}

/** Returns the URL if a browser may be sent there. Throws InvalidXml otherwise. */
export function webAddress(address: string | undefined, what: string): string {
  const quoted = `${what}: “${(address ?? '').slice(0, 200)}”`;
  const placeholder = placeholderIn(address ?? '');
  if (placeholder !== undefined)
    throw new InvalidXml(`${quoted} still contains the placeholder “${placeholder}”: put the real value in its place`);
  if (address !== undefined && isWebAddress(address)) return address;
  if (/\s/.test(address ?? '') && isWebAddress(address!.replace(/\s/g, '')))
    throw new InvalidXml(`${quoted} contains whitespace: remove it`);
  throw new InvalidXml(`${quoted} is not an http or https URL`);
}

/** Placeholders in guides, where a real value belongs: “YOUR-DOMAIN”, “{tenant}”, “<host>”, “your-company”. */
const placeholders = [
  /\$?\{\{?[^{}]{1,40}\}/,
  /<[^<>]{1,40}>/,
  /%7B[^%]{1,40}%7D/i,
  /%3C[^%]{1,40}%3E/i,
  /\[(?![0-9a-f:.]+\])[^[\]]{1,40}\]/i,
  /(?<![A-Za-z])YOUR[_-][A-Z_-]{1,40}/,
  /(?<![a-z])your[-_.]?(domain|company|tenant|org|organi[sz]ation|app|host(name)?|server|sp|sub-?domain)(?![a-z])/i,
  /(?<![a-z])(change[-_]?me|placeholder|replace[-_]?(me|this)|insert[-_]?here)(?![a-z])/i,
];

const placeholderIn = (address: string): string | undefined =>
  placeholders.map((pattern) => pattern.exec(address)?.[0]).find((found) => found !== undefined);

/** True for http and https with a plain host, because it is written into the Content-Security-Policy. */
export function isWebAddress(text: string): boolean {
  const url = /^https?:\/\/[^\s\p{Cc}]+$/iu.test(text) ? URL.parse(text) : null;
  return url !== null && isPlainHost(url.hostname);
}

/** Names of letters, digits, hyphens and underscores, and IP addresses. URL would allow `;` and `,` in a host. */
const isPlainHost = (hostname: string): boolean => /^([\w-]+(\.[\w-]+)*\.?|\[[0-9a-f:.]+\])$/.test(hostname);

/** Normalizes a certificate in PEM or base64 to PEM. Throws InvalidXml if it is malformed. */
export function readCertificate(text: string): string {
  const base64 = text.replace(/-----[^-]+-----|\s/g, '');
  try {
    const octets = Buffer.from(base64, 'base64');
    const certificate = new X509Certificate(octets);
    // Both parsers stop at the end of the first certificate, and ignore what follows.
    const isWhole = !/=[^=]/.test(base64) && certificate.raw.length === octets.length;
    if (isWhole) return certificate.toString();
  } catch {
    // Named below.
  }
  throw new InvalidXml(`malformed certificate: “${base64.slice(0, 40)}…”`);
}
