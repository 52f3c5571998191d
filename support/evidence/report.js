// Evidence in Cucumber's report: the picture of the messages stands open and can be read by itself, attachments that are pages are shown as pages, in a frame that may run no script. It never changes what was reported.
const picture = 'Who sent what to whom';

addEventListener('toggle', ({ target }) => {
  if (!(target instanceof HTMLDetailsElement) || !target.open) return;
  showPicture(target);
  showPage(target);
}, true);

new MutationObserver((changes) => {
  for (const { addedNodes } of changes) for (const node of addedNodes) {
    if (!(node instanceof Element)) continue;
    for (const summary of node.querySelectorAll('details > summary')) if (summary.textContent === picture) summary.parentElement.open = true;
  }
}).observe(document.getElementById('content'), { childList: true, subtree: true });

/** As part of the page instead of an image, so that its words can be selected, searched and read aloud. */
function showPicture(details) {
  const image = details.querySelector(':scope > img[src^="data:image/svg+xml;base64,"]');
  if (!image || details.querySelector('summary')?.textContent !== picture) return;
  const octets = Uint8Array.from(atob(image.src.slice(image.src.indexOf(',') + 1)), (letter) => letter.charCodeAt(0));
  const svg = new DOMParser().parseFromString(new TextDecoder().decode(octets), 'image/svg+xml').documentElement;
  const place = document.createElement('div');
  place.className = 'lanes';
  svg.style.cssText = 'display:block;width:100%;min-width:880px;height:auto';
  place.attachShadow({ mode: 'open' }).append(svg);
  place.tabIndex = 0;
  image.hidden = true;
  details.append(place);
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
    const fit = () => { frame.style.height = `${frame.contentDocument.documentElement.offsetHeight + 26}px`; };
    fit();
    addEventListener('resize', fit);
  });
  source.parentElement.hidden = true;
  details.append(frame);
}
