/** Ten minutes of hostile traffic at a lab, by count: all that web pages and clients without an account can send. */
import type { StartedLab } from '../lab/lab.ts';
import { request } from '../stack/http.ts';

/** One flood: how often in ten minutes, and the request. */
interface Flood {
  times: number;
  send(index: number): Promise<unknown>;
}

/** `link` is the path of a user's test link, which the user forwarded. */
export function floodsOf({ rehearsal }: StartedLab, { link }: { link: string }): Record<string, Flood> {
  const {
    stack: { sp, idp },
    cast: { Grace, Sam },
    tenant,
  } = rehearsal;
  const saml = new URL(`/saml/${rehearsal.organization.slug}/`, sp.url);
  const post = (path: string, body: URLSearchParams | string, headers: Record<string, string> = {}): Promise<unknown> =>
    drained(
      request(new URL(path, saml), {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: String(body),
      }),
    );
  const image = (url: string | URL): Promise<unknown> =>
    drained(request(url, { headers: { 'sec-fetch-dest': 'image', 'sec-fetch-site': 'cross-site' } }));
  const ownForm = { origin: sp.url };
  const long = 'x'.repeat(3_000_000);
  const message = (index: number): string =>
    Buffer.from(
      `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_${index}" Version="2.0">` +
        `<!--${'x'.repeat(150_000)}--></samlp:Response>`,
    ).toString('base64');
  return {
    'fields with a long name': { times: 200, send: () => post('acs', `${long}=1`) },
    'many fields': {
      times: 50,
      send: () => post('acs', Array.from({ length: 20_000 }, (_, index) => `field-${index}=1`).join('&')),
    },
    'long responses': {
      times: 700,
      send: (index) => post('acs', new URLSearchParams({ SAMLResponse: message(index) })),
    },
    'empty responses': { times: 1_500, send: () => post('acs', 'SAMLResponse=x') },
    'images of single logout': {
      times: 3_000,
      send: (index) => image(new URL(`slo?SAMLRequest=${index}&SigAlg=${'x'.repeat(4_000)}`, saml)),
    },
    'wrong passwords': {
      times: 100,
      send: (index) =>
        post(
          '/login/password',
          new URLSearchParams({
            address: index % 2 === 0 ? Grace.address : `a${index}@acme.example`,
            password: 'wrong',
          }),
          ownForm,
        ),
    },
    'opened links': { times: 2_000, send: () => drained(request(new URL(link, sp.url))) },
    'sign-ins that go nowhere': {
      times: 500,
      async send() {
        const opened = await request(new URL(link, sp.url));
        const cookie = opened.headers.getSetCookie().map((one) => one.split(';')[0]!);
        await opened.body?.cancel();
        const address = new URLSearchParams({ address: Sam.address });
        await post('/login', address, { ...ownForm, cookie: cookie.join('; ') });
      },
    },
    'images of an app at the identity provider': {
      times: 3_000,
      send: () => image(new URL(`/${tenant.slug}/apps/1`, idp.url)),
    },
  };
}

async function drained(reply: ReturnType<typeof request>): Promise<number> {
  const { body, status } = await reply;
  await body?.cancel();
  return status;
}

/** All floods at once, each with its share of ten minutes, a few requests in parallel. */
export async function sendAll(floods: Record<string, Flood>, share: number): Promise<void> {
  await Promise.all(
    Object.values(floods).map(async ({ times, send }) => {
      const last = Math.ceil(times * share);
      for (let index = 0; index < last; index++) await send(index);
    }),
  );
}
