/** Both drivers see the same on the same pages, and report the same errors. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright';
import { launchBrowser } from '../stack/browser.ts';
import { openBrowserDriver } from './browser-driver.ts';
import type { Driver, Exchange } from './driver.ts';
import { createHttpDriver } from './http-driver.ts';

const form = `<!doctype html><title>Form</title><header><nav><a href="/form">Home</a></nav></header>
<main><h1>The form</h1><div role="alert"><p>Watch <b>out</b></p></div>
<form method="post" action="/echo"><input type="hidden" name="token" value="t1">
<label>Email <input name="email"></label><label>Email again <input name="again" value="as it was"></label>
<label for="code">Code</label><input id="code" name="code">
<input name="bare" placeholder="Unlabelled">
<label><input type="checkbox" name="user" value="ada" checked> Ada</label>
<label><input type="checkbox" name="user" value="sam" checked> Sam</label>
<label><input type="checkbox" name="user" value="nora"> Nora</label>
<label><input type="radio" name="size" value="small" checked> Small</label>
<label><input type="radio" name="size" value="large"> Large</label>
<button name="do" value="next">Next</button> <button name="do" value="back">Next time</button></form>
<form method="post" action="/echo" enctype="multipart/form-data"><label>File <input type="file" name="file"></label>
<button>Upload</button></form>
<a href="/echo?from=link">Further</a></main>`;
const passing = `<!doctype html><main><h1>One moment</h1><form method="post" action="/echo">
<input type="hidden" name="SAMLResponse" value="signed"><button>Continue</button></form>
<script>setTimeout(() => document.forms[0].submit(), 0)</script></main>`;
const continuing = `<!doctype html><form><input type="hidden" name="RelayState" value="/home">
<label>Email <input name="email"></label><button>Continue</button></form>`;

const folded = `<!doctype html><main><h1>Folded</h1><form method="post" action="/form"><details><summary>More</summary>
<label>Name <input name="name"></label><details><summary>Even more</summary><button formaction="/echo">Send it</button>
</details></details><button disabled name="off" value="1">Not yet</button></form></main>`;

let requests = 0;
const server = createServer(async (request, response) => {
  const { pathname, search } = new URL(request.url!, 'http://localhost');
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString();
  requests++;
  response.setHeader('content-type', 'text/html');
  response.setHeader('cache-control', 'no-store');
  if (pathname === '/broken') return void request.socket.destroy();
  if (pathname === '/failed') return void response.writeHead(503).end('<h1>Out of order</h1>');
  if (pathname === '/missing') return void response.writeHead(404).end('<h1>Not found</h1>');
  if (pathname === '/form') return void response.end(form);
  if (pathname === '/folded') return void response.end(folded);
  if (pathname === '/continue') return void response.end(continuing);
  if (pathname === '/passing') return void response.end(passing);
  if (pathname === '/mail')
    return void response.end('<form><input type="email" name="a" value="sam"><button>Go</button>');
  response.setHeader('set-cookie', 'seen=yes; Path=/; HttpOnly');
  const echoed = /multipart/.test(request.headers['content-type'] ?? '')
    ? `${/filename="(.*?)"/.exec(body)?.[1]}: ${body.includes('<md/>') ? 'whole' : 'other'}`
    : body || search;
  response.end(`<main><h1>Echo</h1><p>${request.method} ${echoed.replaceAll('&', ' ')} number ${requests}</p></main>`);
});
let browser: Browser;
let url: string;
before(async () => {
  server.listen(0, '127.0.0.1');
  browser = await launchBrowser();
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
});

interface Played {
  driver: Driver;
  exchanges: Exchange[];
  setCookies: string[];
}

/** The results of the story with each driver. */
async function both<Result>(story: (played: Played) => Promise<Result>): Promise<[inBrowser: Result, byHttp: Result]> {
  const play = async (open: (log: object) => Driver | Promise<Driver>): Promise<Result> => {
    const exchanges: Exchange[] = [];
    const setCookies: string[] = [];
    const log = {
      exchange: (one: Exchange) => exchanges.push(one),
      setCookies: (lines: Promise<string[]>) => lines.then((all) => setCookies.push(...all)),
    };
    await using driver = await open(log);
    return await story({ driver, exchanges, setCookies });
  };
  return [
    await play((log) => openBrowserDriver({ who: 'Sam', browser, log: log as never })),
    await play((log) => createHttpDriver({ who: 'Sam', log: log as never })),
  ];
}

/** Plays the story with both drivers; the results must be equal. */
async function same<Result>(story: (played: Played) => Promise<Result>): Promise<Result> {
  const [inBrowser, byHttp] = await both(story);
  assert.deepEqual(byHttp, inBrowser);
  return byHttp;
}

