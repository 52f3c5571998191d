/** The host names, forms and visits that the identity provider accepts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Request, Response } from 'express';
import { hostnameIn, isProgram, ownHostOnly, rejectCrossSite, rejectSubresource } from './guard.ts';
import { Notice } from './notice.ts';

type Headers = Record<string, string>;
const arriving = (headers: Headers, url = 'http://idp.localhost:4002', method = 'POST') => ({
  site: { url },
  request: { method, headers, get: (name: string) => headers[name] } as unknown as Request,
});

const hosts: [host: string, hostname: string | undefined][] = [
  ['idp.example', 'idp.example'],
  ['IDP.Example:80', 'idp.example'],
  ['[::1]:80', '[::1]'],
  ['', undefined],
  ...['a b', 'a/b', 'a\\b', 'a?b', 'a#b', 'a@b', '*', 'a:port', 'http://a'].map((host): [string, undefined] => [
    host,
    undefined,
  ]),
];
for (const [host, hostname] of hosts)
  test(`the host name in “${host}” is ${hostname}`, () => assert.equal(hostnameIn(host), hostname));

const accepted: [host: string | undefined, isAccepted: boolean][] = [
  ['login.example', true],
  ['login.example:99', true],
  ['proxy.example', true],
  ['mock-idp:1', true],
  ['odd name', false],
  ['localhost', true],
  ['any.localhost', true],
  ['127.0.0.1', true],
  ['127.255.0.1:8', true],
  ['[::1]', true],
  ['other.example', false],
  ['login.example.other.example', false],
  ['x.login.example', false],
  ['notlocalhost', false],
  ['localhost.example', false],
  ['127.0.0.1.example', false],
  ['x127.0.0.1', false],
  ['128.0.0.1', false],
  ['[::2]', false],
  ['[::1:1]', false],
  ['', false],
  [undefined, false],
];
for (const [host, isAccepted] of accepted)
  test(`a visit to ${host ?? 'no host'} is ${isAccepted ? 'accepted' : 'rejected'}`, () => {
    const guard = ownHostOnly({
      url: 'https://login.example/',
      allowedHosts: ['proxy.example:8', 'mock-idp', 'odd name'],
    });
    const sent: unknown[] = [];
    const record = (value: unknown): unknown => {
      sent.push(value);
      return response;
    };
    const response = { status: record, type: record, send: record };
    let went = 0;
    const headers = host === undefined ? {} : { host };
    guard({ headers } as Request, response as unknown as Response, () => void went++);
    assert.equal(went, isAccepted ? 1 : 0);
    if (isAccepted) assert.deepEqual(sent, []);
    else {
      assert.deepEqual(sent.slice(0, 2), [421, 'text']);
      assert.match(String(sent[2]), /accepts only the host names login.example, proxy.example, mock-idp, odd name and/);
    }
  });

const isRejected = (visit: () => void): boolean => {
  try {
    visit();
    return false;
  } catch (error) {
    assert.ok(error instanceof Notice && error.page.status === 403);
    assert.match(error.page.sentences.join(' '), /(Start again from the app|Open it in its own tab)\.$/);
    return true;
  }
};

const host = 'idp.acme.example:7';
const forms: [from: string, headers: Headers, isOwn: boolean][] = [
  ['our own page', { 'sec-fetch-site': 'same-origin' }, true],
  ['the address bar', { 'sec-fetch-site': 'none' }, true],
  ['another site', { 'sec-fetch-site': 'cross-site' }, false],
  ['another port or subdomain', { 'sec-fetch-site': 'same-site' }, false],
  ['another site that says our origin', { 'sec-fetch-site': 'cross-site', origin: 'http://idp.localhost:4002' }, false],
  ['our own page behind a proxy that changes names', { 'sec-fetch-site': 'same-origin', origin: 'http://x' }, true],
  ['a program', {}, true],
  ['our origin, of an old browser', { origin: 'http://idp.localhost:4002' }, true],
  ['the host that was asked, of an old browser', { origin: `http://${host}`, host }, true],
  ['another scheme', { origin: `https://${host}`, host }, false],
  ['another origin', { origin: 'http://evil.example', host }, false],
  ['a hidden origin', { origin: 'null', host }, false],
  ['an empty origin', { origin: '' }, false],
  ['nothing but a scheme', { origin: 'http://x' }, false],
];
for (const [from, headers, isOwn] of forms)
  test(`a form from ${from} is ${isOwn ? 'accepted' : 'rejected'}`, () => {
    assert.equal(
      isRejected(() => rejectCrossSite(arriving(headers))),
      !isOwn,
    );
  });

const loads: [how: string, headers: Headers, isPage: boolean][] = [
  ['as a page', { 'sec-fetch-dest': 'document' }, true],
  ['by a program', {}, true],
  ...['image', 'iframe', 'script', 'empty', ''].map((dest): [string, Headers, boolean] => [
    `as “${dest}”`,
    { 'sec-fetch-dest': dest },
    false,
  ]),
  ['ahead of time', { 'sec-fetch-dest': 'document', 'sec-purpose': 'prefetch' }, false],
  ['ahead of time by an odd browser', { 'sec-purpose': 'prefetch' }, false],
];
for (const [how, headers, isPage] of loads)
  test(`a request loaded ${how} ${isPage ? 'has an effect' : 'has no effect'}`, () => {
    assert.equal(
      isRejected(() => rejectSubresource(arriving(headers))),
      !isPage,
    );
  });

const programs: [what: string, url: string, headers: Headers, is: boolean][] = [
  ['nothing said, on a loopback name', 'http://idp.localhost', { host: 'idp.localhost' }, true],
  ['nothing said, by https', 'https://login.example', { host: 'login.example' }, true],
  ['nothing said, where browsers do not say it either', 'http://login.example', { host: 'login.example' }, false],
  ['no host', 'http://login.example', {}, false],
  ...['sec-fetch-site', 'sec-fetch-dest', 'origin'].map((name): [string, string, Headers, boolean] => [
    `a visit with ${name}`,
    'https://login.example',
    { host: 'login.example', [name]: '' },
    false,
  ]),
];
for (const [what, url, headers, is] of programs)
  test(`${what}: ${is ? 'a program' : 'perhaps a browser'}`, () => assert.equal(isProgram(arriving(headers, url)), is));

test('a GET has no Origin, so it may be an image of another site', () => {
  assert.equal(isProgram(arriving({ host: 'idp.localhost' }, 'http://idp.localhost', 'GET')), false);
});
