/** Attacks and accidents with test links and responses, over HTTP, with or without a browser's cookies. */
import type { Name } from '../../catalogue/cast.ts';
import { makeSureOpened, NotDone } from '../../product/deed.ts';
import type { HttpDriver } from '../../product/http-driver.ts';
import * as signingIn from '../../product/signing-in.ts';
import * as testEmail from '../../product/test-email.ts';
import { ifPresent } from '../../stack/control.ts';
import type { Form } from '../../stack/visit.ts';
import { createVisitor } from '../../stack/visitor.ts';
import type { Scene } from '../scene.ts';
import { Missing } from '../step-failure.ts';
import { sendTestUnseen } from './admin-center.ts';
import { credentialsAtIdp } from './credentials.ts';
import { idpForm, productOf } from './places.ts';
import { newestTestOf, type Snapshot } from './records.ts';
import { linkTo } from './test-emails.ts';

/** Sends a HEAD request with the person's live session, as email clients do. */
export const probeLink = (scene: Scene, who: Name): Promise<void> => requestLink(scene, who, { method: 'HEAD' });

export const prefetchLink = (scene: Scene, who: Name): Promise<void> =>
  requestLink(scene, who, { headers: { 'sec-purpose': 'prefetch' } });

async function requestLink(
  scene: Scene,
  who: Name,
  how: { method?: 'HEAD'; headers?: Record<string, string> },
): Promise<void> {
  const link = await workingLink(scene, who);
  await scene.cast[who].unseen(({ visitor }) => visitor.visit(link, how));
}

/** Throws if the link no longer works: to HEAD requests and prefetches the SP does not say so. */
async function workingLink(scene: Scene, whose: Name): Promise<string> {
  const link = await linkTo(scene, whose);
  const state = (await newestTestOf(scene, whose))?.state;
  if (state === 'expired' || state === 'superseded')
    throw new Error(`${whose}'s test link no longer works: it is ${state}.`);
  return link;
}

/** An email scanner opens the link without cookies. */
export async function scanLink(scene: Scene, whose: Name): Promise<void> {
  await createVisitor().visit(await workingLink(scene, whose));
}

/** Opens the link after an email client or another person has altered it. */
export async function openAlteredLink(scene: Scene, who: Name, alter: (link: string) => string): Promise<void> {
  const driver = await scene.cast[who].driver();
  await driver.open(alter(await linkTo(scene, who)));
  await makeSureOpened({ driver }, 'open the test link');
}

export const withoutEnd = (link: string): string => link.slice(0, -10);
export const withOneLetterChanged = (link: string): string =>
  `${link.slice(0, -5)}${link.at(-5) === 'A' ? 'B' : 'A'}${link.slice(-4)}`;

/** Takes the test up to the IdP's response, and keeps that without posting it. */
export async function keepResponse(scene: Scene, who: Name): Promise<void> {
  await sendTestUnseen(scene, who);
  const credentials = await credentialsAtIdp(scene, who);
  const link = await linkTo(scene, who);
  scene.cast[who].signedInHere.add(scene.cast[who].address);
  scene.cast[who].keptResponse = await scene.cast[who].unseen(
    async (driver) => {
      const tester = { driver, product: productOf(scene) };
      await testEmail.openTestLink(tester, link);
      await signingIn.enterEmail(tester, scene.cast[who].address);
      await signingIn.signInAtIdp(tester, idpForm(scene), credentials);
      return responseOn(driver);
    },
    { passesOn: (form) => !isResponse(form) },
  );
}

const isResponse = ({ fields }: Form): boolean => fields.some(({ name }) => name === 'SAMLResponse');

function responseOn({ who, page }: HttpDriver): Form {
  const form = page?.forms.find(isResponse);
  if (form === undefined) throw new Missing(`The IdP issued no response for ${who}: ${page?.text ?? ''}`);
  return form;
}

/** Posts the response issued for one person in another person's usual browser. */
export const postKeptResponse = (scene: Scene, who: Name, whose: Name): Promise<void> =>
  post(scene, who, keptResponse(scene, whose));

function keptResponse({ cast }: Scene, whose: Name): Form {
  const form = cast[whose].keptResponse;
  if (form === undefined)
    throw new Missing(
      `There is no response for ${whose} to post. Put “the IdP has issued a response for ${whose}” first.`,
    );
  return form;
}

