/** Filters a list as one types. Without this script, the form asks the server. */
for (const input of document.querySelectorAll('input[data-filters]')) {
  const list = () => document.getElementById(input.dataset.filters);
  const wasOpen = new Set(list()?.querySelectorAll('details[open]') ?? []);

  function filter() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of list()?.querySelectorAll('[data-row]') ?? []) {
      const text = `${row.textContent} ${row.dataset.row}`.toLowerCase().replace(/\s+/g, ' ');
      row.hidden = !row.matches('.active, :has(:checked)') && !words.every((word) => text.includes(word));
      if (!row.hidden) shown++;
    }
    for (const group of list()?.querySelectorAll('details') ?? []) {
      group.hidden = group.querySelector('[data-row]:not([hidden])') === null;
      group.open = words.length > 0 || wasOpen.has(group);
    }
    for (const place of document.querySelectorAll('[data-shown]')) place.textContent = String(shown);
  }

  input.addEventListener('input', filter);
  addEventListener('live-update', () => {
    if (input.value !== '') filter();
  });
}
