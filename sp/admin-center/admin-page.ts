/** The layout of the Admin Center's pages: the menu, and the steps of the SSO wizard. */
import { html } from 'hono/html';
import { now } from '../clock.ts';
import { type Html, live, type Piece } from '../pages/layout.ts';
import type { Session } from '../session.ts';
import { type Step, type StepState, stepNames, stepStates, steps } from './step-states.ts';
import type { Reply, Visit } from './visit.ts';

const menuEntries = {
  '/admin': 'Single sign-on',
  '/admin/users': 'Users',
  '/admin/domains': 'Domains',
  '/admin/audit': 'Audit log',
  '/cases': 'Troubleshooting',
} as const;
type MenuEntry = keyof typeof menuEntries;

export const adminPage = (
  session: Session,
  { menuEntry, ...page }: { title: string; menuEntry: MenuEntry; body: Piece },
  options: { status?: number } = {},
): Reply => ({ page: { ...page, session, menu: adminMenu(menuEntry) }, ...options });

/** A page of the wizard: Profile → Test → Result → Enforce. */
export const stepPage = (
  visit: Visit,
  step: Step,
  body: Html,
  { isLive = false, ...options }: { status?: number; isLive?: boolean } = {},
): Reply => ({
  page: {
    title: `${visit.profile.name}: ${steps[step]}`,
    session: visit.session,
    menu: adminMenu('/admin'),
    isLive,
    body: html`${live('steps', stepMenu(visit, step))}${body}`,
  },
  ...options,
});

function stepMenu({ session, profile, store }: Visit, step: Step): Html {
  const states = stepStates(store, profile, now(session.organization));
  return html`<nav aria-label="Steps">${stepList(profile.id, states, step)}</nav>`;
}

export const adminMenu = (current: MenuEntry): Html =>
  html`<nav aria-label="Admin Center"><ul class="small">${Object.entries(menuEntries).map(
    ([href, name]) => html`<li><a href="${href}" ${href === current ? html`aria-current="page"` : ''}>${name}</a></li>`,
  )}</ul></nav>`;

/** A locked page says what must be done before. */
const stateWords: Readonly<Record<StepState, string>> = {
  done: '✓ done',
  next: 'next',
  waiting: 'waiting',
  open: '',
  locked: 'locked',
};

/** Links to the steps of a profile, each with its state. `current` is the step shown. */
export const stepList = (profile: number, states: Readonly<Record<Step, StepState>>, current?: Step): Html =>
  html`<ol class="steps">${stepNames.map(
    (step) => html`<li class="${states[step]}"><a href="/admin/sso/${profile}/${step}"
${step === current ? html`aria-current="step"` : ''}>${steps[step]}${
      stateWords[states[step]] === '' ? '' : html` <span class="state">${stateWords[states[step]]}</span>`
    }</a></li>`,
  )}</ol>`;