const post = async ({ stack, cast }: Scene, who: Name, form: Form): Promise<void> =>
  cast[who].unseen(async ({ visitor }) => void (await visitor.submit(form, {}, { from: new URL(stack.idp.url) })));

/** Another organization at the same SP. */
export const other = ({ slug, domain }: Scene['organization']): { slug: string; domain: string } => ({
  slug: `${slug}-other`,
  domain: `other-${domain}`,
});

/** Its profile equals Acme's and allows unsolicited responses, so that only the destination is wrong. */
export async function createOther({ stack, organization }: Scene): Promise<void> {
  const {
    profiles: [profile],
  } = await stack.sp.control.get<{ profiles: { settings: { policies: object } }[] }>(
    `/organizations/${organization.slug}`,
  );
  if (profile === undefined) throw new Missing('Acme has no SSO profile from which its IdP could be copied.');
  const { settings } = profile;
  await stack.sp.control.put(`/organizations/${other(organization).slug}`, {
    name: 'Globex',
    domains: [other(organization).domain],
    profiles: [{ name: 'Globex', ...settings, policies: { ...settings.policies, allowIdpInitiated: true } }],
  });
}

/** The SP's records of the other organization. Throws Missing if it does not exist. */
export async function recordsElsewhere({ stack, organization }: Scene): Promise<Snapshot> {
  const found = await ifPresent(stack.sp.control.get<Snapshot>(`/organizations/${other(organization).slug}`));
  if (found === undefined)
    throw new Missing('There is no other organization. Put “another organization trusts the same IdP” first.');
  return found;
}

export async function postElsewhere(scene: Scene, who: Name, whose: Name): Promise<void> {
  const { acsUrl } = await recordsElsewhere(scene);
  await post(scene, who, { ...keptResponse(scene, whose), action: new URL(acsUrl) });
}

export const goBack = async ({ cast }: Scene, who: Name): Promise<void> => (await cast[who].driver()).back();

/** Sends again what led to the page, a form too. */
export async function reloadError({ cast }: Scene, who: Name): Promise<void> {
  const driver = await cast[who].driver();
  const look = await driver.look();
  const deed = 'reload the error page';
  if (look.alert === undefined) throw new NotDone(who, { deed, because: `${who} is not on an error page.`, look });
  await driver.reload();
  await makeSureOpened({ driver }, deed);
}

/**
 * Posts the newest accepted response again, from the ACS log, with the person's cookies. The person's browser must
 * have posted a response before.
 */
export async function postSameResponseAgain(scene: Scene, who: Name): Promise<void> {
  const { stack, organization } = scene;
  const record = await stack.sp.control.get<{
    acsUrl: string;
    responses: { verdict: string; xml?: string; request?: string }[];
  }>(`/organizations/${organization.slug}`);
  const xml = record.responses.find(({ verdict }) => verdict === 'success')?.xml;
  if (xml === undefined) throw new Missing('The SP has accepted no response yet, so none can be posted again.');
  const { exchanges } = scene.cast[who];
  if (!exchanges.some(({ method, url }) => method === 'POST' && url.startsWith(record.acsUrl)))
    throw new Missing(`${who}'s browser has posted no response yet, so it cannot post the same response again.`);
  await scene.cast[who].unseen(({ visitor }) =>
    visitor.visit(record.acsUrl, {
      method: 'POST',
      fields: [['SAMLResponse', Buffer.from(xml).toString('base64')]],
      from: new URL(stack.idp.url),
    }),
  );
}

/** Posts an unsigned response to the newest request, from a browser without cookies. */
export async function postForgedResponse({ stack, organization, cast }: Scene): Promise<void> {
  const { acsUrl, requests, profiles } = await stack.sp.control.get<{
    acsUrl: string;
    requests: { id: string }[];
    profiles: { settings: { idpEntityId: string } }[];
  }>(`/organizations/${organization.slug}`);
  const [inResponseTo, issuer] = [requests.at(-1)?.id, profiles[0]?.settings.idpEntityId];
  if (inResponseTo === undefined || issuer === undefined)
    throw new Missing('The SP has sent no request yet, so Mallory has none to forge a response to.');
  const xml = unsignedResponse({
    acsUrl,
    inResponseTo,
    issuer,
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
  inResponseTo: string;
  issuer: string;
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
