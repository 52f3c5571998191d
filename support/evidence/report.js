// Evidence in Cucumber's report: attachments that are pages are shown as pages, in a frame that may run no script. It never changes what was reported.
addEventListener('toggle', ({ target }) => {
  if (target instanceof HTMLDetailsElement && target.open) showPage(target);
}, true);

function showPage(details) {
  const source = details.querySelector(':scope > div > pre');
  const page = source?.textContent ?? '';
  if (!/^\s*<!doctype html/i.test(page)) return;
  const frame = document.createElement('iframe');
  frame.className = 'evidence';
  frame.title = details.querySelector('summary')?.textContent ?? 'Evidence';
  // Same origin, so that its height can be read; without allow-scripts, nothing in it runs.
  frame.sandbox = 'allow-same-origin';
  frame.srcdoc = page;
  frame.addEventListener('load', () => {
    const fit = () => { frame.style.height = `${Math.min(900, frame.contentDocument.documentElement.scrollHeight + 24)}px`; };
    fit();
    addEventListener('resize', fit);
    const broken = frame.contentDocument.querySelector('mark');
    if (broken) frame.contentWindow.scrollTo(0, Math.max(0, broken.offsetTop - 200));
  });
  source.parentElement.hidden = true;
  details.append(frame);
}
