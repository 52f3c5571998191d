/** Script of the pages. Without it, each page has a link or a button for the same. */

const everyMs = 2000;
const isLive = document.querySelector('script[data-live]') !== null;
const liveParts = (root) => [...root.querySelectorAll('div[data-live]')];

/** Keeps the parts made by `live` up to date. Folded sections and the focus stay as they are. */
async function lookAgain() {
  if (document.hidden) return;
  const response = await fetch(location.pathname).catch(() => undefined);
  if (response?.redirected) return location.reload(); // the session has ended
  if (!response?.ok) return;
  const next = new DOMParser().parseFromString(await response.text(), 'text/html');
  for (const part of liveParts(document)) {
    const newer = next.getElementById(part.id);
    if (newer === null) return location.reload(); // the page has changed
    if (newer.dataset.live !== part.dataset.live) replace(part, document.adoptNode(newer));
  }
}

function replace(part, newer) {
  for (const { id } of part.querySelectorAll('details[open][id]'))
    newer.querySelector(`#${CSS.escape(id)}`)?.setAttribute('open', '');
  const focused = part.contains(document.activeElement) ? document.activeElement.textContent : undefined;
  const before = part.querySelector('.verdict')?.textContent;
  part.replaceWith(newer);
  if (focused !== undefined)
    [...newer.querySelectorAll('a, button, summary')].find((one) => one.textContent === focused)?.focus();
  const verdict = newer.querySelector('.verdict')?.textContent;
  // Screen readers read it aloud.
  if (verdict !== undefined && verdict !== before) document.getElementById('news').textContent = verdict;
}

if (isLive) setInterval(lookAgain, everyMs);

/** Copies text. A button has no use without script, so it is hidden until now. */
for (const button of document.querySelectorAll('button[data-copy]')) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    const label = button.textContent;
    const isCopied = await navigator.clipboard?.writeText(button.dataset.copy).then(
      () => true,
      () => false,
    );
    button.textContent = isCopied ? 'Copied' : 'Select it and copy';
    setTimeout(() => {
      button.textContent = label;
    }, 2_000);
  });
}

/** Shows only the users with these words and this role, counts the chosen ones, and lists the others. */
for (const choice of document.querySelectorAll('[data-choice]')) {
  const boxes = [...choice.querySelectorAll('input[type=checkbox]')];
  const count = choice.querySelector('[data-count]');
  const filter = choice.querySelector('[data-filter]');
  const role = choice.querySelector('[data-role]');
  const out = choice.querySelector('[data-left-out]');
  const marked = (label) => label.querySelector('.role');
  const nameIn = (label) => (marked(label)?.previousSibling ?? label).textContent.trim();
  const show = () => {
    const words = filter.value.toLowerCase().split(/\s+/);
    for (const { parentElement: label } of boxes) {
      const isOfRole = role.value === 'everyone' || (role.value === 'administrators') === (marked(label) !== null);
      label.hidden = !isOfRole || !words.every((word) => nameIn(label).toLowerCase().includes(word));
    }
  };
  filter?.addEventListener('input', show);
  role?.addEventListener('change', show);
  choice.addEventListener('change', () => {
    const others = boxes.filter(({ checked }) => !checked);
    const stay = others.length === 1 ? '1 stays' : `${others.length} stay`;
    count.textContent = `${boxes.length - others.length} of ${boxes.length} users chosen; ${stay} out.`;
    if (out === null) return;
    out.hidden = others.length === 0;
    const item = (box) => Object.assign(document.createElement('li'), { textContent: nameIn(box.parentElement) });
    out.querySelector('ul').replaceChildren(...others.map(item));
  });
}

/** A double click sends a form once. The form of a page that the browser shows again can be sent again. */
for (const form of document.forms)
  if (form.method === 'post') {
    form.addEventListener('submit', (event) => {
      if (form.dataset.sent !== undefined) event.preventDefault();
      form.dataset.sent = '';
    });
    window.addEventListener('pageshow', () => delete form.dataset.sent);
  }
