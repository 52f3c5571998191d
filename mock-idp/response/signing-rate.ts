/** Prints RSA-2048 signatures per second as JSON for the bench: by node:crypto alone, and in responses. */
import { sign } from 'node:crypto';
import { systemTime } from '../clock.ts';
import { createKeyPair } from '../tenants/keys.ts';
import { type BuildInput, buildResponse } from './build-response.ts';
import { authnContexts, nameIdFormats } from './saml-values.ts';

const now = new Date(systemTime());
const keys = await createKeyPair({
  commonName: 'Bench',
  notBefore: now,
  notAfter: new Date(now.getTime() + 3_600_000),
});
const address = 'sam@acme.example';
const input: BuildInput = {
  issuer: 'http://idp.localhost:4002/acme/metadata',
  keys,
  untrustedKeys: keys,
  app: { entityId: 'http://sp.localhost:4001/saml/acme/metadata', acsUrl: 'http://sp.localhost:4001/saml/acme/acs' },
  request: { id: '_0123456789abcdef0123456789abcdef' },
  relayState: 'state',
  user: {
    nameId: address,
    nameIdFormat: nameIdFormats.emailAddress,
    attributes: { email: [address], displayName: ['Sam'] },
  },
  now,
  authnInstant: now,
  sessionIndex: '_session',
  authnContextClassRef: authnContexts.passwordProtectedTransport,
  faults: [],
};
/** As long as a ds:SignedInfo. */
const octets = Buffer.alloc(650, 'x');

const perRound = 150;
/** Alternates the two, so that a slow machine affects both. */
const rounds = Array.from({ length: 12 }, () => ({
  raw: rate(() => sign('sha256', octets, keys.privateKey)),
  // Each response has two signatures: one of the assertion, one of the response.
  responses: 2 * rate(() => buildResponse(input)),
})).slice(2);

function rate(once: () => unknown): number {
  const begin = performance.now();
  for (let turn = 0; turn < perRound; turn++) once();
  return (perRound * 1_000) / (performance.now() - begin);
}

const middle = (figures: readonly number[]): number => figures.toSorted((a, b) => a - b)[figures.length >> 1]!;
console.log(
  JSON.stringify({
    rawPerSecond: middle(rounds.map(({ raw }) => raw)),
    inAnswersPerSecond: middle(rounds.map(({ responses }) => responses)),
    share: middle(rounds.map(({ raw, responses }) => responses / raw)),
  }),
);
