/** Keeps the part marked data-live up to date. Open details stay open, and a focused part is not replaced. */
const everyMs = 2000;
const part = () => document.querySelector('[data-live]');

async function look() {
  const now = part();
  if (document.hidden || now === null || now.contains(document.activeElement)) return;
  const response = await fetch(location.href.split('#')[0], { headers: { accept: 'text/html' } }).catch(
    () => undefined,
  );
  if (!response?.ok) return;
  const next = new DOMParser().parseFromString(await response.text(), 'text/html').querySelector('[data-live]');
  if (next === null) return location.reload(); // the page has changed
  if (next.dataset.live === now.dataset.live) return;
  for (const { id } of now.querySelectorAll('details[open][id]'))
    next.querySelector(`#${CSS.escape(id)}`)?.setAttribute('open', '');
  now.replaceWith(document.adoptNode(next));
  dispatchEvent(new Event('live-update'));
}

setInterval(look, everyMs);
