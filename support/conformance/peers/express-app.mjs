/** Shared by the service providers with express: their packages, keys, sessions and pages, and the IdP's settings. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { PORT, RUN_DIR } = process.env;

/** Loads a package from the folder that install.sh created. */
export const load = createRequire(`${RUN_DIR}/`);

export const base = `http://127.0.0.1:${PORT}`;

/** Content of a key or secret that start.sh made. */
export const kept = (name) => readFileSync(`${RUN_DIR}/keys/${name}`, 'utf8');

/** Settings from the IdP's metadata; certificates in base64. Needs the package @xmldom/xmldom. */
export function readIdp(file) {
  const { DOMParser } = load('@xmldom/xmldom');
  const all = (element, name) => Array.from(element.getElementsByTagNameNS('*', name));
  const [descriptor] = all(new DOMParser().parseFromString(readFileSync(file, 'utf8'), 'text/xml'), 'IDPSSODescriptor');
  if (!descriptor) throw new Error(`${file} describes no identity provider`);
  const redirect = (service) =>
    all(descriptor, service)
      .find((one) => one.getAttribute('Binding').endsWith(':HTTP-Redirect'))
      .getAttribute('Location');
  return {
    entityId: descriptor.parentNode.getAttribute('entityID'),
    signOn: redirect('SingleSignOnService'),
    signOut: redirect('SingleLogoutService'),
    certificates: all(descriptor, 'KeyDescriptor')
      .filter((one) => one.getAttribute('use') !== 'encryption')
      .flatMap((one) => all(one, 'X509Certificate'))
      .map((one) => one.textContent.replace(/\s/g, '')),
  };
}

/** An app with sessions that reads forms; `limit` of a form is 100 kB by default. */
export function newApp({ cookieName, sameSite, limit }) {
  const express = load('express');
  const app = express();
  app.use(express.urlencoded({ extended: false, limit }));
  app.use(
    load('express-session')({
      name: cookieName,
      secret: kept('session.secret'),
      resave: false,
      saveUninitialized: false,
      // Production needs the flag “secure”, but over plain http browsers would drop the cookie.
      cookie: { httpOnly: true, sameSite },
    }),
  );
  return app;
}

/** Signs a user in with a new session. */
export async function openSession(request, user) {
  await new Promise((done, fail) => request.session.regenerate((error) => (error ? fail(error) : done())));
  request.session.user = user;
  console.log(`signed in: ${JSON.stringify(user)}`);
}

const escaped = (value) => String(value).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

export const page = (title, lines) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title>` +
  `<body>${lines.map((line) => `<p>${escaped(line)}</p>`).join('\n')}</body></html>\n`;

/** Shows every error as a page, and listens. */
export function start(app, title) {
  app.use((error, _request, response, _next) => {
    console.error(error?.stack ?? error);
    response.status(error?.status ?? 403).send(page(title, [`Rejected: ${error?.message ?? error}`]));
  });
  app.listen(Number(PORT), '127.0.0.1');
}
