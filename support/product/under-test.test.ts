/** A product under test: mistakes in its recipe, the people of a scenario, and how it learns of the IdP. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type IdpSide, NotReady, Unable } from '../idp/identity-provider.ts';
import { freePort } from '../stack/free-port.fixture.ts';
import { dropConnections } from '../stack/http.ts';
import { nameRehearsal } from '../stack/rehearsal.ts';
import { announceToProduct, nameOfProduct, openProduct, type ProductUnderTest } from './under-test.ts';

const folder = mkdtempSync(join(tmpdir(), 'under-test-'));
const metadata = `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://board.example">
<SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><AssertionConsumerService index="0"
Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://board.example/acs"/></SPSSODescriptor>
</EntityDescriptor>`;
const pages: Readonly<Record<string, string>> = {
  '/metadata': metadata,
  '/login': '<html>Log in</html>',
  '/idp-metadata': metadata.replaceAll('SPSSO', 'IDPSSO'),
};
const introductions: string[] = [];
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (request.method === 'POST') introductions.push(Buffer.concat(chunks).toString());
  const page = request.method === 'POST' ? '' : pages[request.url!];
  response.writeHead(page === undefined ? 404 : 200).end(page);
});
let origin = '';
const port = await freePort();
before(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

let count = 0;

function recipeWith(changes: object): string {
  const file = join(folder, `recipe-${++count}.json`);
  const recipe = {
    name: 'Board',
    origin,
    metadata: '/metadata',
    signIn: { page: '/login' },
    signedIn: { page: '/', text: 'Logged in: {user}' },
    people: { Sam: { email: 'sam@acme.example' } },
    idp: { by: 'hand', port },
    ...changes,
  };
  writeFileSync(file, JSON.stringify(recipe));
  return file;
}

const open = (changes: object = {}): Promise<ProductUnderTest> => openProduct(recipeWith(changes));

const mistakes: Readonly<Record<string, readonly [changes: () => object, message: RegExp]>> = {
  'without people': [() => ({ people: undefined }), /the recipe needs people: who signs in\?$/],
  'whose people are neither Sam nor a domain': [() => ({ people: {} }), /needs Sam, or domain/],
  'without text or json': [
    () => ({ signedIn: { cookie: 'session' } }),
    /signedIn needs text or json: every sign-in is /,
  ],
  'without an origin': [() => ({ origin: undefined }), /the recipe needs origin: where does the product run\?$/],
  'of a product that is not running': [
    () => ({ origin: 'http://127.0.0.1:9' }),
    /the product does not respond at http:\/\/127\.0\.0\.1:9\/metadata\. Start it first$/,
  ],
  'whose metadata URL does not exist': [
    () => ({ metadata: '/nowhere' }),
    /http:\/\/127\.0\.0\.1:\d+\/nowhere returned 404 instead of metadata$/,
  ],
  'whose metadata is a page': [
    () => ({ metadata: '/login' }),
    /the metadata of the product cannot be used: the metadata must be one md:EntityDescriptor$/,
  ],
  'whose metadata is that of an IdP': [
    () => ({ metadata: '/idp-metadata' }),
    /the metadata of the product cannot be used: the metadata has no md:SPSSODescriptor for SAML 2\.0$/,
  ],
  'whose metadata file does not exist': [
    () => ({ metadata: 'board.xml' }),
    /there is no file board\.xml beside the recipe\. For a path at the product, begin with \/: \/board\.xml$/,
  ],
  'with an empty variable for a password': [
    () => ({ people: { Sam: { email: 'sam@acme.example', password: { fromEnvironment: 'NO_SUCH_PASSWORD' } } } }),
    /the recipe needs a password in NO_SUCH_PASSWORD, which is not set$/,
  ],
  'whose program is missing': [
    () => ({ idp: { by: 'command', command: ['no-such-program'], port } }),
    /no-such-program was not found$/,
  ],
};
for (const [what, [changes, message]] of Object.entries(mistakes))
  test(`a recipe ${what} stops the run`, () =>
    assert.rejects(open(changes()), (error: Error) => {
      assert.ok(error instanceof NotReady, error.stack);
      assert.match(error.message, /^PRODUCT=\S+\.json: /);
      assert.match(error.message, message);
      return true;
    }));

test('a path of the product is not a file of this machine', async () => {
  const { side } = await open({ metadata: '/metadata', entityId: undefined });
  assert.equal(side.acsUrl, 'https://board.example/acs');
  await assert.rejects(open({ metadata: '/tmp' }), /\/tmp returned 404 instead of metadata$/);
});

test('metadata may be a file beside the recipe, or an entity ID and an ACS', async () => {
  writeFileSync(join(folder, 'sp.xml'), metadata.replaceAll('board.example', 'file.example'));
  assert.equal((await open({ metadata: 'sp.xml' })).side.acsUrl, 'https://file.example/acs');
  const { side } = await open({ metadata: undefined, entityId: 'urn:board', acs: '/acs' });
  assert.deepEqual([side.entityId, side.acsUrl], ['urn:board', `${origin}/acs`]);
});

test('fixed people keep their emails, and only these have accounts', async () => {
  const { names, people } = await open({
    people: {
      Sam: { email: 'sam@acme.example', password: 'own', shownAs: 'Sam Smith' },
      Grace: { email: 'g.hopper@acme.example' },
      shownAs: '{name} ({localPart})',
      nameId: 'acme|{localPart}',
      attributes: { mail: '{email}', groups: ['all', '{name}'] },
    },
  });
  assert.deepEqual(people, ['Grace', 'Sam']);
  const { cast, organization, tenant } = nameRehearsal(names);
  assert.deepEqual([organization.domain, tenant.slug], ['acme.example', 'acme']);
  const { Sam, Grace, Nora } = cast;
  assert.deepEqual(
    [Sam.address, Sam.password, Sam.shownAs, Sam.nameId],
    ['sam@acme.example', 'own', 'Sam Smith', 'acme|sam'],
  );
  assert.deepEqual([Grace.shownAs, Grace.nameId], ['Grace (g.hopper)', 'acme|g.hopper']);
  assert.deepEqual(Grace.attributes, { mail: ['g.hopper@acme.example'], groups: ['all', 'Grace'] });
  assert.match(Nora.address, /@elsewhere-\w+\.example$/);
  assert.equal(nameRehearsal(names).cast.Grace.address, Grace.address);
});

test('people with templates of their own use those', async () => {
  const { names } = await open({
    people: {
      Sam: { email: 'sam@acme.example', nameId: '4711', attributes: { uid: '{localPart}' } },
      Grace: { email: 'grace@acme.example' },
      nameId: '{name}',
    },
  });
  const { Sam, Grace } = nameRehearsal(names).cast;
  assert.deepEqual([Sam.nameId, Sam.attributes], ['4711', { uid: ['sam'] }]);
  assert.deepEqual([Grace.nameId, Grace.attributes], ['Grace', { displayName: ['Grace'] }]);
});

test('people who get an account at their first sign-in are new in each scenario', async () => {
  const { names, people } = await open({ people: { domain: 'acme.example', Ada: { email: 'root@acme.example' } } });
  assert.deepEqual(people, ['Ada', 'Grace', 'Sam']);
  const [first, second] = [nameRehearsal(names).cast, nameRehearsal(names).cast];
  assert.match(first.Sam.address, /^sam-\w+@acme\.example$/);
  assert.notEqual(first.Sam.address, second.Sam.address);
  assert.deepEqual([first.Ada.address, second.Ada.address], ['root@acme.example', 'root@acme.example']);
  assert.deepEqual([first.Sam.shownAs, first.Sam.nameId], [first.Sam.address, first.Sam.address]);
});

test('a request tells the product once, and again after a reset or with a new certificate', async () => {
  introductions.length = 0;
  const idp = { by: 'request', url: '/idp', body: { xml: '{metadata}', cert: '{certificate}' }, port };
  const product = await open({ idp, reset: { url: '/reset' } });
  assert.equal(product.toDo, undefined);
  await dropConnections();
  await using stack = await product.startStack();
  const path = '/tenants/acme';
  const side = async () => ({
    ...(await stack.idp.control.get<IdpSide>(path)),
    metadataUrl: `${stack.idp.url}/acme/metadata`,
  });
  const byPages = (): Promise<never> => Promise.reject(new Error('no pages'));
  const tell = async (): Promise<number> => {
    await product.tell(await side(), byPages);
    return introductions.filter((body) => body !== '').length;
  };
  assert.equal(await tell(), 1);
  await product.reset();
  assert.equal(await tell(), 2);
  assert.equal(await tell(), 2);
  await stack.idp.control.patch(path, { publishNextKey: true });
  assert.equal(await tell(), 3);
  const { xml, cert } = JSON.parse(introductions.at(-1)!) as { xml: string; cert: string };
  assert.match(xml, /EntityDescriptor/);
  assert.ok(xml.replaceAll(/\s/g, '').includes(cert.replaceAll(/-----[A-Z ]+-----|\s/g, '')));
});

test('a person tells a product by hand: the instructions name what there is to copy', async () => {
  const { toDo, takesNewMetadata, needNextCertificate } = await open({ idp: { by: 'hand', port } });
  assert.match(
    toDo!,
    /^Board must know this identity provider before the first run:\n {2}Metadata file {4}\/\S+\.xml\n/,
  );
  assert.match(readFileSync(/\S+\.xml/.exec(toDo!)![0], 'utf8'), /IDPSSODescriptor/);
  assert.equal(takesNewMetadata, false);
  assert.throws(needNextCertificate, Unable);
  (await open({ idp: { by: 'metadata-url', port, nextCertificate: true } })).needNextCertificate();
});

test('what only control routes could do, or mail, is not available', async () => {
  const product = await open();
  await dropConnections();
  await using stack = await product.startStack();
  await assert.rejects(stack.sp.control.get('/errors'), Unable);
  await assert.rejects(stack.mailbox.messagesTo('sam@acme.example'), {
    message: 'Board cannot send a test email: its recipe does not say where its mail goes',
  });
});

test('the instructions for a product need no running product', async () => {
  const metadata = 'http://127.0.0.1:9/metadata';
  let file = '';
  const announce = (idp: object): Promise<string> => {
    file = recipeWith({ metadata, people: undefined, idp: { port, ...idp } });
    return announceToProduct(file);
  };
  const byHand = await announce({ by: 'hand' });
  for (const line of [
    /^Board must know this identity provider before the first run:\n/,
    new RegExp(`\n  Sign-on URL {6}http://idp\\.localhost:${port}/acme/sso\n`),
    /\n {2}Certificate {6}\S+idp-certificate\.pem\n/,
  ])
    assert.match(byHand, line);
  assert.match(await announce({ by: 'command', command: ['true'] }), /^Each run tells Board of the identity provider/);
  assert.equal(await nameOfProduct(file), 'Board');
  await assert.rejects(announce({ by: 'telepathy' }), (error: Error) => {
    assert.ok(error instanceof NotReady);
    assert.match(error.message, /^PRODUCT=.*recipe-\d+\.json: .*→ at idp\.by\n/s);
    return true;
  });
});
