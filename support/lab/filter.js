/** Filters a list as one types. Without this script, the form asks the server. */
for (const input of document.querySelectorAll('input[data-filters]')) {
  const list = document.getElementById(input.dataset.filters);
  const rows = [...list.querySelectorAll('[data-row]')].map((row) => ({
    row,
    text: `${row.textContent} ${row.dataset.row}`.toLowerCase().replace(/\s+/g, ' '),
  }));
  const groups = [...list.querySelectorAll('details')].map((group) => ({ group, wasOpen: group.open }));

  function filter() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { row, text } of rows) {
      row.hidden = !row.matches('.active, :has(:checked)') && !words.every((word) => text.includes(word));
      if (!row.hidden) shown++;
    }
    for (const { group, wasOpen } of groups) {
      group.hidden = group.querySelector('[data-row]:not([hidden])') === null;
      group.open = words.length > 0 || wasOpen;
    }
    document.querySelector('[data-shown]').textContent = String(shown);
  }

  input.addEventListener('input', filter);
}
