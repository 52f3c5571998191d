// Customizes Cucumber's report. Opens the sequence diagram as part of the page, and attached pages in frames without
// scripts. Formats the story of a failure, and shows features by name. Attachments are untrusted: only the shapes and
// words of a diagram are kept. `diagramStyle` is defined in front of this script.
const diagramTitle = 'Sequence diagram';
const svgNamespace = 'http://www.w3.org/2000/svg';
const drawingElements = new Set(['svg', 'title', 'g', 'rect', 'line', 'path', 'circle', 'text']);
const drawingAttributes = new Set(
  'class viewBox width height role aria-label x y rx x1 x2 y1 y2 cx cy r d text-anchor'.split(' '),
);
const features = new Map(
  CUCUMBER_MESSAGES.flatMap(({ gherkinDocument: { uri, feature } = {} }) => (feature ? [[uri, feature.name]] : [])),
);

addEventListener(
  'toggle',
  ({ target }) => {
    if (!(target instanceof HTMLDetailsElement) || !target.open) return;
    showDiagram(target);
    showPage(target);
  },
  true,
);

const content = document.getElementById('content');
content.setAttribute('role', 'main');
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) for (const node of addedNodes) if (node instanceof Element) customize(node);
}).observe(content, { childList: true, subtree: true });
customize(content);

/** Called for new nodes, and once for the whole page. */
function customize(node) {
  for (const summary of node.querySelectorAll('details > summary'))
    if (summary.textContent === diagramTitle) summary.parentElement.open = true;
  for (const text of node.querySelectorAll('li > div > pre')) showStory(text);
  for (const heading of node.querySelectorAll('h2'))
    if (heading.textContent === 'Hooks') tidyHooks(heading.parentElement);
  for (const name of node.querySelectorAll('h3 > button > span:last-child')) nameFeature(name);
  for (const icon of node.querySelectorAll('h3 > button [data-status]')) raiseFeature(icon);
  for (const steps of node.querySelectorAll('section > div > article > ol')) foldScenario(steps.closest('section'));
  for (const { lastChild: words } of node.querySelectorAll('button[type=button]'))
    if (words?.data === ' hooks') words.data = ' steps of set-up and final checks';
  for (const line of node.querySelectorAll('p'))
    if (/^No step definition found/.test(line.textContent)) line.hidden = true; // the advice below says so too
  for (const link of node.querySelectorAll('a[href^="#"]:not([aria-label])'))
    if (link.textContent === '')
      link.setAttribute('aria-label', `Link to ${link.nextElementSibling?.textContent ?? 'this place'}`);
}

/** Makes the diagram part of the page, so that its words can be selected, searched and read aloud. */
function showDiagram(details) {
  const image = details.querySelector(':scope > img[src^="data:image/svg+xml;base64,"]');
  if (!image || details.querySelector('summary')?.textContent !== diagramTitle) return;
  const octets = Uint8Array.from(atob(image.src.slice(image.src.indexOf(',') + 1)), (letter) => letter.charCodeAt(0));
  const attached = new DOMParser().parseFromString(new TextDecoder().decode(octets), 'image/svg+xml').documentElement;
  if (attached.namespaceURI !== svgNamespace || attached.localName !== 'svg') return; // remains an image
  const place = document.createElement('div');
  place.className = 'lanes';
  const style = Object.assign(document.createElement('style'), { textContent: diagramStyle });
  const svg = redrawn(attached);
  svg.style.cssText = 'display:block;width:100%;min-width:var(--least,0);height:auto';
  place.attachShadow({ mode: 'open' }).append(style, svg);
  place.tabIndex = 0;
  place.setAttribute('role', 'group');
  place.setAttribute('aria-label', diagramTitle);
  image.hidden = true;
  details.append(place);
}

