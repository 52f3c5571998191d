/** The quick search finds what Playwright's locators find, or leaves the search to them. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright';
import { launchBrowser } from '../stack/browser.ts';
import { fieldsOn, pressablesOn } from './browser-driver.ts';
import { type Found, findQuickly, type Kind } from './quick-find.ts';

let browser: Browser;
let page: Page;
before(async () => {
  browser = await launchBrowser();
  page = await browser.newPage();
});
after(() => browser.close());

/** The position of the element that a locator finds first, among all of the page, or -1. */
async function byLocator(kind: Kind, name: string): Promise<number> {
  for (const one of kind === 'field' ? fieldsOn(page, name) : pressablesOn(page, kind, name))
    if ((await one.count()) > 0)
      return one.first().evaluate((found) => [...found.ownerDocument.querySelectorAll('*')].indexOf(found));
  return -1;
}

const focused = (): Promise<number> =>
  page.evaluate<number>("[...document.querySelectorAll('*')].indexOf(document.activeElement)");

async function search(html: string, kind: Kind, name: string): Promise<Found> {
  await page.setContent(html);
  const found = await findQuickly(page, { kind, name, focus: true });
  const focus = await focused();
  const expected = await byLocator(kind, name);
  if (found === 'none') assert.equal(expected, -1, html);
  if (found === 'one') assert.equal(focus, expected, html);
  return found;
}

const email = '<label>Email <input name="e"></label>';

const cases: readonly [kind: Kind, name: string, html: string, found: Found][] = [
  ['field', 'Email', email, 'one'],
  ['field', ' Email\n', email, 'one'],
  ['field', 'Email', '<label for="e">Email</label><input id="e" type="email">', 'one'],
  ['field', 'Email', '<input aria-label="Email">', 'one'],
  ['field', 'Password', email, 'none'],
  ['field', 'Email', '', 'none'],
  ['field', 'Email', '<input placeholder="Email">', 'none'],
  ['field', 'email', email, 'unclear'],
  ['field', 'Email', '<label>Email address <input></label>', 'unclear'],
  ['field', 'Email', `${email}${email}`, 'unclear'],
  ['field', 'Email', `<section hidden>${email}</section>${email}`, 'unclear'],
  ['field', 'Email', `<section hidden>${email}</section>`, 'unclear'],
  ['field', 'Email', `${email}<button aria-label="Email">?</button>`, 'unclear'],
  ['field', 'Email', `<i id="l">Email</i><input aria-labelledby="l">`, 'unclear'],
  ['field', 'Email', `<div><template shadowrootmode="open">${email}</template></div>`, 'unclear'],
  ['field', 'Email', '<label>Email <input disabled></label>', 'unclear'],
  ['field', 'Email', '<label>Email <input readonly></label>', 'unclear'],
  ['field', 'Email', '<label>Email <input style="visibility: hidden"></label>', 'unclear'],
  ['field', 'Email', '<label>Email <input style="opacity: 0"></label>', 'unclear'],
  ['field', 'Email', '<label>Email <input onfocus="this.blur()"></label>', 'unclear'],
  ['field', 'Email', '<label>Email <input aria-label="Work email"></label>', 'unclear'],
  ['field', 'Email', '<label>Email <input type="date"></label>', 'unclear'],
  ['field', 'Show', '<label>Show <input type="checkbox"></label>', 'unclear'],
  ['button', 'Next', '<form><button>Next</button></form>', 'one'],
  ['button', 'Next', '<form><button>Next</button><button>Next time</button></form>', 'one'],
  ['button', 'Next', '<input type="submit" value="Next">', 'one'],
  ['button', 'Next', '<input type="submit"><button>Next</button>', 'unclear'],
  ['button', 'Next', '<a href="/next">Next</a>', 'none'],
  ['button', 'Next', '<button hidden>Next</button><button>Next</button>', 'unclear'],
  ['button', 'Next', '<a role="button" tabindex="0">Next</a>', 'unclear'],
  ['button', 'Next', '<button>Next</button><a role="button">Next</a>', 'unclear'],
  ['button', 'Next', '<button>Next <img alt="arrow"></button>', 'unclear'],
  ['button', 'Next', '<button title="To the next page">Next</button>', 'unclear'],
  ['button', 'Next', '<button aria-hidden="true">Next</button>', 'unclear'],
  ['button', 'Next', '<button disabled>Next</button>', 'unclear'],
  ['button', 'Next', '<form><input required><button>Next</button></form>', 'unclear'],
  ['link', 'Help', '<a href="/help">Help</a> <a href="/more">More help</a>', 'one'],
  ['link', 'Help', '<a href="/help"><b>Help</b></a>', 'unclear'],
  ['link', 'Help', '<a>Help</a>', 'unclear'],
  ['link', 'Help', '<a href="/help" title="Support">Help</a>', 'unclear'],
  ['link', 'Help', '<button>Help</button>', 'none'],
];

for (const [kind, name, html, found] of cases)
  test(`${kind} “${name.trim()}” in ${html || 'an empty page'}: ${found}`, async () =>
    assert.equal(await search(html, kind, name), found));

test('a field in a page of many elements: unclear', async () =>
  assert.equal(await search(`${email}${'<b></b>'.repeat(5000)}`, 'field', 'Email'), 'unclear'));

const seed = Number(process.env.PAGE_SEED ?? Math.floor(Math.random() * 1_000_000));

test(`it agrees with locators on 100 random pages (PAGE_SEED=${seed})`, async () => {
  let state = seed;
  const pick = <One>(from: readonly One[]): One => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return from[(state >>> 16) % from.length]!;
  };
  let isPlain = false;
  const words = () => pick(['Email', 'Email address', 'Next', 'next']);
  const attribute = () =>
    isPlain
      ? ''
      : pick([
          '',
          '',
          '',
          ' hidden',
          ' disabled',
          ' aria-hidden="true"',
          ` aria-label="${words()}"`,
          ` title="${words()}"`,
        ]);
  const part = (): string =>
    pick([
      () => `<label>${words()} <input${attribute()}></label>`,
      () => `<label for="i">${words()}</label><input id="i"${attribute()}>`,
      () => `<button${attribute()}>${words()}</button>`,
      () => `<button${attribute()}><span${attribute()}>${words()}</span></button>`,
      () => `<input type="submit" value="${words()}"${attribute()}>`,
      () => `<a href="/next"${attribute()}>${words()}</a>`,
      () => `<a${attribute()}>${words()}</a>`,
      () => `<div role="${pick(['button', 'link'])}"${attribute()}>${words()}</div>`,
      () => `<section${attribute()}>${part()}</section>`,
    ])();
  const found = { one: 0, none: 0, unclear: 0 };
  for (let index = 0; index < 100; index++) {
    isPlain = index % 2 === 0;
    const html = Array.from({ length: 1 + (index % 5) }, part).join('\n');
    found[await search(html, pick(['field', 'button', 'link']), words())]++;
  }
  assert.ok(found.one > 0 && found.none > 0 && found.unclear > 0, JSON.stringify(found));
});
