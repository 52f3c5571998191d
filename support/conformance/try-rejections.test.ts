/** For each way in which a product rejects a sign-in, a weak service provider that trips over it. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Express, Request } from 'express';
import { type PersonaCode, personaCodes } from '../../mock-idp/personas/codes.ts';
import type { Plan } from '../../mock-idp/personas/persona.ts';
import { labels } from '../catalogue/persona-facts.ts';
import { sample } from '../stack/sample.fixture.ts';
import { readConfig } from './config.ts';
import { startGullible } from './gullible-sp.fixture.ts';
import { personaLines } from './persona-lines.ts';
import { standForTests } from './stand.fixture.ts';
import { isGood, type PersonaRow, tryPersonas } from './try-personas.ts';

const { stand, folder } = await standForTests();

const user = { nameId: 'alice@example.org', attributes: { email: ['alice@example.org'] } };

/** Reply to a response before it is read; undefined for the usual one. */
type Weakness = (xml: string) => 'status 500' | 'drops' | 'signs in' | undefined;

interface Needs {
  only?: readonly PersonaCode[];
  pages?: (app: Express) => void;
}

const nameIn = (xml: string): string | undefined => /<(?:\w+:)?NameID\b[^>]*>([^<]+)</.exec(xml)?.[1];

async function matrixOf(weakness: Weakness, { only = personaCodes, pages }: Needs = {}): Promise<PersonaRow[]> {
  const xmlIn = ({ body }: Request): string => Buffer.from(body.SAMLResponse, 'base64').toString();
  await using sp = await startGullible({
    ssoUrl: stand.connection.ssoUrl,
    readName({ field }) {
      const xml = Buffer.from(field, 'base64').toString();
      return nameIn(xml) === undefined && weakness(xml) !== 'signs in' ? undefined : user.nameId;
    },
    pages(app) {
      pages?.(app);
      app.post('/acs', (request, response, next) => {
        const outcome = weakness(xmlIn(request));
        if (outcome === 'status 500') response.status(500).send('It crashed.');
        else if (outcome === 'drops') request.socket.destroy();
        else next();
      });
    },
  });
  const file = join(folder, 'weak.json');
  writeFileSync(file, JSON.stringify({ ...sp.config, user }));
  return await tryPersonas({ config: await readConfig(file), stand }, { only });
}

const topStatusIn = (xml: string): string | undefined => /StatusCode [^>]*Value="[^"]*:(\w+)"/.exec(xml)?.[1];
const isRejection = (xml: string): boolean => topStatusIn(xml) !== 'Success';
const crashes =
  (when: (xml: string) => boolean): Weakness =>
  (xml) =>
    isRejection(xml) && when(xml) ? 'status 500' : undefined;

const traps: readonly [words: string, Weakness, PersonaCode, keyof Plan, why: RegExp][] = [
  [
    'knows Requester and Responder only',
    crashes((xml) => !/^(Requester|Responder)$/.test(topStatusIn(xml)!)),
    'zitadel',
    'rejections',
    /replies with status 500/,
  ],
  [
    'takes any element named Assertion for a valid one',
    (xml) => (isRejection(xml) && /<(?:\w+:)?Assertion\b/.test(xml) ? 'signs in' : undefined),
    'zitadel',
    'errorResponse',
    /signs a user in/,
  ],
  [
    'reads the text of the StatusMessage',
    crashes((xml) => /<(?:\w+:)?StatusMessage\b[^>]*(\/>|><\/)/.test(xml)),
    'auth0',
    'errorResponse',
    /replies with status 500/,
  ],
  [
    'reads the second-level status',
    (xml) => (isRejection(xml) && xml.match(/<(?:\w+:)?StatusCode\b/g)!.length < 2 ? 'drops' : undefined),
    'adfs',
    'rejections',
    /./,
  ],
  [
    'requires InResponseTo',
    crashes((xml) => !xml.includes(' InResponseTo=')),
    'keycloak-2022',
    'errorResponse',
    /replies with status 500/,
  ],
  [
    'requires the Destination',
    crashes((xml) => !xml.includes(' Destination=')),
    'entra',
    'errorResponse',
    /replies with status 500/,
  ],
];

for (const [words, weakness, persona, fact, why] of sample(traps, 2))
  test(`one that ${words} trips over the rejection of ${persona}: ${fact}`, async () => {
    const [row] = await matrixOf(weakness, { only: [persona] });
    assert.equal(row!.works, true);
    assert.deepEqual(
      row!.rejection.trips.map((trip) => trip.fact),
      [fact],
      JSON.stringify(row),
    );
    assert.match(row!.rejection.why, why);
    assert.match(personaLines(row!).join('\n'), new RegExp(`It trips over the rejection: .*\n[^]*${labels[fact]}: `));
    assert.equal(isGood(row!), false);
  });

test('their repaired twin trips over no rejection, and each row says if there is no response', async () => {
  const rows = await matrixOf(() => undefined);
  assert.deepEqual(
    rows.filter(({ rejection }) => rejection.why !== ''),
    [],
  );
  const of = (returns: string): PersonaCode[] =>
    rows.filter(({ rejection }) => rejection.returns === returns).map(({ persona }) => persona);
  assert.deepEqual(of('nothing').toSorted(), ['google', 'lemonldap', 'okta']);
  assert.deepEqual(of('either').toSorted(), ['adfs', 'entra']);
  assert.match(
    rows.flatMap(personaLines).join('\n'),
    /works {2}Okta\n +If a user is not assigned, the app gets no response/,
  );
});

/** The next sign-in in the same browser fails until a response ends the pending one. */
const keepsPending =
  (pending = new Set<string>()) =>
  (app: Express): void => {
    const browserOf = ({ headers: { cookie = '' } }: Request): string => /early=(\w+)/.exec(cookie)?.[1] ?? '';
    app.get('/login', (request, response, next) => {
      const browser = browserOf(request);
      if (pending.has(browser)) return void response.send('A sign-in is pending.');
      response.on('finish', () => {
        const [cookies] = [response.getHeader('set-cookie')].flat(2).filter((one) => String(one).startsWith('early='));
        pending.add(/early=(\w+)/.exec(String(cookies))?.[1] ?? '');
      });
      next();
    });
    app.post('/acs', (request, _response, next) => {
      pending.delete(browserOf(request));
      next();
    });
  };

test('one that waits for the response to a pending sign-in trips where nothing returns', async () => {
  const [okta, auth0] = await matrixOf(() => undefined, { only: ['okta', 'auth0'], pages: keepsPending() });
  assert.equal(okta!.works, true);
  assert.match(okta!.rejection.why, /^after it, the sign-in never reached a SAML response/);
  assert.deepEqual(
    okta!.rejection.trips.map(({ fact, reply }) => [fact, reply]),
    [['rejections', 'A sign-in is pending.']],
  );
  assert.equal(auth0!.rejection.why, '');
});

test('one that trips over each rejection trips over no fact of a product', async () => {
  const [auth0] = await matrixOf((xml) => (isRejection(xml) ? 'status 500' : undefined), { only: ['auth0'] });
  assert.match(auth0!.rejection.why, /replies with status 500/);
  assert.deepEqual(auth0!.rejection.trips, []);
});