/** Copies a drawing with known elements and attributes only; none of them loads or runs anything. */
function redrawn(attached) {
  const drawn = document.createElementNS(svgNamespace, attached.localName);
  for (const { name, value } of attached.attributes) if (drawingAttributes.has(name)) drawn.setAttribute(name, value);
  for (const child of attached.childNodes)
    if (child.nodeType === Node.TEXT_NODE) drawn.append(child.data);
    else if (child.namespaceURI === svgNamespace && drawingElements.has(child.localName)) drawn.append(redrawn(child));
  return drawn;
}

function showPage(details) {
  const source = details.querySelector(':scope > div > pre');
  const page = source?.textContent ?? '';
  if (!/^\s*<!doctype html/i.test(page) || details.querySelector('iframe')) return;
  const frame = document.createElement('iframe');
  frame.className = 'evidence';
  frame.title = details.querySelector('summary')?.textContent ?? 'Evidence';
  // Same origin, so that its height can be read; without allow-scripts, nothing in it runs.
  frame.sandbox = 'allow-same-origin';
  frame.srcdoc = page;
  frame.addEventListener('load', () => {
    const fit = () => {
      frame.style.height = `${frame.contentDocument.documentElement.offsetHeight + 26}px`;
    };
    fit();
    addEventListener('resize', fit);
    frame.contentDocument.addEventListener('toggle', fit, true);
  });
  source.parentElement.hidden = true;
  details.append(frame);
}

const isGood = (status) => ['PASSED', 'SKIPPED'].includes(status);

/** Failed features come first. */
function raiseFeature(icon) {
  const item = icon.closest('h3').parentElement;
  item.parentElement.classList.add('in-order');
  item.classList.toggle('failed', !isGood(icon.dataset.status));
}

/** Folds the steps of a scenario that has passed; a failed one comes first in its feature. */
function foldScenario(section) {
  const row = section.querySelector(':scope > div:has(> h2)');
  if (row === null || row.querySelector('.fold')) return;
  const statuses = [...section.querySelectorAll('li[data-status]')].map(({ dataset }) => dataset.status);
  if (!statuses.every(isGood)) {
    for (let one = section; one; one = one.parentElement.closest('section')) one.classList.add('failed');
    return;
  }
  const steps = statuses.length === 1 ? '1 step' : `${statuses.length} steps`;
  const button = Object.assign(document.createElement('button'), { type: 'button', className: 'fold' });
  const show = () => {
    const isOpen = section.classList.contains('unfolded');
    button.textContent = isOpen ? 'Hide steps' : `✔ ${steps}`;
    button.setAttribute('aria-expanded', String(isOpen));
  };
  button.addEventListener('click', () => {
    section.classList.toggle('unfolded');
    show();
  });
  section.classList.add('folds');
  show();
  row.append(button);
}

/** Emphasizes the label of each line, and formats commands as code. */
function showStory(text) {
  if (!/^Run it again: /m.test(text.textContent) || text.classList.contains('story')) return;
  text.classList.add('story');
  text.replaceChildren(
    ...text.textContent
      .trimEnd()
      .split('\n')
      .map((line) => {
        const row = document.createElement('span');
        const label = /^[A-Z][^:“]*:/.exec(line)?.[0] ?? '';
        const rest = line.slice(label.length).trimStart();
        const space = line.slice(label.length, line.length - rest.length);
        row.append(
          Object.assign(document.createElement('strong'), { textContent: label }),
          space,
          Object.assign(document.createElement(/^(?:npm|npx|IDP=\S+ npm) /.test(rest) ? 'code' : 'span'), {
            textContent: rest,
          }),
          '\n',
        );
        return row;
      }),
  );
}

/** Hides set-up and clean-up if they passed. */
function tidyHooks(section) {
  if (
    CUCUMBER_MESSAGES.every(
      ({ testRunHookFinished }) => testRunHookFinished === undefined || testRunHookFinished.result.status === 'PASSED',
    )
  )
    section.style.display = 'none';
}

function nameFeature(place) {
  const name = features.get(place.textContent);
  if (name === undefined || place.parentElement.querySelector('.feature')) return;
  place.before(Object.assign(document.createElement('span'), { className: 'feature', textContent: name }));
}
