/** Actions of a recipe: what a person does on the pages of a product, one after the other. */
import type { z } from 'zod';
import { excerpt } from '../stack/excerpt.ts';
import { NotDone, onPage, openPage } from './deed.ts';
import { type Driver, type Look, NotOnPage } from './driver.ts';
import { filled } from './filled.ts';
import { findLabelled, type Label } from './label.ts';
import { type At, addressOf } from './product.ts';
import type { action } from './recipe-parts.ts';
import { valueAt } from './signed-in.ts';

type Action = z.infer<typeof action>;

/** Throws NotDone with the page if it lacks what an action needs. */
export async function act(
  at: At,
  actions: readonly Action[],
  { deed, where, values }: { deed: string; where: string; values: Readonly<Record<string, string>> },
): Promise<void> {
  for (const one of actions) await onPage(at, { deed, where }, () => actOnce(at, one, values));
}

async function actOnce(at: At, action: Action, values: Readonly<Record<string, string>>): Promise<void> {
  const { driver } = at;
  if ('fill' in action) await driver.fill(action.fill, filled(action.with, values));
  else if ('tick' in action) await driver.tick(action.tick);
  else if ('open' in action) await openPage(at, action.open);
  else if ('follow' in action) await driver.follow(action.follow);
  else if ('send' in action) await sendOnce(at, action, values);
  else await pressOrFollow(driver, action.press);
}

/** Sends the request, and opens the address in its reply. Throws NotDone if there is none. */
async function sendOnce(
  at: At,
  { send: { url, headers, body }, goTo }: Extract<Action, { send: unknown }>,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const { driver, product } = at;
  const address = addressOf(product, url);
  const isText = typeof body === 'string';
  const { status, text } = await driver.send(address, {
    headers: { ...(isText ? {} : { 'content-type': 'application/json' }), ...filled(headers, values) },
    body: isText ? filled(body, values) : JSON.stringify(filled(body ?? {}, values)),
  });
  if (goTo === undefined) return;
  const next = valueAt(text, goTo.split('.'));
  const target = typeof next === 'string' ? URL.parse(next, address) : null;
  if (target !== null) return driver.open(target);
  const because = `The reply of ${address.href} (status ${status}) has no address at ${goTo}: ${excerpt(text, 200)}`;
  throw new NotDone(driver.who, { deed: 'send the request', because, look: await driver.look() });
}

/** Presses the button with this label, or follows the link if there is no button. */
export async function pressOrFollow(driver: Driver, label: Label): Promise<void> {
  const links = linksOn(await driver.look());
  await driver.press(label).catch((error: unknown) => {
    if (!(error instanceof NotOnPage) || !isAmong(links, label)) throw error;
    return driver.follow(label);
  });
}

const linksOn = ({ links }: Look): string[] => links.map(({ label }) => label);

/** True if the open page has what this action needs. */
export async function isAsked({ driver }: At, action: Action): Promise<boolean> {
  if ('fill' in action) return driver.has(action.fill);
  if ('open' in action || 'send' in action) return true;
  const look = await driver.look();
  if ('tick' in action) return isAmong(look.fields, action.tick);
  const links = linksOn(look);
  return 'press' in action ? isAmong([...look.buttons, ...links], action.press) : isAmong(links, action.follow);
}

/** By the rule with which a driver finds them. */
const isAmong = (labels: readonly string[], label: Label): boolean =>
  findLabelled(labels, label, (one) => [one]) !== undefined;
