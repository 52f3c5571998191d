/** Checks of the archive as users get it: links, messages, types, and a clean global scope. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { parseSync, Visitor } from 'oxc-parser';
import { root } from './build.ts';
import type { Unpacked } from './unpacked.fixture.ts';

export function testArchive(there: () => Unpacked): void {
  test('every relative link in its pages leads to a file in it', () => {
    const { installed } = there();
    const pages = globSync('**/*.md', { cwd: installed });
    assert.ok(pages.length > 20, String(pages.length));
    assert.deepEqual(
      pages.flatMap((page) => deadLinks(installed, page)),
      [],
    );
  });

  test('none of its messages names a script of this repository', () => {
    const dist = join(there().installed, 'dist');
    const files = reachable(dist);
    assert.ok(files.length > 400, String(files.length));
    assert.deepEqual(
      files.flatMap((file) => scriptsNamedIn(join(dist, file)).map((text) => `${file}: ${text}`)),
      [],
    );
  });

  test('its types need neither the DOM nor skipLibCheck', async () => {
    const { project } = there();
    const { folder } = project('without-dom', {
      'use.ts': `import { faults, type IdpTenant, RequestRefused, startMockIdp } from 'sso-rehearsal';
const idp = await startMockIdp({ hostname: '127.0.0.1' });
const acme: IdpTenant = await idp.createTenant({ keys: 'shared' });
console.log(acme.name, Object.keys(faults), RequestRefused.name);
await idp[Symbol.asyncDispose]();
`,
      'tsconfig.json': JSON.stringify({
        compilerOptions: {
          ...{ target: 'es2024', lib: ['es2024'], types: ['node'], module: 'nodenext' },
          ...{ strict: true, skipLibCheck: false, noEmit: true },
        },
        files: ['use.ts'],
      }),
    });
    const checked = await there().node(join(root, 'node_modules/typescript/bin/tsc'), '-p', folder);
    assert.deepEqual([checked.status, checked.stdout], [0, '']);
  });

  test('neither its import nor a sign-in changes the global Reflect', async () => {
    const code = `const before = Reflect.ownKeys(Reflect).length;
      const { startMockIdp } = await import('sso-rehearsal');
      await import('sso-rehearsal/product');
      await using idp = await startMockIdp();
      const acme = await idp.createTenant({
        users: [{ username: 'sam', password: 'x' }], apps: [{ entityId: 'urn:x', acs: ['http://x.example/acs'] }],
      });
      await acme.arrangeFaults('signatures by an unknown key');
      const { struck } = await acme.signIn('sam', { unsolicited: true });
      console.log(struck.length, Reflect.getMetadata, Reflect.ownKeys(Reflect).length - before);`;
    const ran = await there().node('--input-type=module', '--eval', code);
    assert.deepEqual([ran.stdout, ran.stderr], ['1 undefined 0\n', '']);
  });

  test('a user is signed out, and a fault of logout strikes', async () => {
    const ran = await there().node('--input-type=module', '--eval', signsOut);
    assert.deepEqual([ran.stdout, ran.stderr], ['succeeded not-confirmed 1 unsigned\n', '']);
  });
}

/** The app is a function in place of fetch. */
const signsOut = `import { deflateRawSync, inflateRawSync } from 'node:zlib';
  import { startMockIdp } from 'sso-rehearsal';
  await using idp = await startMockIdp();
  const acme = await idp.createTenant({
    users: [{ username: 'sam', password: 'x' }],
    apps: [{ entityId: 'urn:x', acs: ['http://x.example/acs'], slo: 'http://x.example/slo' }],
  });
  async function app(address) {
    const { searchParams } = new URL(address);
    if (!searchParams.has('Signature')) return new Response('unsigned', { status: 403 });
    const request = inflateRawSync(Buffer.from(searchParams.get('SAMLRequest'), 'base64')).toString();
    const response = '<samlp:LogoutResponse xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_1" Version="2.0"' +
      ' xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" IssueInstant="' + acme.now().toISOString() +
      '" InResponseTo="' + / ID="([^"]+)"/.exec(request)[1] + '"><saml:Issuer>urn:x</saml:Issuer><samlp:Status>' +
      '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status></samlp:LogoutResponse>';
    const query = new URLSearchParams({ SAMLResponse: deflateRawSync(response).toString('base64') });
    return new Response(null, { status: 302, headers: { location: acme.sloUrl + '?' + query } });
  }
  async function signOut() {
    await acme.signIn('sam', { unsolicited: true });
    return (await acme.signOut('sam', { fetch: app }))[0];
  }
  const { outcome } = await signOut();
  await acme.arrangeFaults('an unsigned LogoutRequest');
  const unsigned = await signOut();
  console.log(outcome, unsigned.outcome, acme.struckFaults().length, await unsigned.response.text());`;

/** Links to other places in the same page and to other hosts are not followed. */
function deadLinks(folder: string, page: string): string[] {
  const links = readFileSync(join(folder, page), 'utf8').matchAll(/\]\(([^)\s#]+)(?:#[^)\s]*)?\)/g);
  return [...links]
    .map(([, link]) => link!)
    .filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(folder, dirname(page), link)))
    .map((link) => `${page} → ${link}`);
}

/** The files that its exports, its command and its steps load. */
function reachable(dist: string): string[] {
  const starts = ['mock-idp/start.js', 'support/product/define-product.js', 'support/commands/cli.js'];
  const open = [...starts, 'support/hooks.js', ...globSync('steps/**/*.js', { cwd: dist })];
  const known = new Set<string>();
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (known.has(file)) continue;
    known.add(file);
    const text = readFileSync(join(dist, file), 'utf8');
    const names = text.matchAll(/(?:from|import\(?|resolve\(|new URL\()\s*['"](\.[^'"]+\.js)['"]/g);
    for (const [, name] of names) {
      const path = join(dirname(join(dist, file)), name!);
      if (existsSync(path)) open.push(relative(dist, path));
    }
  }
  return [...known];
}

/** They choose between npm and npx, write pages of this repository, or are packages by others. */
const exempt = /terminal\/(command-line|options)\.js$|gherkin\/docs\/|dist\/vendor\//;

/** Texts with “npm run” and the like, apart from comments and from what only a clone says. */
function scriptsNamedIn(path: string): string[] {
  if (exempt.test(path)) return [];
  const found: string[] = [];
  const onlyInClones: { start: number; end: number }[] = [];
  const see = ({ start, end }: { start: number; end: number }, text: unknown): void => {
    const isInClone = onlyInClones.some((one) => one.start <= start && end <= one.end);
    if (typeof text === 'string' && /\bnpm (run|start|test)\b/.test(text) && !isInClone) found.push(text.slice(0, 80));
  };
  new Visitor({
    ConditionalExpression({ test: condition, alternate }) {
      if (condition.type === 'Identifier' && condition.name === 'isPacked') onlyInClones.push(alternate);
    },
    Literal: (node) => see(node, node.value),
    TemplateElement: (node) => see(node, node.value.cooked),
  }).visit(parseSync(path, readFileSync(path, 'utf8')).program);
  return found;
}
