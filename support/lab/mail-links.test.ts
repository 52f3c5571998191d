/** The links of an email: what the lab says about each kind of mistake. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import type { Stack } from '../stack/servers.ts';
import { checkLinks } from './mail-links.ts';

const methods: string[] = [];
const server = createServer((request, response) => {
  methods.push(request.method ?? '');
  response.statusCode = request.url === '/gone' ? 410 : 200;
  response.end();
}).listen(0, '127.0.0.1');
await once(server, 'listening');
after(() => server.close());
const sp = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const stack = { sp: { url: sp }, idp: { url: 'http://127.0.0.1:9' } } as Stack;
const link = `${sp}/try/abc`;

const problemsIn = async (text: string, html: string): Promise<string[]> => {
  const links = await checkLinks({ from: '', to: '', subject: '', text, html, receivedAt: new Date() }, stack);
  return links.flatMap(({ problems }) => problems);
};

const mistakes: Readonly<Record<string, readonly [text: string, html: string, problem: RegExp | undefined]>> = {
  'both parts have the link': [`Open ${link}`, `<a href="${link}">Test</a>`, undefined],
  'only a text part': [link, '', undefined],
  'the HTML part lacks it': [link, '<p>Hello</p>', /missing from the HTML part/],
  'the text part lacks it': ['Hello', `<a href="${link}">Test</a>`, /missing from the text part/],
  'it shows another URL': [
    link,
    `<a href="${link}">https://elsewhere.example/</a>`,
    /shows another URL: https:\/\/else/,
  ],
  'another site': ['https://scanner.example/x', '', /another site .* a scanner/],
  'the page is gone': [`${sp}/gone`, '', /responds with 410/],
  'nothing responds': ['http://127.0.0.1:9/x', '', /Nothing responds/],
  'a script': ['', '<a href="javascript:alert(1)">x</a>', /not a web link/],
};
for (const [words, [text, html, problem]] of Object.entries(mistakes))
  test(`links: ${words}`, async () => {
    const found = (await problemsIn(text, html)).join(' ');
    if (problem === undefined) assert.equal(found, '');
    else assert.match(found, problem);
  });

test('links are only asked for their head', () => assert.deepEqual([...new Set(methods)], ['HEAD']));
