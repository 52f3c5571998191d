/** Buttons that select the next place of a kind in the XML editor: an element's content, or an attribute's value. */
for (const bar of document.querySelectorAll('[data-jumps]')) {
  const editor = document.getElementById(bar.dataset.jumps);
  bar.hidden = false;
  for (const hint of document.querySelectorAll('[data-without-script]')) hint.hidden = true;
  bar.addEventListener('click', ({ target }) => {
    const name = target.dataset?.jump;
    if (name === undefined) return;
    const places = placesOf(name, editor.value);
    const [start, end] = places.find(([from]) => from > editor.selectionStart) ?? places[0] ?? [];
    if (start !== undefined) select(editor, start, end);
  });
}

/** Start and end of each place, in order. */
function placesOf(name, text) {
  const isWanted = ([, found]) => found === name;
  const elements = [...text.matchAll(/<(?:[\w.-]+:)?([\w.-]+)/g)].filter(isWanted).map(({ index }) => {
    const start = text.indexOf('>', index) + 1;
    const end = text.indexOf('<', start);
    const isEmpty = text[start - 2] === '/' || text.slice(start, end).trim() === '';
    return isEmpty ? [index, start] : [start, end];
  });
  const attributes = [...text.matchAll(/\s([\w:.-]+)="/g)].filter(isWanted).map((found) => {
    const start = found.index + found[0].length;
    return [start, text.indexOf('"', start)];
  });
  return [...elements, ...attributes].toSorted(([a], [b]) => a - b);
}

/** Selects the text and scrolls to it: browsers scroll to the caret when the field gets the focus. */
function select(editor, start, end) {
  editor.blur();
  editor.setSelectionRange(start, start);
  editor.focus();
  editor.setSelectionRange(start, end);
}
