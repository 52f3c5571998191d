/** The page of step 3: what was observed, the mark, likely causes, the findings and the decoded response. */
import { html } from 'hono/html';
import { differences, spellOut } from '../address.ts';
import { type ConnectionTest, likelyCauses, markWords, reports, type TestState } from '../connection-test.ts';
import { type Fact, factsOf } from '../finding-facts.ts';
import { alert, type Html, list, notice, type Piece, time } from '../pages/layout.ts';
import { productFixes, productsOf } from '../pages/product-fixes.ts';
import type { ProductId } from '../products/product.ts';
import type { Profile, ProfileSettings } from '../profile.ts';
import { adviceOn, type Finding, rejections } from '../rejection-advice.ts';
import type { ResponseRecord } from '../response-log.ts';
import { type CaseCode, cases } from '../troubleshooting.ts';
import { messageView } from './message-view.ts';
import { testFields } from './old-form.ts';
import { stateWords } from './test-step.ts';

export interface Result {
  test: ConnectionTest;
  state: TestState;
  /** The tester's name. */
  tester: string;
  /** The settings of the tested revision. */
  settings: ProfileSettings;
  /** The response that gave the test its verdict. */
  decisive: ResponseRecord | undefined;
  /** Other responses to the organization since the test was created. */
  others: readonly ResponseRecord[];
  problem: Piece;
}

export const noTestPage = (profile: number, problem: Piece): Html =>
  html`${problem ? alert(problem) : ''}<p>This profile has not been tested yet.
<a href="/admin/sso/${profile}/test">Send a test email</a></p>`;

export const resultPage = (profile: Profile, result: Result): Html => html`
${result.problem ? alert(result.problem) : ''}
<div class="side-by-side">
${observed(profile, result)}
${mark(profile, result)}
</div>
${report(result)}
${result.state === 'unanswered' ? likelyCausesOf(result) : ''}
${result.decisive ? rejection(result.decisive, productsOf(result.settings)) : ''}
${result.decisive?.xml ? message(result.decisive, result.decisive.xml) : ''}
${otherResponses(result.others)}`;

const observed = (profile: Profile, { test, state, tester }: Result): Html => html`<article><h2>Observed</h2>
<p class="verdict ${verdictClass(state)}">${tester}: ${stateWords[state]}</p>
<dl class="facts"><dt>Revision</dt><dd>${test.revision}${
  test.revision === profile.revision ? '' : ` (the profile is now at revision ${profile.revision})`
}</dd>
<dt>Test created</dt><dd>${time(test.createdAt)}</dd><dt>Link opened</dt><dd>${time(test.openedAt)}</dd>
<dt>Sent to the identity provider</dt><dd>${time(test.wentToIdpAt)}</dd>
<dt>Response received</dt><dd>${time(test.verdictAt)}</dd></dl>
</article>`;

function verdictClass(state: TestState): string {
  if (state === 'success') return 'right';
  return state === 'refused' || state === 'unanswered' ? 'wrong' : '';
}

const markClasses = { success: 'right', failure: 'wrong' } as const;

const mark = ({ id }: Profile, { test, tester }: Result): Html => html`<article><h2>Your mark</h2>
<p class="verdict ${test.mark ? markClasses[test.mark] : ''}">${test.mark ? markWords[test.mark] : 'not marked yet'}</p>
${test.markedAt === undefined ? '' : html`<p class="small">by ${test.markedBy}, ${time(test.markedAt)}</p>`}
<form method="post" action="/admin/sso/${id}/result">
${testFields(test)}
<p>Ask ${tester} what happened, then mark the test.</p>
<button type="submit" name="mark" value="success">Mark as passed</button>
<button type="submit" name="mark" value="failure" class="secondary">Mark as failed</button>
</form></article>`;

function report({ test, tester }: Result): Html | '' {
  if (!test.report) return '';
  const { words, case: help } = reports[test.report];
  return notice(html`<p>${tester} reported: “${words}.” <a href="/cases/${help}">${cases[help].title}</a></p>`);
}

const likelyCausesOf = ({ test, settings }: Result): Html => html`<h2>Likely causes</h2>
<p>The identity provider sent no response within 30 minutes. The service provider cannot see why. The most likely causes
first:</p>
<ol>${likelyCauses(test, settings).map(
  (code) => html`<li><a href="/cases/${code}">${cases[code].title}</a>: ${cases[code].fix}
${fixesInProduct(code, settings)}</li>`,
)}</ol>`;

const fixesInProduct = (code: CaseCode, settings: ProfileSettings): Html | '' => {
  const rows = productFixes(code, { candidates: productsOf(settings) });
  return rows.length === 0 ? '' : html`<dl class="facts">${rows}</dl>`;
};

const rejection = ({ verdict, findings }: ResponseRecord, candidates: readonly ProductId[]): Html | '' =>
  verdict === 'success'
    ? ''
    : html`<h2>Why it was rejected</h2>${findings.map((finding, index) =>
        findingView(finding, { decisive: index === 0, candidates }),
      )}`;

/** The decoded response: expanded, with the findings marked, if it was rejected. */
const message = ({ verdict, findings }: ResponseRecord, xml: string): Html =>
  html`<h2>The response</h2><details ${verdict === 'success' ? '' : 'open'}>
<summary>Decoded${verdict === 'success' ? '' : ', with the findings marked'}</summary>${messageView(xml, findings)}
</details>`;

const otherResponses = (responses: readonly ResponseRecord[]): Html | '' =>
  responses.length === 0
    ? ''
    : html`<h2>Other responses</h2><p>These did not affect any test.</p>${list(
        responses
          .slice(0, 10)
          .map(({ at, reference, verdict }) => html`${time(at)}, reference ${reference}: ${sentenceOf(verdict)}`),
      )}`;

const sentenceOf = (verdict: ResponseRecord['verdict']): string =>
  verdict === 'success' ? 'a sign-in outside this test' : rejections[verdict].sentence;

/** All facts about a finding. */
function findingView(
  finding: Finding,
  { decisive, candidates }: { decisive: boolean; candidates: readonly ProductId[] },
): Html {
  const { case: help } = rejections[finding.code];
  return html`<article>
<p><strong>${adviceOn(finding).sentence}</strong>${decisive ? '' : ' (also found)'}</p>
<dl class="facts">
${factsOf(finding).map((fact) => html`<dt>${fact.label}</dt><dd>${factView(fact, finding)}</dd>`)}
${productFixes(help, { rejection: finding.code, candidates })}
<dt>Code</dt><dd><a href="/cases/${help}">${finding.code}</a></dd>
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
