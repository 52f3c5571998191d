/** The layout of the Admin Center's pages: the menu, and the steps of the SSO wizard. */
import { html } from 'hono/html';
import type { Html, Piece } from '../pages/layout.ts';
import type { Session } from '../session.ts';
import type { Reply, Visit } from './visit.ts';

const menuEntries = {
  '/admin': 'Single sign-on',
  '/admin/users': 'Users',
  '/admin/domains': 'Domains',
  '/admin/audit': 'Audit log',
  '/cases': 'Troubleshooting',
} as const;
type MenuEntry = keyof typeof menuEntries;

const steps = { profile: 'Profile', test: 'Test', result: 'Result', enforce: 'Enforce' } as const;
type Step = keyof typeof steps;

export const adminPage = (
  session: Session,
  { menuEntry, ...page }: { title: string; menuEntry: MenuEntry; body: Piece },
  options: { status?: number } = {},
): Reply => ({ page: { ...page, session, menu: menu(menuEntry) }, ...options });

/** A page of the wizard: Profile → Test → Result → Enforce. */
export const stepPage = (
  { session, profile }: Visit,
  step: Step,
  body: Html,
  options: { status?: number } = {},
): Reply => ({
  page: {
    title: `${profile.name}: ${steps[step]}`,
    session,
    menu: menu('/admin'),
    body: html`<nav aria-label="Steps">${stepList(profile.id, step)}</nav>${body}`,
  },
  ...options,
});

const menu = (current: MenuEntry): Html =>
  html`<nav aria-label="Admin Center"><ul class="small">${Object.entries(menuEntries).map(
    ([href, name]) => html`<li><a href="${href}" ${href === current ? html`aria-current="page"` : ''}>${name}</a></li>`,
  )}</ul></nav>`;

/** Links to the steps of a profile. `current` is the step shown. */
export const stepList = (profile: number, current?: Step): Html =>
  html`<ol class="steps">${Object.entries(steps).map(
    ([step, label]) =>
      html`<li><a href="/admin/sso/${profile}/${step}"
${step === current ? html`aria-current="step"` : ''}>${label}</a></li>`,
  )}</ol>`;
