/** A stack that runs elsewhere is probed before the first scenario: each problem is one sentence. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { type MailService, startMailService } from './mail-service.ts';
import { NotReady } from './not-ready.ts';
import { type AloneProvider, type Part, startIdentityProvider, startServiceProvider } from './servers.ts';
import { probeStack, stackElsewhere } from './stack-elsewhere.ts';

const token = 'a-token-of-the-test';
const started = new AsyncDisposableStack();
let sp: Part;
let idp: AloneProvider;
let mail: MailService;
/** Where nothing listens. */
let nowhere: string;
before(async () => {
  sp = started.use(await startServiceProvider({ controlToken: token }));
  idp = started.use(await startIdentityProvider({ controlToken: token }));
  mail = started.use(await startMailService());
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  nowhere = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise((resolve) => server.close(resolve));
});
after(() => started.disposeAsync());

const good = () => ({ SP_URL: sp.url, IDP_URL: idp.url, MAILHOG_URL: mail.url, CONTROL_TOKEN: token });
const hostOf = (url: string): string => new URL(url).host;
const onLoopback = (url: string): string => `http://127.0.0.1:${new URL(url).port}`;

test('a stack that runs is accepted, and so is none', async () => {
  await probeStack(good());
  await probeStack({});
  await probeStack({ MAILHOG_URL: nowhere });
});

const problems: Readonly<Record<string, [change: () => NodeJS.ProcessEnv, sentence: RegExp]>> = {
  'an SP that does not run': [
    () => ({ SP_URL: nowhere }),
    /^SP_URL is http:\S+, and nothing responds there\. Start the stack, as with docker compose up --wait, or unset /,
  ],
  'an IdP that does not run': [() => ({ IDP_URL: nowhere }), /^IDP_URL is http:\S+, and nothing responds there\./],
  'a mailbox that does not run': [() => ({ MAILHOG_URL: nowhere }), /^MAILHOG_URL names no mailbox that can be read: /],
  'a wrong token': [
    () => ({ CONTROL_TOKEN: 'another' }),
    /^CONTROL_TOKEN is not the control token of the service provider at http:\S+\. Set the token it has\.$/,
  ],
  'the IdP in place of the SP': [
    () => ({ SP_URL: idp.url, IDP_URL: sp.url }),
    /^SP_URL is http:\/\/idp\.localhost:\d+, and no service provider of this project responds there\. Correct SP_URL/,
  ],
  'another server in place of the IdP': [
    () => ({ IDP_URL: mail.url }),
    /^The identity provider at http:\S+ has no control routes\. Start it with the CONTROL_TOKEN that this run has\.$/,
  ],
  '127.0.0.1 in place of sp.localhost': [
    () => ({ SP_URL: onLoopback(sp.url) }),
    /^SP_URL is http:\/\/127\.0\.0\.1:\d+, but the service provider there has .* URL (http:\S+), .* SP_URL=\1\.$/,
  ],
  '127.0.0.1 in place of idp.localhost': [
    () => ({ IDP_URL: onLoopback(idp.url) }),
    /^IDP_URL is http:\/\/127\.0\.0\.1:\d+, but the identity provider there .* Set IDP_URL=http:\/\/idp\.localhost:/,
  ],
  'a host name that the IdP does not accept': [
    () => ({ IDP_URL: `http://idp.acme.test:${new URL(idp.url).port}`, HOSTS: 'idp.acme.test=127.0.0.1' }),
    /^The identity provider at http:\/\/idp\.acme\.test:\d+ does not accept this host name\. Set IDP_URL to/,
  ],
  'a rule that only the browser follows': [
    () => ({ HOST_RESOLVER_RULES: `MAP ${hostOf(sp.url)} 127.0.0.1:80` }),
    /^HOST_RESOLVER_RULES has “MAP sp\.localhost:\d+ 127\.0\.0\.1:80” for the host in SP_URL, which only the browser/,
  ],
  'a missing variable': [
    () => ({ IDP_URL: '' }),
    /^A stack that runs elsewhere needs SP_URL, IDP_URL, MAILHOG_URL and CONTROL_TOKEN\. Missing: IDP_URL\.$/,
  ],
  'a malformed URL': [() => ({ SP_URL: 'sp.localhost:8080' }), /^SP_URL must be an http or https URL, not “sp\.local/],
};
for (const [problem, [change, sentence]] of Object.entries(problems))
  test(problem, async () => {
    const { HOSTS } = change();
    const before = process.env.HOSTS;
    if (HOSTS !== undefined) Object.assign(process.env, { HOSTS });
    try {
      await assert.rejects(probeStack({ ...good(), ...change() }), (error: Error) => {
        assert.ok(error instanceof NotReady, error.stack);
        assert.match(error.message, sentence);
        return true;
      });
    } finally {
      if (before === undefined) delete process.env.HOSTS;
      else process.env.HOSTS = before;
    }
  });

test('rules without a port concern HTTP requests, too', async () => {
  await probeStack({ ...good(), HOST_RESOLVER_RULES: 'MAP * ~NOTFOUND, EXCLUDE *.localhost, MAP other:1 127.0.0.1:2' });
});

test('a path in a URL does not count', () => {
  const { spUrl, idpUrl } = stackElsewhere({ ...good(), SP_URL: `${sp.url}/login` })!;
  assert.deepEqual([spUrl, idpUrl], [sp.url, idp.url]);
});
