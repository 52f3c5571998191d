/** Builds the correct and the faulty response for each fault, without a server. */
import { DOMParser } from '@xmldom/xmldom';
import type { Fault } from '../fault.ts';
import { faultPhrases, faults } from '../faults.ts';
import { type BuildInput, buildResponse } from '../response/build-response.ts';
import type { Delivery } from '../response/delivery.ts';
import { authnContexts, nameIdFormats } from '../response/saml-values.ts';
import { createKeyPair, type KeyPair, unneededKeys } from '../tenants/keys.ts';

const now = new Date('2026-03-01T12:00:00Z');
const makeKeys = (commonName: string): Promise<KeyPair> =>
  createKeyPair({
    commonName,
    notBefore: new Date('2026-01-01T00:00:00Z'),
    notAfter: new Date('2046-01-01T00:00:00Z'),
  });
/** Keys of the IdP, an attacker, and the SP. */
export const [keys, untrustedKeys, recipient] = await Promise.all([
  makeKeys('idp'),
  makeKeys('attacker'),
  makeKeys('sp'),
]);

/** Input with predictable IDs, so that two responses differ only by the fault. */
function input({
  encrypting = false,
  asked = true,
  previous,
}: {
  encrypting?: boolean;
  asked?: boolean;
  previous?: Delivery;
} = {}): BuildInput {
  let count = 0;
  return {
    issuer: 'http://idp.localhost:7000/acme/metadata',
    keys,
    untrustedKeys,
    app: {
      entityId: 'http://sp.localhost:7001/saml/acme/metadata',
      acsUrl: 'http://sp.localhost:7001/saml/acme/acs',
      encryptionCertificate: encrypting ? recipient.certificate : undefined,
    },
    request: asked ? { id: '_request' } : undefined,
    relayState: 'cmVsYXk',
    user: {
      nameId: 'sam@acme.example',
      nameIdFormat: nameIdFormats.emailAddress,
      attributes: { mail: ['sam@acme.example'], givenName: ['Sam'] },
    },
    now,
    authnInstant: now,
    sessionIndex: '_session',
    authnContextClassRef: authnContexts.passwordProtectedTransport,
    faults: [],
    id: () => `_id_${previous === undefined ? 'new' : 'next'}_${++count}`,
    elsewhere: {
      acsUrl: 'http://sp.localhost:7001/saml/other/acs',
      entityId: 'http://sp.localhost:7001/saml/other/metadata',
      requestId: '_elsewhere',
      previous,
    },
  };
}

export interface Run {
  honest: Delivery;
  faulty: Delivery;
}

/** The correct and the faulty response in the first setting in which the fault strikes. */
export function run(phrase: string, fault: Fault): Run {
  const amount = [...(fault.amount?.reject ?? []), ...(fault.amount?.accept ?? [])][0] ?? 0;
  const arranged = [{ phrase, fault, amount }];
  const settings: Parameters<typeof input>[0][] = [
    ...(fault.encrypts ? [{ encrypting: true }] : []),
    {},
    { asked: false },
  ];
  for (const one of settings) {
    const previous = buildResponse({
      ...input({ ...one }),
      request: { id: '_before' },
      id: (() => {
        let count = 0;
        return () => `_before_${++count}`;
      })(),
    });
    const honest = buildResponse(input({ ...one, previous }));
    const faulty = buildResponse({
      ...input({ ...one, ...(fault.usesPrevious ? { previous } : {}) }),
      id: input({ ...one, previous }).id,
      faults: arranged,
      untrustedKeys: fault.usesUntrustedKeys ? untrustedKeys : unneededKeys,
    });
    if (faulty.struck.length > 0) return { honest, faulty };
  }
  throw new Error(`“${phrase}” never strikes`);
}

/** All faults that change the response, unlike server faults. */
export const messages = faultPhrases.filter((phrase) => (faults[phrase] as Fault).transport === undefined);

/** Undefined if the text is not XML. */
export const parse = (xml: string): Element | undefined => {
  try {
    const fail = (message: string): never => {
      throw new Error(message);
    };
    return (
      new DOMParser({ errorHandler: { warning: fail, error: fail, fatalError: fail } }).parseFromString(xml, 'text/xml')
        .documentElement ?? undefined
    );
  } catch {
    return undefined;
  }
};
