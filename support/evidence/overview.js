// The report's overview, above Cucumber's part: failures first, filters, and the trend of the last runs. Names and logs
// are untrusted: they become text only. `pastRuns` is defined in front of this script; `content` is in report.js.
const found = scenariosOfRun();
const failures = found.filter(({ status }) => !['PASSED', 'SKIPPED'].includes(status));
const interrupted = showInterruption();
(interrupted ?? content).before(overview());

/** An interrupted run has planned more scenarios than it has finished. */
function showInterruption() {
  const planned = CUCUMBER_MESSAGES.filter(({ testCase }) => testCase).length;
  const played = CUCUMBER_MESSAGES.filter(({ testCaseFinished: end }) => end && !end.willBeRetried).length;
  if (played === planned) return undefined;
  const textContent = `Interrupted: ${played} of ${planned} scenarios played.`;
  const note = Object.assign(document.createElement('p'), { className: 'interrupted', role: 'note', textContent });
  content.before(note);
  return note;
}

/** Each scenario that was played, with its worst status and its logs. */
function scenariosOfRun() {
  const worst = ['UNKNOWN', 'PASSED', 'SKIPPED', 'PENDING', 'UNDEFINED', 'AMBIGUOUS', 'FAILED'];
  const pickles = new Map(CUCUMBER_MESSAGES.flatMap(({ pickle }) => (pickle ? [[pickle.id, pickle]] : [])));
  const cases = new Map(CUCUMBER_MESSAGES.flatMap(({ testCase: one }) => (one ? [[one.id, one]] : [])));
  const played = new Map();
  for (const { testCaseStarted, testStepFinished, attachment, testCaseFinished } of CUCUMBER_MESSAGES) {
    if (testCaseStarted) {
      const pickle = pickles.get(cases.get(testCaseStarted.testCaseId)?.pickleId);
      if (pickle) played.set(testCaseStarted.id, { pickle, status: 'UNKNOWN', logs: [] });
    }
    const one = played.get((testStepFinished ?? attachment ?? testCaseFinished)?.testCaseStartedId);
    if (one === undefined) continue;
    const status = testStepFinished?.testStepResult.status;
    if (status && worst.indexOf(status) > worst.indexOf(one.status)) one.status = status;
    if (attachment?.mediaType === 'text/x.cucumber.log+plain' && attachment.contentEncoding === 'IDENTITY')
      one.logs.push(attachment.body);
    if (testCaseFinished?.willBeRetried) played.delete(testCaseFinished.testCaseStartedId);
  }
  return [...played.values()];
}

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function overview() {
  const count = found.length === 1 ? '1 scenario' : `${found.length} scenarios`;
  const headline = failures.length === 0 ? `${count}, none failed` : `${failures.length} of ${count} failed`;
  const place = element('section', { className: 'overview' }, element('h2', { textContent: headline }));
  place.classList.toggle('bad', failures.length > 0);
  place.setAttribute('aria-label', 'Overview');
  if (failures.length > 0) place.append(element('ol', { className: 'failures' }, ...failures.map(failureItem)));
  place.append(filters(), trend());
  return place;
}

/** The name, which leads to the scenario, and the lines of its story that say why, and who must fix it. */
function failureItem({ pickle, logs, status }) {
  const { name, uri, astNodeIds } = pickle;
  const link = element('a', { href: `#${astNodeIds[0]}`, textContent: name });
  link.addEventListener('click', (event) => {
    event.preventDefault();
    reveal(uri, astNodeIds[0]);
  });
  const undefinedStep = status === 'UNDEFINED' ? ['A step is undefined.'] : [];
  const why = logs
    .flatMap((log) => log.split('\n'))
    .filter((line) => /^(The latest response was rejected|The sign-in ended|Who must fix it:|No response)/.test(line));
  const feature = element('span', { className: 'dim', textContent: ` ${features.get(uri) ?? uri}` });
  return element(
    'li',
    {},
    link,
    feature,
    ...[...undefinedStep, ...why].map((textContent) => element('p', { textContent })),
  );
}

/** Opens the feature if it is closed, and goes to the scenario. */
function reveal(uri, id) {
  const name = [...document.querySelectorAll('#report h3 > button > span:last-child')].find(
    ({ textContent }) => textContent === uri,
  );
  const button = name?.closest('button');
  if (button?.getAttribute('aria-expanded') === 'false') button.click();
  requestAnimationFrame(() => {
    const heading = document.getElementById(id);
    if (!heading) return;
    heading.closest('section').classList.add('unfolded');
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    heading.scrollIntoView();
  });
}

function filters() {
  const counts = new Map();
  for (const { pickle } of found) for (const { name } of pickle.tags) counts.set(name, (counts.get(name) ?? 0) + 1);
  const names = [...counts.keys()].toSorted();
  const cases = names.filter((name) => name.startsWith('@case:'));
  const place = element('div', { className: 'filters' });
  for (const [label, tags] of [
    ['Tag', names.filter((name) => !cases.includes(name))],
    ['Case', cases],
  ]) {
    if (tags.length === 0) continue;
    const select = element(
      'select',
      {},
      element('option', { value: '', textContent: 'all' }),
      ...tags.map((value) =>
        element('option', { value, textContent: `${value.replace(/^@(case:)?/, '')} (${counts.get(value)})` }),
      ),
    );
    select.addEventListener('change', () => {
      for (const other of place.querySelectorAll('select')) if (other !== select) other.value = '';
      search(select.value);
    });
    place.append(element('label', {}, `${label} `, select));
  }
  return place;
}

/** Searches with Cucumber's own search box, which React controls. */
function search(text) {
  const input = document.querySelector('#report input[name="query"]');
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, text);
  input.dispatchEvent(new Event('input', { bubbles: true }));
  input.form.requestSubmit();
}

/** A bar for each of the last runs, this one at the end. */
function trend() {
  const count = (wanted) => found.filter(({ status }) => wanted(status)).length;
  const now = {
    at: undefined,
    passed: count((status) => status === 'PASSED'),
    failed: failures.length,
    skipped: count((status) => status === 'SKIPPED'),
  };
  const runs = [...pastRuns, now];
  if (runs.length === 1) return '';
  const most = Math.max(1, ...runs.map(({ passed, failed, skipped }) => passed + failed + skipped));
  const bars = runs.map(({ at, passed, failed, skipped }) => {
    const all = passed + failed + skipped;
    const time = at === undefined ? 'this run' : at.slice(0, 16).replace('T', ' ');
    const words = `${time}: ${failed} of ${all} failed`;
    const part = (className, size) => {
      const bar = element('span', { className });
      bar.style.height = `${(size / most) * 3}rem`;
      return bar;
    };
    const bar = element('li', { title: words }, element('span', { className: 'words', textContent: words }));
    bar.append(part('skipped', skipped), part('passed', passed), part('failed', failed));
    return bar;
  });
  const caption = element('figcaption', { textContent: `The last ${runs.length} runs in this folder, this one last` });
  return element('figure', { className: 'trend' }, element('ol', {}, ...bars), caption);
}
