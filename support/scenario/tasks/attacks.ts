/** What attackers and mishaps do with links and responses, over HTTP, with the cookies of a browser or none. */
import type { Name } from '../../catalogue/cast.ts';
import { idpOf } from '../../idp/mock.ts';
import { responseOf } from '../../stack/scripted-sign-in.ts';
import { testLink } from '../../stack/test-link.ts';
import type { Form } from '../../stack/visit.ts';
import { createVisitor, type Visitor } from '../../stack/visitor.ts';
import type { Scene } from '../scene.ts';
import { credentialsAtIdp } from './credentials.ts';
import { openTestLink, testMail } from './read-mail.ts';
import { authenticateAtIdp, enterAddress } from './sign-in.ts';
import { sessionCookie, sessionOf } from './sp-session.ts';
import { askForTestUnseen, giveCookie } from './without-pages.ts';

/** A visitor that carries the cookies of a person's usual browser. */
async function withCookiesOf({ stack, cast }: Scene, who: Name): Promise<Visitor> {
  const visitor = createVisitor();
  const context = (await cast[who].page()).context();
  for (const cookie of await context.cookies(stack.sp.url)) await giveCookie(visitor, cookie);
  return visitor;
}

const linkOf = async (scene: Scene, who: Name): Promise<string> => testLink(await testMail(scene, { who }));

/** Asks for the head of the page with the person's live session, as mail programs do. */
export async function probeLink(scene: Scene, who: Name): Promise<void> {
  await (await withCookiesOf(scene, who)).visit(await linkOf(scene, who), { method: 'HEAD' });
}

export async function prefetchLink(scene: Scene, who: Name): Promise<void> {
  await (await withCookiesOf(scene, who)).visit(await linkOf(scene, who), { headers: { 'sec-purpose': 'prefetch' } });
}

/** A scanner opens it without any cookie. */
export async function scanLink(scene: Scene, whose: Name): Promise<void> {
  await createVisitor().visit(await linkOf(scene, whose));
}

/** Opens the link as it looks after a mail program or somebody was at it. */
export async function openBentLink(scene: Scene, who: Name, bend: (link: string) => string): Promise<void> {
  await (await scene.cast[who].page()).goto(bend(await linkOf(scene, who)));
}

export const withoutEnd = (link: string): string => link.slice(0, -10);
export const withOneLetterChanged = (link: string): string =>
  `${link.slice(0, -5)}${link.at(-5) === 'A' ? 'B' : 'A'}${link.slice(-4)}`;

/** Opens somebody else's link in one's own browser. */
export async function openLinkOf(scene: Scene, { who, whose }: { who: Name; whose: Name }): Promise<void> {
  await (await scene.cast[who].page()).goto(await linkOf(scene, whose));
}

/** Gives an address on the page that is open. */
export async function giveAddressHere(scene: Scene, { who, address }: { who: Name; address: string }): Promise<void> {
  await enterAddress(await scene.cast[who].page(), address);
}

/** The tester was asked, opened the link, gave the address, and is asked for credentials now. */
export async function standAtIdp(scene: Scene, who: Name): Promise<void> {
  await askForTestUnseen(scene, who);
  await openTestLink(scene, { who });
  await enterAddress(await scene.cast[who].page(), scene.cast[who].address);
}

export const signInWhereStanding = (scene: Scene, who: Name): Promise<void> => authenticateAtIdp(scene, { who });

/** The response that the identity provider makes for a person who takes the test; it is not delivered. */
async function answerFor(scene: Scene, who: Name): Promise<Form> {
  await credentialsAtIdp(scene, who);
  return responseOf({
    spUrl: scene.stack.sp.url,
    person: scene.cast[who],
    startAt: await linkOf(scene, who),
    form: idpOf(scene).form,
  });
}

/** By the scenario's own organization. */
const kept = new WeakMap<Scene['organization'], Form>();

/** The person's answer is made and kept by somebody who can read along. */
export async function keepAnswer(scene: Scene, who: Name): Promise<void> {
  await askForTestUnseen(scene, who);
  kept.set(scene.organization, await answerFor(scene, who));
}

/** Delivers a kept answer in the usual browser of this person. */
export const deliverKeptAnswer = (scene: Scene, who: Name): Promise<void> => deliver(scene, who, keptAnswer(scene));

function keptAnswer({ organization }: Scene): Form {
  const form = kept.get(organization);
  if (form === undefined) throw new Error('no answer was kept');
  return form;
}

async function deliver(scene: Scene, who: Name, form: Form): Promise<void> {
  const visitor = await withCookiesOf(scene, who);
  await visitor.submit(form, {}, { from: new URL(scene.stack.idp.url) });
  await takeCookies(scene, who, visitor);
}

