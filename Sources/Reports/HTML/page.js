'use strict';
// The page is readable without JavaScript. This script sorts the most severe files first and makes the filters work.
const main = document.getElementById('files');
const facets = ['verdict', 'severity', 'code', 'endpoint'];
const order = file => file.dataset.verdict === 'rejected' ? 0 : file.dataset.severity ? 1 : 2;
const files = [...main.children].map((element, index) => {
  const values = {};
  for (const facet of facets) values[facet] = (element.dataset[facet] || '').split(' ').filter(Boolean);
  return { element, index, rank: order(element), values, text: null };
});
files.sort((a, b) => a.rank - b.rank || a.index - b.index);
main.append(...files.map(file => file.element));
document.getElementById('summary').replaceWith(document.getElementById('counts'));

const selects = facets.map(facet => {
  const select = document.getElementById(facet);
  const counts = new Map();
  for (const file of files) {
    for (const value of file.values[facet]) counts.set(value, (counts.get(value) || 0) + 1);
  }
  for (const [value, count] of [...counts].sort((a, b) => a[0] < b[0] ? -1 : 1)) {
    select.append(new Option(`${value} (${count})`, value));
  }
  return select;
});
const search = document.getElementById('text');
const shown = document.getElementById('shown');

const filter = () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const file of files) {
    let fits = selects.every((select, index) => !select.value || file.values[facets[index]].includes(select.value));
    if (fits && words.length) {
      file.text ??= file.element.textContent.toLowerCase();
      fits = words.every(word => file.text.includes(word));
    }
    file.element.hidden = !fits;
    if (fits) count += 1;
  }
  shown.textContent = count === files.length ? `${count} files` : `${count} of ${files.length} files`;
};
let timer;
search.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(filter, 80); });
for (const select of selects) select.addEventListener('change', filter);
document.getElementById('reset').addEventListener('click', () => {
  search.value = '';
  for (const select of selects) select.value = '';
  filter();
  search.focus();
});
const fail = image => {
  const box = image.parentElement;
  if (box) box.textContent = 'not shown: the browser can’t decode it';
};
main.addEventListener('error', event => { if (event.target instanceof HTMLImageElement) fail(event.target); }, true);
for (const image of main.querySelectorAll('img')) if (image.complete && !image.naturalWidth && image.currentSrc) fail(image);
document.getElementById('filters').hidden = false;
filter();
