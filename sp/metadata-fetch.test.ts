/** Fetching metadata: only from public addresses over https, except from configured hosts, and within limits. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { type FetchOptions, fetchLimits, fetchMetadata, isPublic } from './metadata-fetch.ts';

let port: number;
let hosts: string[] = [];
const hostsAsked: string[] = [];
const replies: Readonly<Record<string, (response: ServerResponse) => unknown>> = {
  '/metadata': (response) => response.end('<EntityDescriptor/>'),
  '/missing': (response) => response.writeHead(404).end(),
  '/large': (response) => response.end('x'.repeat(1_001)),
  '/exact': (response) => response.end('x'.repeat(1_000)),
  '/zipped': (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
  '/silent': () => undefined,
  '/endless': (response) => response.write('x'),
  '/loop': (response) => response.writeHead(302, { location: '/loop' }).end(),
  '/once': (response) => response.writeHead(301, { location: '/metadata' }).end(),
  '/inside': (response) => response.writeHead(302, { location: 'https://169.254.169.254/latest' }).end(),
  '/nowhere': (response) => response.writeHead(302).end(),
  '/located': (response) => response.writeHead(200, { location: '/missing' }).end('<EntityDescriptor/>'),
  '/plain': (response) => response.writeHead(302, { location: 'http://other.example/' }).end(),
};
const server = createServer((request, response) => {
  hostsAsked.push(request.headers.host!);
  replies[request.url!]!(response);
});
before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
  hosts = [`idp.example:${port}`];
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const limits = { ms: 2_000, octets: 1_000, redirects: 3 };
const here = () => Promise.resolve(['127.0.0.1']);
const fetchFrom = (path: string, options: FetchOptions = {}) =>
  fetchMetadata(`http://idp.example:${port}${path}`, { hosts, resolve: here, limits, ...options });

for (const [path, content] of [
  ['/metadata', '<EntityDescriptor/>'],
  ['/once', '<EntityDescriptor/>'],
  ['/located', '<EntityDescriptor/>'],
  ['/metadata ', '<EntityDescriptor/>'],
  ['/exact', 'x'.repeat(1_000)],
] as const)
  test(`a configured host may be private and over http: ${path}`, async () =>
    assert.equal(await fetchFrom(path), content));

/** Requests, and the error of each. */
const rejected: readonly (readonly [ask: () => Promise<string>, why: RegExp])[] = [
  [() => fetchFrom('/missing'), /returned the status 404 instead of metadata/],
  [() => fetchFrom('/nowhere'), /returned the status 302 instead of metadata/],
  [() => fetchFrom('/large'), /returned more than 0\.9765625 kB/],
  [() => fetchFrom('/zipped'), /compressed/],
  [() => fetchFrom('/loop'), /redirects more than 3 times/],
  [() => fetchFrom('/inside'), /169\.254\.169\.254 is in a private network/],
  [() => fetchFrom('/plain'), /http:\/\/other\.example\/ is not https/],
  [() => fetchFrom('/silent', { limits: { ...limits, ms: 50 } }), /did not answer within 0\.05 seconds/],
  [() => fetchFrom('/endless', { limits: { ...limits, ms: 50 } }), /did not answer within 0\.05 seconds/],
  [() => fetchFrom('/metadata', { hosts: ['idp.example:1'] }), /is not https/],
  [() => fetchFrom('/metadata', { hosts: [] }), /is not https/],
  [() => fetchMetadata('https://idp.example/', { resolve: here }), /in a private network.*SP_METADATA_HOSTS/],
  [
    () => fetchMetadata('https://idp.example/', { resolve: () => Promise.resolve(['8.8.8.8', '10.0.0.1']) }),
    /in a private network/,
  ],
  [() => fetchMetadata('https://idp.example/', { resolve: () => Promise.resolve([]) }), /has no address/],
  [
    () => fetchMetadata('https://idp.example/', { resolve: () => Promise.reject({ code: 'ENOTFOUND' }) }),
    /host name idp\.example is unknown/,
  ],
  [
    () => fetchMetadata('https://idp.example/', { resolve: () => Promise.reject({ code: 'EAI_AGAIN' }) }),
    /host name idp\.example is unknown/,
  ],
  [
    () => fetchMetadata('https://idp.example/', { resolve: () => Promise.reject({ code: 'EMFILE' }) }),
    /the connection failed \(EMFILE\)/,
  ],
  [() => fetchMetadata('https://idp.example/', { resolve: () => Promise.reject({}) }), /failed \(no reason given\)/],
  [
    () => fetchMetadata('https://10.0.0.1/', { resolve: () => Promise.resolve(['8.8.8.8']) }),
    /10\.0\.0\.1 is in a private network/,
  ],
  [() => fetchMetadata(`ftp://idp.example:${port}/`, { hosts, resolve: here }), /is not https/],
  [() => fetchMetadata('https://user@idp.example/'), /must not contain a user or password/],
  [() => fetchMetadata('https://:secret@idp.example/'), /must not contain a user or password/],
  [() => fetchMetadata('https://[::1]/'), /in a private network/],
  [() => fetchMetadata('https://0x7f.1/'), /127\.0\.0\.1 is in a private network/],
  [() => fetchMetadata('https://localhost/'), /in a private network/],
  [() => fetchMetadata('https://idp.localhost/'), /in a private network/],
  [() => fetchMetadata('ftp://idp.example/'), /is not https/],
  [() => fetchMetadata('file:///etc/passwd'), /is not https/],
  [() => fetchMetadata('https://user:secret@idp.example/'), /must not contain a user or password/],
  [() => fetchMetadata('idp'), /not a URL/],
  [() => fetchMetadata(`https://127.0.0.1:${port}/`, { hosts: ['127.0.0.1'], limits }), /could not be reached/],
];
for (const [index, [ask, why]] of rejected.entries())
  test(`rejected (${index + 1}): ${why.source}`, () => assert.rejects(ask, { message: why, name: 'Error' }));

test('a name is looked up once, and the request goes to the address that was checked', async () => {
  const addresses = ['127.0.0.1', '10.1.1.1'];
  let asked = 0;
  const resolve = () => Promise.resolve([addresses[asked++]!]);
  assert.equal(await fetchFrom('/metadata', { resolve }), '<EntityDescriptor/>');
  assert.deepEqual([asked, hostsAsked.at(-1)], [1, `idp.example:${port}`]);
});

const publicAddresses = ['8.8.8.8', '1.1.1.1', '172.15.0.1', '172.32.0.1', '2606:4700::1111'];
const privateAddresses = [
  ...['0.0.0.0', '10.0.0.1', '100.64.0.1', '127.0.0.1', '169.254.169.254', '172.16.0.1', '172.31.255.255'],
  ...['192.168.1.1', '198.18.0.1', '224.0.0.1', '255.255.255.255', '::', '::1', '::ffff:10.0.0.1'],
  ...['::ffff:8.8.8.8', '64:ff9b::808:808', 'fc00::1', 'fe80::1', 'ff02::1', '2001:db8::1', '2002:a00:1::', 'x'],
];
test('by default ten seconds, two megabytes and three redirects are enough', () =>
  assert.deepEqual(fetchLimits, { ms: 10_000, octets: 2_097_152, redirects: 3 }));

test('public and private addresses', () => {
  assert.deepEqual(
    publicAddresses.filter((one) => !isPublic(one)),
    [],
  );
  assert.deepEqual(privateAddresses.filter(isPublic), []);
});
