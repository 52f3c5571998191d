/**
 * A real browser, in which Ada is signed in at the SP and Sam at the IdP, opens a page of another site. With images,
 * frames, fetch and forms in popups the page attacks every route of the lab, and changes nothing.
 */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright';
import { launchBrowser } from '../stack/browser.ts';
import { sample } from '../stack/sample.fixture.ts';
import { evaluated } from './hostile-walk.ts';
import { differences, openState, type StateReader } from './kept-state.ts';
import { samplesFor } from './route-samples.ts';
import { openVictimsLab, type VictimsLab } from './victims-lab.ts';

let lab: VictimsLab;
let state: StateReader;
let browser: Browser;
let context: BrowserContext;
let page: Page;
/** The browser's finished requests, successful or not. */
let over = 0;
const traffic = new EventEmitter();
const evil = createServer((_request, response) => {
  response.setHeader('Content-Type', 'text/html');
  response.end('<!doctype html><title>Evil</title>');
});
before(async () => {
  [lab, browser] = await Promise.all([openVictimsLab(), launchBrowser()]);
  state = openState(lab.known.lab);
  context = await browser.newContext();
  for (const end of ['requestfinished', 'requestfailed'] as const)
    context.on(end as 'requestfinished', () => {
      over++;
      traffic.emit('over');
    });
  await takeOverCookies();
  await once(evil.listen(0, '127.0.0.1'), 'listening');
  page = await context.newPage();
  await page.goto(new URL('/console', lab.known.origins.sp).href);
  assert.match((await page.textContent('body')) ?? '', /Signed in as Ada/);
  await page.goto(`http://evil.localhost:${(evil.address() as AddressInfo).port}/`);
});
after(async () => {
  await browser.close();
  evil.close();
  state[Symbol.dispose]();
  await lab[Symbol.asyncDispose]();
});

async function takeOverCookies(): Promise<void> {
  const { cookies } = await lab.victim.jar.serialize();
  const sameSite = { none: 'None', lax: 'Lax', strict: 'Strict' } as const;
  await context.addCookies(
    cookies.map(({ key, value, domain, path, sameSite: site, secure }) => ({
      name: String(key),
      value: String(value),
      domain: String(domain),
      path: String(path),
      secure: secure === true,
      httpOnly: true,
      sameSite: sameSite[site as keyof typeof sameSite],
    })),
  );
}

/** Messages that come from another site by nature are recorded, within limits: see allowed-changes.ts. */
const recorded = ['/saml/:organization/acs', '/saml/:organization/slo', '/:tenant/sso', '/:tenant/apps/:number'];

interface Aim {
  method: string;
  url: string;
  fields: Record<string, string>;
  json: string;
}

const aims = (): Aim[] =>
  Object.entries(samplesFor(lab.known)).flatMap(([part, samples]) =>
    Object.entries(samples)
      .filter(([route]) => !recorded.some((path) => route.endsWith(` ${path}`)))
      .map(([route, { path, fields = {}, json = {} }]) => ({
        method: route.split(' ')[0]!,
        url: `${lab.known.origins[part as keyof typeof lab.known.origins]}${evaluated(path)}`,
        fields: { ...evaluated(fields) },
        json: JSON.stringify(json),
      })),
  );

/** Waits until this many requests have finished; fails if anything changed. The IdP's log may name rejected ones. */
async function changesNothing(atLeast: number, attack: () => Promise<void>): Promise<void> {
  const before = await state.read();
  over = 0;
  await attack();
  while (over < atLeast) await once(traffic, 'over');
  const found = differences(before, await state.read());
  assert.deepEqual(
    found.filter(({ part }) => part !== 'idp.log'),
    [],
  );
}

for (const element of sample(['img', 'iframe'] as const, 1))
  test(`an ${element} for each page`, async () => {
    const all = aims().flatMap(({ method, url }) => (method === 'GET' ? [url] : []));
    const urls = sample(all, 15);
    await changesNothing(urls.length, () =>
      page.evaluate(
        ({ urls, element }) => {
          for (const src of urls) document.body.append(Object.assign(document.createElement(element), { src }));
        },
        { urls, element },
      ),
    );
  });

test('fetch, with and without CORS', async () => {
  const all = sample(aims(), 40);
  await changesNothing(all.length, () =>
    page.evaluate(async (all) => {
      const send = (url: string, init: RequestInit) => fetch(url, { credentials: 'include', ...init });
      await Promise.allSettled(
        all.flatMap(({ method, url, fields, json }) => {
          if (method === 'GET') return [send(url, { mode: 'no-cors' }), send(url, { mode: 'cors' })];
          const form = new FormData();
          for (const [name, value] of Object.entries(fields)) form.set(name, value);
          const text = new Blob([json], { type: 'text/plain' });
          return [
            ...[new URLSearchParams(fields), form, text].map((body) =>
              send(url, { method: 'POST', mode: 'no-cors', body }),
            ),
            send(url, { method, mode: 'cors', headers: { 'content-type': 'application/json' }, body: json }),
          ];
        }),
      );
    }, all),
  );
});

test('a form in a popup for each form', async () => {
  // A popup may sign out its own browser, as any link of an app without a certificate.
  const all = aims().filter(({ method, url }) => method === 'POST' && !url.endsWith('/acme/slo'));
  const forms = sample(all, 15);
  // A popup that is closed may not report its request as finished; by then the reply has begun.
  await changesNothing(0, async () => {
    for (const form of forms) {
      const popup = context.waitForEvent('page'); // which comes with the first reply
      await page.evaluate(submitInPopup, form);
      await (await popup).close();
    }
  });
});

/** Runs in the page. */
function submitInPopup({ url, fields }: Aim): void {
  const form = Object.assign(document.createElement('form'), { method: 'post', action: url, target: '_blank' });
  for (const [name, value] of Object.entries(fields))
    form.append(Object.assign(document.createElement('textarea'), { name, value }));
  document.body.append(form);
  HTMLFormElement.prototype.submit.call(form);
}
