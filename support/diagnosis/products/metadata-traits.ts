/** How products write their metadata. */

import { subjectOf } from '../../../sp/products/evidence.ts';
import {
  attribute,
  childElements,
  childNamed,
  childrenNamed,
  descendantsNamed,
  ns,
  textOf,
} from '../../../sp/saml/dom.ts';
import { readMetadataXml } from '../../../sp/saml/read.ts';
import { from, type Trait } from './trait.ts';

export interface MetadataFacts {
  entityId: string;
  ssoUrl: string;
  certificates: readonly string[];
  prefix: string;
  /** An unused default namespace beside the prefix. */
  hasUnusedDefault: boolean;
  hasWsFederation: boolean;
  isSigned: boolean;
  keyInfo: readonly string[];
  formats: readonly string[];
  hasScope: boolean;
  /** Bindings of the sign-on service, by their last word. */
  bindings: readonly string[];
}

/** Of the first identity provider; undefined if there is none. */
export function metadataFactsOf(xml: string): MetadataFacts | undefined {
  const outcome = readMetadataXml(xml.replace(/^\uFEFF/, '').trim());
  if (!outcome.ok) return undefined;
  const root = outcome.message.document.documentElement;
  const entities = [root, ...descendantsNamed(root, ns.md, 'EntityDescriptor')];
  const entity = entities.find((one) => childNamed(one, ns.md, 'IDPSSODescriptor'));
  const role = childNamed(entity, ns.md, 'IDPSSODescriptor');
  if (entity === undefined || role === undefined) return undefined;
  const services = childrenNamed(role, ns.md, 'SingleSignOnService');
  const keyInfo = childNamed(childNamed(role, ns.md, 'KeyDescriptor'), ns.ds, 'KeyInfo');
  const data = childNamed(keyInfo, ns.ds, 'X509Data');
  return {
    entityId: attribute(entity, 'entityID') ?? '',
    ssoUrl: attribute(services[0], 'Location') ?? '',
    certificates: [subjectOf(Buffer.from(textOf(childNamed(data, ns.ds, 'X509Certificate')), 'base64'))].filter(
      (one) => one !== undefined,
    ),
    prefix: entity.prefix ?? '',
    hasUnusedDefault: Boolean(entity.prefix) && entity.getAttribute('xmlns') === ns.md,
    hasWsFederation: childrenNamed(entity, ns.md, 'RoleDescriptor').length > 0,
    isSigned: childNamed(entity, ns.ds, 'Signature') !== undefined,
    keyInfo: keyInfo === undefined ? [] : childElements(keyInfo).map(({ localName }) => localName!),
    formats: childrenNamed(role, ns.md, 'NameIDFormat').map((one) => textOf(one).trim().replace(/^.*:/, '')),
    hasScope: descendantsNamed(entity, 'urn:mace:shibboleth:metadata:1.0', 'Scope').length > 0,
    bindings: services.map((one) => (attribute(one, 'Binding') ?? '').replace(/^.*:/, '')),
  };
}

export const metadataTraits: readonly Trait<MetadataFacts>[] = [
  {
    words: 'a KeyName before the certificate',
    weight: 2,
    is: ({ keyInfo: [first] }) => first === 'KeyName',
    sources: { keycloak: from.wai22 },
  },
  {
    words: 'an unused default namespace',
    weight: 1,
    is: ({ hasUnusedDefault }) => hasUnusedDefault,
    sources: { keycloak: from.wai22 },
  },
  {
    words: 'the NameID formats persistent, transient, unspecified, emailAddress',
    weight: 1,
    is: ({ formats }) => formats.join() === 'persistent,transient,unspecified,emailAddress',
    sources: { keycloak: from.wai22 },
  },
  {
    words: 'a signed descriptor with WS-Federation roles',
    weight: 2,
    is: ({ hasWsFederation, isSigned }) => hasWsFederation && isSigned,
    sources: { entra: from.wire },
  },
  {
    words: 'a Scope of Shibboleth',
    weight: 2,
    is: ({ hasScope }) => hasScope,
    sources: { shibboleth: from.cj },
  },
  {
    words: 'all eight NameID formats of SAML',
    weight: 3,
    is: ({ formats }) => formats.includes('kerberos') && formats.includes('entity') && formats.length === 8,
    sources: { cyberark: from.wire },
  },
  {
    words: 'HTTP-POST listed twice',
    weight: 2,
    is: ({ bindings }) => bindings.filter((one) => one === 'HTTP-POST').length === 2,
    sources: { onelogin: from.cj },
  },
];