const echo = (driver: Driver): Promise<string> =>
  driver.look().then(({ text }) => text.replace(/ number \d+/, '').replace('Echo ', ''));

test('both drivers see the same page', async () => {
  const look = await same(async ({ driver }) => {
    const before = await driver.look();
    await driver.open(`${url}/form`);
    return { before, ...(await driver.look()) };
  });
  assert.deepEqual(look.before, { url: '', heading: '', text: '', fields: [], buttons: [], links: [] });
  assert.equal(look.heading, 'The form');
  assert.equal(look.alert, 'Watch out');
  assert.equal(look.url, `${url}/form`);
  assert.match(look.text, /^The form Watch out Email .* Further$/);
  assert.deepEqual(look.buttons, ['Next', 'Next time', 'Upload']);
  assert.deepEqual(look.fields.slice(0, 5), ['Email', 'Email again', 'Code', 'Unlabelled', 'Ada']);
  assert.deepEqual(look.links[1], { label: 'Further', url: `${url}/echo?from=link` });
});

test('a page that says that the server failed has its status, and the next page does not', async () => {
  const statuses = await same(async ({ driver }) => {
    const all: (number | undefined)[] = [];
    for (const path of ['failed', 'form', 'missing']) {
      await driver.open(`${url}/${path}`);
      all.push((await driver.look()).failedWith);
    }
    return all;
  });
  assert.deepEqual(statuses, [503, undefined, undefined]);
});

test('a form is filled in by its labels and sent by the pressed button', async () => {
  const sent = await same(async ({ driver }) => {
    await driver.open(`${url}/form`);
    await driver.fill('Email', 'sam@acme.example');
    await driver.fill(/^co/i, 'c');
    await driver.fill({ placeholder: 'Unlabelled' }, 'p');
    await driver.fill({ name: 'again' }, 'n');
    await driver.tick('Ada', { checked: false });
    await driver.tick('Nora');
    await driver.tick('Large');
    assert.equal(await driver.has('Email'), true);
    assert.equal(await driver.has('Telephone'), false);
    await driver.press('Next time');
    const parts = (await echo(driver)).split(' ');
    return { method: parts[0], fields: parts.slice(1).toSorted() };
  });
  assert.equal(sent.method, 'POST');
  assert.deepEqual(sent.fields, [
    'again=n',
    'bare=p',
    'code=c',
    'do=back',
    'email=sam%40acme.example',
    'size=large',
    'token=t1',
    'user=nora',
    'user=sam',
  ]);
});

test('a folded section is unfolded, and a button may send the form elsewhere', async () => {
  const sent = await same(async ({ driver }) => {
    await driver.open(`${url}/folded`);
    await driver.fill('Name', 'Sam');
    await driver.open(`${url}/folded`);
    await driver.press('Send it');
    return echo(driver);
  });
  assert.equal(sent, 'POST name=');
});

test('a disabled button is not pressed', async () => {
  const error = await same(async ({ driver }) => {
    await driver.open(`${url}/folded`);
    return driver.press('Not yet').then(
      () => 'pressed',
      (error: Error) => `${error.constructor.name}: ${/^[^.]*\./.exec(error.message)}`,
    );
  });
  assert.equal(error, 'DisabledButton: The button “Not yet” is disabled.');
});

test('a file is uploaded, a link is followed, and a form is sent again', async () => {
  const result = await same(async ({ driver, exchanges, setCookies }) => {
    await driver.open(`${url}/form`);
    await driver.upload('File', { name: 'metadata.xml', type: 'application/xml', content: '<md/>' });
    await driver.press('upload');
    const uploaded = await echo(driver);
    await driver.open(`${url}/form`);
    await driver.follow('Further');
    const followed = await echo(driver);
    await driver.open(`${url}/form`);
    await driver.press('Next');
    const { text: first } = await driver.look();
    await driver.reload();
    const { text: second } = await driver.look();
    const names = (await driver.cookies()).map(({ name, httpOnly, domain, path }) => ({
      name,
      httpOnly,
      domain,
      path,
    }));
    await driver.forgetCookies('seen');
    const asked = exchanges.map(({ method, url: to, status }) => `${method} ${new URL(to).pathname} ${status}`);
    const left = (await driver.cookies()).length;
    await new Promise(setImmediate);
    return { uploaded, followed, isAnother: first !== second, names, left, asked, setCookies };
  });
  assert.equal(result.uploaded, 'POST metadata.xml: whole');
  assert.equal(result.followed, 'GET ?from=link');
  assert.equal(result.isAnother, true);
  assert.deepEqual(result.names, [{ name: 'seen', httpOnly: true, domain: '127.0.0.1', path: '/' }]);
  assert.equal(result.left, 0);
  assert.equal(result.asked.at(-1), 'POST /echo 200');
  assert.match(result.setCookies[0]!, /^seen=yes/);
});

