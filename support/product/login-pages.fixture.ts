/** A product with many login pages, to find the way to single sign-on on each. Signs no user in. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LoginPages extends AsyncDisposable {
  url: string;
  /** Where single sign-on leads from now on. */
  leadTo(url: string): void;
}

const password = '<label>Password <input type="password" name="p"></label>';
const email = '<label>Email <input name="e"></label>';

const pages: Readonly<Record<string, string>> = {
  '/by-email': '<form action="/sso"><label>Your address <input name="mail"></label><button>Continue</button></form>',
  '/placeholder':
    '<form action="/sso"><input name="u" placeholder="you@work"><input type="submit" value="Weiter"></form>',
  '/unnamed': '<form action="/sso"><input name="login" type="email"><button>Go</button></form>',
  '/button':
    `<form action="/in">${email}${password}<button>Sign in</button></form>` +
    '<a href="/docs">Learn about SSO</a><a href="/sso">Sign in with SSO</a>',
  '/same-form':
    '<form action="/sso"><label for="e">Work email</label><input id="e" name="e"><button name="g">Google</button>' +
    '<button>Single sign-on</button></form>',
  '/by-path': '<form action="/in"><input name="user"><input type="password" name="p"></form><a href="/sso">acme</a>',
  '/two-pages': '<a href="/by-email">Log in with your company account</a>',
  '/then-button': `<form action="/known">${email}<button>Forgot?</button><button>Next</button></form>`,
  '/known': '<form action="/sso"><button>Use SAML</button></form>',
  '/password-only': `<form action="/in">${email}${password}<button>Sign in</button></form>`,
  '/then-password': `<form action="/password-only">${email}<button>Next</button></form>`,
  '/welcome': '<h1>Welcome</h1><a href="/by-email">Sign in</a>',
  '/organization': '<form><label>Organization <input name="o"></label><button>Next</button></form>',
  '/no-button': `<form action="/sso">${email}</form>`,
  '/script':
    '<div id="app"></div><script>app.innerHTML = \'<label>Email <input name="e"></label>' +
    '<button onclick="location.href=`/sso`">Continue</button>\'</script>',
  '/dialog':
    '<div id="app"><button onclick="app.innerHTML = next">Sign in</button></div><script>const next = ' +
    '`<label>Email <input name="e"></label><button onclick="location.href=\'/sso\'">Next</button>`</script>',
  '/news': '<h1>News</h1><p>Nothing to see</p>',
  '/home': '<main>Signed in as sam@acme.example</main>',
  '/out': '<main>Goodbye</main>',
};

export async function serveLoginPages(): Promise<LoginPages> {
  let idp = '';
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/sso' && idp !== '') return void response.writeHead(302, { location: idp }).end();
    if (pathname === '/metadata') return void response.end(metadata(String(request.headers.host)));
    const page = pages[pathname];
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html' }).end(page ?? '<p>Not found</p>');
  });
  await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    leadTo(url) {
      idp = url;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

const metadata = (host: string): string => `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata"
  entityID="http://${host}"><SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
  <AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="http://${host}/acs"
    index="0"/></SPSSODescriptor></EntityDescriptor>`;
