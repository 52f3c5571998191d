/** Choosing the users to cover: one by one, by words, by role, or by a pasted list of emails. Nothing is saved. */

import { html } from 'hono/html';
import { z } from 'zod';
import { normalizeAddress } from '../address.ts';
import { text } from '../forms.ts';
import type { User } from '../organization.ts';
import { checkbox, type Html, list } from '../pages/layout.ts';
import { wordSearch } from '../word-search.ts';

const roles = {
  everyone: 'everyone',
  administrators: 'administrators',
  others: 'everyone but administrators',
} as const;
type Role = keyof typeof roles;

/** The fields of the form beside the boxes. */
export const pickFields = {
  contains: text(300).default(''),
  who: z.enum(Object.keys(roles) as [Role, ...Role[]]).default('everyone'),
  list: text(100_000).default(''),
  pick: z.enum(['add', 'only', 'remove']).optional(),
};
export type Pick = { contains: string; who: Role; list: string; pick?: 'add' | 'only' | 'remove' | undefined };

const emailsIn = (list: string): string[] => list.split(/[\s,;<>"]+/).filter((word) => word.includes('@'));

/** The chosen emails after the pick, and the pasted emails of no user who can be covered. */
export function picked(
  chosen: readonly string[],
  candidates: readonly User[],
  { contains, who, list, pick = 'add' }: Pick,
): { users: string[]; unknown: string[] } {
  const listed = emailsIn(list);
  const wanted = new Set(listed.map((email) => normalizeAddress(email) ?? email));
  const hasWords = wordSearch(contains);
  const fits = ({ address, name, administrator }: User): boolean =>
    hasWords(`${name} ${address}`) &&
    (who === 'everyone' || administrator === (who === 'administrators')) &&
    (listed.length === 0 || wanted.has(address));
  const found = candidates.filter(fits).map(({ address }) => address);
  const known = new Set(candidates.map(({ address }) => address));
  const others = chosen.filter((address) => !found.includes(address));
  return {
    users: { add: [...others, ...found], only: found, remove: others }[pick],
    unknown: [...new Set(listed)].filter((email) => !known.has(normalizeAddress(email) ?? email)),
  };
}

const plural = (count: number): string => (count === 1 ? '1 user' : `${count} users`);

/** How many are chosen, and how many stay out. */
export const countOf = (chosen: number, all: number): string =>
  `${chosen} of ${plural(all)} chosen; ${all - chosen} ${all - chosen === 1 ? 'stays' : 'stay'} out.`;

/** Few users fit on the page; with more there is a search. */
const fewUsers = 8;

export function choiceOfUsers(
  candidates: readonly User[],
  chosen: readonly string[],
  { profile, contains = '', pasted = '' }: { profile: number; contains?: string; pasted?: string },
): Html {
  const isChosen = ({ address }: User): boolean => chosen.includes(address);
  const count = candidates.filter(isChosen).length;
  const isLong = candidates.length > fewUsers;
  return html`<fieldset class="inline" data-choice><legend>Covered users</legend>
<p role="status" data-count>${countOf(count, candidates.length)}</p>
${isLong ? pickView({ profile, contains, pasted }) : ''}
<div class="choices">${candidates.map((user) =>
    checkbox('users', isLong ? withRole(user) : nameAndEmail(user), { value: user.address, checked: isChosen(user) }),
  )}</div>
${isLong ? leftOut(candidates.filter((user) => !isChosen(user))) : ''}</fieldset>`;
}

const withRole = (user: User): Html =>
  html`${nameAndEmail(user)}${user.administrator ? html` <span class="role small">administrator</span>` : ''}`;

/** The script keeps this list up to date. */
const leftOut = (users: readonly User[]): Html => html`
<details id="left-out" data-left-out ${users.length === 0 ? 'hidden' : ''}><summary>Who stays out</summary>
<div class="choices" tabindex="0" role="region" aria-label="Who stays out">${list(users.map(nameAndEmail))}</div>
</details>`;

const pickView = ({ profile, contains, pasted }: { profile: number; contains: string; pasted: string }): Html => html`
<div class="pick">
<label>Name or email contains <input type="search" name="contains" value="${contains}" data-filter></label>
<label>Role <select name="who" data-role>${Object.entries(roles).map(
  ([value, label]) => html`<option value="${value}">${label}</option>`,
)}</select></label></div>
<details id="paste-users" ${pasted === '' ? '' : 'open'}><summary>Paste a list of emails</summary>
<label>Emails, separated by spaces, commas or lines <textarea name="list" rows="4"
spellcheck="false">${pasted}</textarea></label></details>
<p><button type="submit" name="pick" value="add" class="secondary" formaction="/admin/sso/${profile}/choose">Choose
these</button> <button type="submit" name="pick" value="only" class="secondary"
formaction="/admin/sso/${profile}/choose">Choose only these</button> <button type="submit" name="pick" value="remove"
class="outline secondary" formaction="/admin/sso/${profile}/choose">Leave these out</button></p>`;

export const nameAndEmail = ({ name, address }: User): string => `${name} (${address})`;