test('a page that passes on a SAML message is followed; a reload sends the message again', async () => {
  assert.deepEqual(
    await same(async ({ driver }) => {
      await driver.open(`${url}/passing`);
      const arrived = await echo(driver);
      const before = requests;
      await driver.reload();
      return { arrived, again: await echo(driver), requests: requests - before };
    }),
    { arrived: 'POST SAMLResponse=signed', again: 'POST SAMLResponse=signed', requests: 1 },
  );
});

test('a page with a button “Continue” of its own is not waited for', async () => {
  await using driver = await openBrowserDriver({ who: 'Sam', browser });
  let waits = 0;
  const { locator } = driver.page;
  driver.page.locator = (...args) => {
    waits++;
    return locator.apply(driver.page, args);
  };
  await driver.open(`${url}/continue`);
  assert.equal(waits, 0);
  await driver.open(`${url}/passing`);
  assert.match(await echo(driver), /SAMLResponse=signed/);
});

test('cookies can be copied from one driver to the other', async () => {
  const cookies = await same(async ({ driver }) => {
    await using other = createHttpDriver({ who: 'Sam' });
    await other.open(`${url}/echo`);
    await driver.takeCookies(await other.cookies());
    return (await driver.cookies()).map(({ name, value, sameSite }) => ({ name, value, sameSite }));
  });
  assert.deepEqual(cookies, [{ name: 'seen', value: 'yes', sameSite: 'Lax' }]);
});

const missing: readonly [act: string, (driver: Driver) => Promise<void>, what: RegExp][] = [
  ['a field', (driver) => driver.fill('Telephone', '1'), /^The page has no field labelled “Telephone”/],
  ['a box', (driver) => driver.tick(/^Mallory$/), /^The page has no box \/\^Mallory\$\//],
  ['a button', (driver) => driver.press('Sign in'), /^The page has no button “Sign in”/],
  ['a link', (driver) => driver.follow('Elsewhere'), /^The page has no link “Elsewhere”/],
  ['a file', (driver) => driver.upload({ name: 'x' }, { name: '', type: '', content: '' }), /has no field named “x”/],
];
test('what is missing is named, with what the person sees', async () => {
  const words = await same(async ({ driver }) => {
    await driver.open(`${url}/form`);
    const messages: string[] = [];
    for (const [, act] of missing)
      await act(driver).then(
        () => messages.push('done'),
        (error: Error) => messages.push(`${error.constructor.name}: ${error.message}`),
      );
    return messages;
  });
  for (const [index, [what, , message]] of missing.entries()) {
    assert.match(words[index]!.replace('NotOnPage: ', ''), message, what);
    assert.match(words[index]!, /Sam sees “The form” at http:\/\/127\.0\.0\.1:\d+\/form: “Watch out” Fields: Email, /);
  }
});

test('a page that cannot be opened is shown as an error page, and nothing throws', async () => {
  const [inBrowser, byHttp] = await both(async ({ driver }) => {
    await driver.open(`${url}/broken`);
    const opened = await driver.look();
    await driver.open(`${url}/echo`);
    return { opened, afterwards: await echo(driver) };
  });
  for (const { opened } of [inBrowser, byHttp]) assert.match(opened.text, /could not be opened/);
  assert.equal(inBrowser.afterwards, byHttp.afterwards);
});

test('a reload needs an open page', async () => {
  const words = await same(({ driver }) => driver.reload().then(String, ({ message }: Error) => message));
  assert.equal(words, 'Sam could not reload the page. Sam has no page open.');
});

test('a browser goes back to the first page and no further', async () => {
  await using driver = await openBrowserDriver({ who: 'Sam', browser });
  await assert.rejects(driver.back(), { message: 'Sam could not go back in the browser. Sam has no page open.' });
  await driver.open(`${url}/form`);
  await assert.rejects(driver.back(), { message: /^Sam could not go back in the browser\. Sam sees “The form” at / });
  await driver.open(`${url}/form`);
  await driver.follow('Further');
  await driver.back();
  assert.equal((await driver.look()).heading, 'The form');
});

test('an act that the driver does not support fails with a sentence', async () => {
  await using http = createHttpDriver({ who: 'Sam' });
  await assert.rejects(http.back(), { message: /^Sam acts over HTTP here, and only a browser can go back/ });
  await using driver = await openBrowserDriver({ who: 'Sam', browser });
  await driver.open(`${url}/mail`);
  await assert.rejects(driver.press('Go'), {
    message: /^Sam acts in a browser here, and a browser does not send this form: .*@/,
  });
});
