/** The page of step 3: the timeline, the mark, likely causes, the findings and the decoded response. */
import { html } from 'hono/html';
import { differences, spellOut } from '../address.ts';
import { likelyCauses, type TestState } from '../connection-test.ts';
import { type Fact, factsOf } from '../finding-facts.ts';
import { alert, type Html, list, live, type Piece, time } from '../pages/layout.ts';
import { productFixes, productsOf } from '../pages/product-fixes.ts';
import type { ProductId } from '../products/product.ts';
import type { Profile, ProfileSettings } from '../profile.ts';
import { adviceOn, type Finding, rejections } from '../rejection-advice.ts';
import type { ResponseRecord } from '../response-log.ts';
import { type CaseCode, cases } from '../troubleshooting.ts';
import { marking } from './marking.ts';
import { messageView } from './message-view.ts';
import { stateWords } from './test-step.ts';
import { entryLink, type TestStory, timeline } from './timeline.ts';

export interface Result extends TestStory {
  /** The settings of the tested revision. */
  settings: ProfileSettings;
  /** The response that gave the test its verdict. */
  decisive: ResponseRecord | undefined;
  /** Earlier responses in this test. */
  attempts: readonly ResponseRecord[];
  /** Other responses to the organization since the test was created. */
  others: readonly ResponseRecord[];
  /** The troubleshooting entry, or the part of the list, for this test. */
  help: string;
  problem: Piece;
}

export const noTestPage = (profile: number, problem: Piece): Html =>
  html`${problem ? alert(problem) : ''}<p>This profile has not been tested yet.</p>
<p><a href="/admin/sso/${profile}/test" role="button">Send a test email</a></p>`;

/** States that no longer change by what the tester does. */
const finalStates: readonly TestState[] = ['success', 'superseded'];

/** True while the page keeps itself up to date. */
export const isPending = (state: TestState): boolean => !finalStates.includes(state);

export const resultPage = (profile: Profile, result: Result): Html => html`
${result.problem ? alert(result.problem) : ''}
${live('result', resultParts(profile, result))}`;

const resultParts = (profile: Profile, result: Result): Html => html`<div class="side-by-side">
${observed(profile, result)}
${marking(profile, result)}
</div>
${result.state === 'unanswered' ? likelyCausesOf(profile, result) : ''}
${result.decisive ? rejection(profile, result.decisive, productsOf(result.settings)) : ''}
${result.decisive?.xml ? message(result.decisive, result.decisive.xml) : ''}
${earlierAttempts(result.attempts)}
${otherResponses(result.others)}`;

const observed = (profile: Profile, result: Result): Html => html`<article><h2>Observed</h2>
<p class="verdict ${verdictClass(result.state)}">${result.tester}: ${stateWords[result.state]}</p>
${timeline(result)}
<p class="small">${revisionOf(profile, result)}${isPending(result.state) ? refreshLink(profile) : ''}</p>
</article>`;

const revisionOf = ({ revision }: Profile, { test }: Result): string =>
  test.revision === revision
    ? `Revision ${revision}.`
    : `Revision ${test.revision} (the profile is now at revision ${revision}).`;

const refreshLink = ({ id }: Profile): Html =>
  html` This page keeps itself up to date. <a href="/admin/sso/${id}/result">Refresh now</a>`;

function verdictClass(state: TestState): string {
  if (state === 'success') return 'right';
  return state === 'refused' || state === 'unanswered' ? 'wrong' : '';
}

const likelyCausesOf = ({ id }: Profile, { test, settings }: Result): Html => html`<h2>Likely causes</h2>
<p>The identity provider sent no response within 30 minutes. The service provider cannot see why. The most likely causes
first:</p>
<ol>${likelyCauses(test, settings).map(
  (code) => html`<li><a href="${entryLink(code, id)}">${cases[code].title}</a>: ${cases[code].fix}
${fixesInProduct(code, settings)}</li>`,
)}</ol>`;

const fixesInProduct = (code: CaseCode, settings: ProfileSettings): Html | '' => {
  const rows = productFixes(code, { candidates: productsOf(settings) });
  return rows.length === 0 ? '' : html`<dl class="facts">${rows}</dl>`;
};

const rejection = (
  { id }: Profile,
  { verdict, findings, reference }: ResponseRecord,
  candidates: readonly ProductId[],
): Html | '' =>
  verdict === 'success'
    ? ''
    : html`<h2>Why it was rejected</h2>${findings.map((finding, index) =>
        findingView(finding, { isDecisive: index === 0, profile: id, candidates }),
      )}<p class="small">Reference ${reference}.</p>`;

/** The decoded response: expanded, with the findings marked, if it was rejected. */
const message = ({ verdict, findings }: ResponseRecord, xml: string): Html =>
  html`<h2>The response</h2><details id="message" ${verdict === 'success' ? '' : 'open'}>
<summary>Decoded${verdict === 'success' ? '' : ', with the findings marked'}</summary>${messageView(xml, findings)}
</details>`;

const earlierAttempts = (responses: readonly ResponseRecord[]): Html | '' =>
  responses.length === 0 ? '' : html`<h2>Earlier attempts in this test</h2>${responseList(responses)}`;

const otherResponses = (responses: readonly ResponseRecord[]): Html | '' =>
  responses.length === 0
    ? ''
    : html`<h2>Other responses</h2><p>These did not affect this test.</p>${responseList(responses)}`;

const responseList = (responses: readonly ResponseRecord[]): Html =>
  list(
    responses
      .slice(0, 10)
      .map(({ at, reference, verdict }) => html`${time(at)}, reference ${reference}: ${sentenceOf(verdict)}`),
  );

const sentenceOf = (verdict: ResponseRecord['verdict']): string =>
  verdict === 'success' ? 'a sign-in outside this test' : rejections[verdict].sentence;

/** All facts about a finding. */
function findingView(
  finding: Finding,
  { isDecisive, profile, candidates }: { isDecisive: boolean; profile: number; candidates: readonly ProductId[] },
): Html {
  const { case: help } = rejections[finding.code];
  return html`<article>
<p><strong>${adviceOn(finding).sentence}</strong>${isDecisive ? '' : ' (also found)'}</p>
<dl class="facts">
${factsOf(finding).map((fact) => html`<dt>${fact.label}</dt><dd>${factView(fact, finding)}</dd>`)}
${productFixes(help, { rejection: finding.code, circumstance: finding.circumstance, candidates })}
<dt>Code</dt><dd><a href="${entryLink(help, profile)}">${finding.code}</a></dd>
</dl>
</article>`;
}

function factView({ name, value, isCode }: Fact, finding: Finding): Html | string {
  const { expected, received } = finding;
  if (name === 'received' && expected !== undefined && received) return difference(expected, received);
  if (name === 'who' && adviceOn(finding).fixedBy === 'sp-admin') return 'you, in this Admin Center';
  return isCode ? html`<code>${value}</code>` : value;
}

/** The received value, with differing characters marked and invisible ones spelled out. */
const difference = (expected: string, received: string): Html =>
  html`<code>${differences(expected, received).map(({ same, received: part }) =>
    same ? part : html`<mark>${part === '' ? '⟨missing⟩' : spellOut(part)}</mark>`,
  )}</code>`;
