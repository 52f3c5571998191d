/** The timeline of an SSO test: sent, delivered, opened, at the identity provider, result. */
import { html } from 'hono/html';
import { browserName } from '../browser-name.ts';
import { type ConnectionTest, type Opening, reports, type TestState } from '../connection-test.ts';
import { type Html, type Piece, time } from '../pages/layout.ts';
import { rejections } from '../rejection-advice.ts';
import { times } from '../time-limits.ts';
import { cases } from '../troubleshooting.ts';

export interface TestStory {
  test: ConnectionTest;
  state: TestState;
  /** The tester's name. */
  tester: string;
  /** Oldest first. */
  openings: readonly Opening[];
  /** The reference of the rejection, which the tester saw too. */
  reference?: string | undefined;
}

/** `now` is where the test is; `ahead` has not happened yet. */
type Progress = 'done' | 'now' | 'failed' | 'ahead';
const progressWords: Readonly<Record<Progress, string>> = {
  done: 'done',
  now: 'now',
  failed: 'failed',
  ahead: 'to come',
};

interface Moment {
  title: Piece;
  progress: Progress;
  at?: number | undefined;
  details?: Piece;
}

export function timeline(story: TestStory): Html {
  const moments = [sent(story), delivered(story), opened(story), atIdp(story), ...reported(story), ended(story)];
  return html`<ol class="timeline">${moments.map(momentView)}</ol>`;
}

const momentView = ({ title, progress, at, details }: Moment): Html => html`<li class="moment ${progress}">
<p><strong>${title}</strong>
<span class="progress">${progressWords[progress]}</span>${at === undefined ? '' : html` ${time(at)}`}</p>
${details === undefined ? '' : html`<div class="small">${details}</div>`}</li>`;

/** A troubleshooting entry with a way back to the result. */
export const entryLink = (code: string, profile: number): string => `/cases/${code}?result=${profile}`;

const sent = ({ test, tester }: TestStory): Moment => ({
  title: 'Sent',
  progress: 'done',
  at: test.createdAt,
  details: html`<p>To ${tester} (${test.tester}), by ${test.askedBy}.</p>`,
});

function delivered({ test, state }: TestStory): Moment {
  if (test.mailState === 'failed' && test.openedAt === undefined)
    return { title: 'Not delivered', progress: 'failed', at: test.mailAt, details: html`<p>${test.mailError}</p>` };
  if (test.mailState === 'sent' || test.openedAt !== undefined) {
    const details =
      state === 'waiting' ? html`<p>The mail server took it. It may be in the spam folder.</p>` : undefined;
    return { title: 'Delivered', progress: 'done', at: test.mailAt, details };
  }
  return { title: 'Delivered', progress: 'now', details: html`<p>The mail server is taking the email.</p>` };
}

function opened({ test, state, tester, openings }: TestStory): Moment {
  if (test.openedAt !== undefined)
    return {
      title: 'Link opened',
      progress: state === 'opened' ? 'now' : 'done',
      at: test.openedAt,
      details: html`${openings.map((one) => openingView(one, tester))}${state === 'opened' ? scannerHint(tester) : ''}`,
    };
  if (state === 'expired') return { title: 'Link not opened in 24 hours', progress: 'failed', at: test.expiresAt };
  const isNext = state === 'waiting' && test.mailState === 'sent';
  return {
    title: 'Link opened',
    progress: isNext ? 'now' : 'ahead',
    ...(isNext ? { details: html`<p>Not yet. The link is valid until ${time(test.expiresAt)}.</p>` } : {}),
  };
}

/** Only a browser in which the tester's email was entered is the tester's. */
function openingView({ at, agent, wentOnAt }: Opening, tester: string): Html {
  const { name, isProgram } = browserName(agent);
  const whose =
    wentOnAt === undefined
      ? `${isProgram ? 'perhaps a mail scanner: it' : 'it'} has not entered ${tester}’s email`
      : `here ${tester}’s email was entered`;
  return html`<p>${name}, ${time(at)}: ${whose}.</p>`;
}

const scannerHint = (tester: string): Html =>
  html`<p>Mail scanners open links too. The browser in which ${tester}’s email is entered is ${tester}’s.</p>`;

function atIdp({ test, state }: TestStory): Moment {
  const title = 'At the identity provider';
  if (test.wentToIdpAt === undefined) return { title, progress: 'ahead' };
  if (state !== 'at-idp') return { title, progress: 'done', at: test.wentToIdpAt };
  const until = test.wentToIdpAt + times.response;
  return {
    title,
    progress: 'now',
    at: test.wentToIdpAt,
    details: html`<p>No response yet. Without one until ${time(until)}, the test counts as unanswered.</p>`,
  };
}

/** The report of the tester since going to the IdP. */
function reported({ test, tester }: TestStory): Moment[] {
  if (test.report === undefined) return [];
  const { words, case: help } = reports[test.report];
  const entry = html`<a href="${entryLink(help, test.profile)}">${cases[help].title}</a>`;
  const details = html`<p>${tester} reported: “${words}.” ${entry}</p>`;
  return [{ title: `${tester} is stuck`, progress: 'failed', details }];
}

function ended({ test, state, tester, reference }: TestStory): Moment {
  const { verdict, verdictAt: at } = test;
  if (state === 'success') return { title: `${tester} signed in`, progress: 'done', at };
  if (state === 'superseded') {
    const because = test.supersededBecause === 'changed' ? 'the profile has changed' : 'a newer test email was sent';
    return {
      title: 'Superseded',
      progress: 'failed',
      at: test.supersededAt,
      details: html`<p>Because ${because}.</p>`,
    };
  }
  if (verdict !== undefined && verdict !== 'success') {
    const shown = reference === undefined ? '' : html` ${tester} saw the reference <strong>${reference}</strong>.`;
    const details = html`<p>${rejections[verdict].sentence}${shown}</p>`;
    return { title: 'Response rejected', progress: 'failed', at, details };
  }
  if (state === 'unanswered')
    return { title: 'No response', progress: 'failed', at: test.wentToIdpAt! + times.response };
  if (state === 'expired' && test.openedAt !== undefined)
    return { title: 'Link expired before the sign-in', progress: 'failed', at: test.expiresAt };
  return { title: 'Result', progress: 'ahead' };
}
