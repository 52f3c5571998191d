/** Signs a user in at an identity product that runs here, as a service provider of no other use, for its response. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deflateRawSync } from 'node:zlib';
import { skeletonOf } from '../../mock-idp/personas/skeleton.ts';
import type { SpSide } from '../idp/identity-provider.ts';
import { nameRehearsal } from '../stack/rehearsal.ts';
import { signInScripted } from '../stack/scripted-sign-in.ts';
import type { SignInForm } from '../stack/sign-in-form.ts';
import { createVisitor } from '../stack/visitor.ts';

export interface Reader extends SpSide, AsyncDisposable {
  metadata: string;
}

/** A service provider that publishes its metadata, and accepts nothing. */
export async function startReader(): Promise<Reader> {
  let metadata = '';
  const server: Server = createServer((_, response) => {
    response.setHeader('content-type', 'application/samlmetadata+xml').end(metadata);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sp = { entityId: `${url}/metadata`, acsUrl: `${url}/acs`, metadataUrl: `${url}/metadata` };
  metadata = metadataOf(sp);
  return {
    ...sp,
    metadata,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const metadataOf = ({ entityId, acsUrl }: SpSide): string =>
  `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}">` +
  '<md:SPSSODescriptor AuthnRequestsSigned="false" WantAssertionsSigned="true" ' +
  'protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">' +
  '<md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</md:NameIDFormat>' +
  `<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${acsUrl}" ` +
  'index="0" isDefault="true"/></md:SPSSODescriptor></md:EntityDescriptor>';

interface Who {
  username: string;
  password: string;
  form?: SignInForm | undefined;
}

/** The XML of the response to a request by HTTP-Redirect. */
export async function responseOf(ssoUrl: string, sp: SpSide, { username, password, form }: Who): Promise<string> {
  const visitor = createVisitor();
  const person = { ...nameRehearsal().cast.Sam, address: username, idpUsername: username, idpPassword: password };
  const url = new URL(ssoUrl);
  url.searchParams.set('SAMLRequest', deflateRawSync(requestTo(ssoUrl, sp)).toString('base64'));
  let sent: string | undefined;
  const ended = await signInScripted({
    spUrl: new URL(sp.acsUrl).origin,
    person,
    visitor,
    form,
    start: () => visitor.visit(url),
    onResponse({ fields }) {
      sent = fields.find(({ name }) => name === 'SAMLResponse')?.value;
      return undefined;
    },
  });
  if (sent === undefined) throw new Error(`No response, but ${ended.url.href}:\n${ended.text}`);
  return Buffer.from(sent, 'base64').toString();
}

const requestTo = (ssoUrl: string, { entityId, acsUrl }: SpSide): string =>
  '<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ' +
  'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a1b2c3d4e5f6a7b8c9d0" Version="2.0" ' +
  `IssueInstant="${new Date().toISOString()}" Destination="${ssoUrl}" AssertionConsumerServiceURL="${acsUrl}" ` +
  'ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST">' +
  `<saml:Issuer>${entityId}</saml:Issuer></samlp:AuthnRequest>`;

/** Seconds may pass between a sign-in and its response. */
const tolerance = 3;
const offset = /issue ([+-]\d+) s/g;

/** The skeleton of a product’s response, with the times of ours where they differ by the tolerance at most. */
export function skeletonBeside(product: string, ours: readonly string[]): string[] {
  return skeletonOf(product).map((line, index) => {
    const expected = [...(ours[index] ?? '').matchAll(offset)].map(([, seconds]) => Number(seconds));
    let place = 0;
    return line.replace(offset, (written, seconds: string) => {
      const other = expected[place++];
      if (other === undefined || Math.abs(Number(seconds) - other) > tolerance) return written;
      return `issue ${other < 0 ? '-' : '+'}${Math.abs(other)} s`;
    });
  });
}