/** A neighbour at the same SP. */
export const other = ({ slug, domain }: Scene['organization']): { slug: string; domain: string } => ({
  slug: `${slug}-other`,
  domain: `other-${domain}`,
});

/** Its profile equals Acme's and accepts unsolicited responses, so that only their destination stands in the way. */
export async function createOther({ stack, organization }: Scene): Promise<void> {
  const { profiles } = await stack.sp.control.get<{ profiles: { settings: { policies: object } }[] }>(
    `/organizations/${organization.slug}`,
  );
  const { settings } = profiles[0]!;
  await stack.sp.control.put(`/organizations/${other(organization).slug}`, {
    name: 'Globex',
    domains: [other(organization).domain],
    profiles: [{ name: 'Globex', ...settings, policies: { ...settings.policies, allowIdpInitiated: true } }],
  });
}

export async function deliverElsewhere(scene: Scene, who: Name): Promise<void> {
  const { acsUrl } = await scene.stack.sp.control.get<{ acsUrl: string }>(
    `/organizations/${other(scene.organization).slug}`,
  );
  await deliver(scene, who, { ...keptAnswer(scene), action: new URL(acsUrl) });
}

export const goBack = async ({ cast }: Scene, who: Name): Promise<void> =>
  void (await (await cast[who].page()).goBack());

/** Sends again whatever led to the page, a form too. */
export const reload = async ({ cast }: Scene, who: Name): Promise<void> =>
  void (await (await cast[who].page()).reload());

/** Whatever session the visitor was given is the browser's now. */
async function takeCookies({ stack, cast }: Scene, who: Name, visitor: Visitor): Promise<void> {
  const secret = await sessionOf(visitor, stack.sp.url);
  if (secret === undefined) return;
  cast[who].sawSession(secret);
  await (await cast[who].page())
    .context()
    .addCookies([{ name: sessionCookie, value: secret, url: stack.sp.url, httpOnly: true, sameSite: 'Lax' }]);
}

/** Posts the newest accepted response, as the ACS has logged it, once more with the person's cookies. */
export async function sendSameAnswerAgain(scene: Scene, who: Name): Promise<void> {
  const { stack, organization } = scene;
  const record = await stack.sp.control.get<{
    acsUrl: string;
    responses: { verdict: string; xml?: string; request?: string }[];
  }>(`/organizations/${organization.slug}`);
  const xml = record.responses.find(({ verdict }) => verdict === 'success')?.xml;
  if (xml === undefined) throw new Error('no answer was accepted yet');
  await (await withCookiesOf(scene, who)).visit(record.acsUrl, {
    method: 'POST',
    fields: [['SAMLResponse', Buffer.from(xml).toString('base64')]],
    from: new URL(stack.idp.url),
  });
}

/** An answer that nobody signed, to the newest request, from a browser that carries nothing. */
export async function forgeAnswer({ stack, organization, cast }: Scene): Promise<void> {
  const { acsUrl, requests, profiles } = await stack.sp.control.get<{
    acsUrl: string;
    requests: { id: string }[];
    profiles: { settings: { idpEntityId: string } }[];
  }>(`/organizations/${organization.slug}`);
  const xml = unsignedResponse({
    acsUrl,
    inResponseTo: requests.at(-1)?.id,
    issuer: profiles[0]?.settings.idpEntityId,
    nameId: cast.Sam.address,
  });
  await createVisitor().visit(acsUrl, {
    method: 'POST',
    fields: [['SAMLResponse', Buffer.from(xml).toString('base64')]],
    from: new URL(stack.idp.url),
  });
}

function unsignedResponse({
  acsUrl,
  inResponseTo,
  issuer,
  nameId,
}: {
  acsUrl: string;
  inResponseTo: string | undefined;
  issuer: string | undefined;
  nameId: string;
}): string {
  const saml2 = 'urn:oasis:names:tc:SAML:2.0';
  const now = new Date().toISOString();
  return (
    `<samlp:Response xmlns:samlp="${saml2}:protocol" xmlns:saml="${saml2}:assertion" ID="_forged" Version="2.0"` +
    ` IssueInstant="${now}" Destination="${acsUrl}" InResponseTo="${inResponseTo}">` +
    `<saml:Issuer>${issuer}</saml:Issuer>` +
    `<samlp:Status><samlp:StatusCode Value="${saml2}:status:Success"/></samlp:Status>` +
    `<saml:Assertion ID="_a" Version="2.0" IssueInstant="${now}">` +
    `<saml:Subject><saml:NameID>${nameId}</saml:NameID></saml:Subject></saml:Assertion></samlp:Response>`
  );
}
