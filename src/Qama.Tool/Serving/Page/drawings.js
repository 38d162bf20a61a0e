'use strict';
// Elements and drawings; nothing of the server is known here.
const svgSpace = 'http://www.w3.org/2000/svg';

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function draw(tag, attributes = {}, text = null) {
  const element = document.createElementNS(svgSpace, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== null) element.textContent = text;
  return element;
}

function short(value) {
  if (value === null || value === undefined) return '–';
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? value.toExponential(3) : String(Number(value.toPrecision(5)));
}

function fillTable(table, headers, rows) {
  const cell = (tag, c, header) => make(tag, header.startsWith('#') ? { class: 'number' } : {}, c);
  const head = make('tr', {}, ...headers.map(h => { const th = cell('th', h.replace('#', ''), h); th.scope = 'col'; return th; }));
  table.replaceChildren(make('thead', {}, head), make('tbody', {}, ...rows.map(row => {
    const tr = make('tr', {}, ...row.cells.map((c, i) => cell('td', c, headers[i])));
    if (row.bad) tr.className = 'violated';
    return tr;
  })));
}

// Tokens of one head: what is selected is filled and has a dot whose size is the share of reads.
function drawSelection(head, weights, shares, present, columns, picture) {
  const size = columns > 16 || weights.length > 256 ? 12 : 26, rows = Math.ceil(weights.length / columns);
  const svg = draw('svg', { viewBox: `0 0 ${columns * size + 2} ${rows * size + 2}`, width: columns * size + 2, role: 'img',
    'aria-label': `Head ${head} selects ${weights.map((w, i) => w > 0 ? i : -1).filter(i => i >= 0).join(', ') || 'nothing'}` });
  if (picture) svg.append(draw('image', { href: picture, x: 1, y: 1, width: columns * size, height: rows * size, preserveAspectRatio: 'none' }));
  weights.forEach((weight, i) => {
    const x = 1 + (i % columns) * size, y = 1 + Math.floor(i / columns) * size;
    const cell = draw('rect', { x, y, width: size, height: size, class: 'cell' + (weight > 0 ? ' selected' : ''),
      'fill-opacity': weight > 0 ? (picture ? 0.6 : 0.35 + 0.65 * weight) : 0, 'stroke-dasharray': present[i] ? 'none' : '2 2' });
    cell.append(draw('title', {}, `token ${i}: weight ${short(weight)}, mean of reads ${short(shares[i])}${present[i] ? '' : ', absent'}`));
    svg.append(cell);
    if (!present[i]) svg.append(draw('text', { x: x + size / 2, y: y + size / 2 + 4, 'text-anchor': 'middle' }, '×'));
    else if (weight > 0 && size > 20) {
      svg.append(draw('circle', { cx: x + size / 2, cy: y + size / 2, r: 2 + 5 * shares[i], class: 'dot', 'pointer-events': 'none' }));
    }
  });
  return make('figure', {}, make('figcaption', {}, `head ${head}: ${short(weights.reduce((a, b) => a + b, 0))} selected`), svg);
}

function drawLevels(levels, choose, chosen) {
  const width = 560, height = 220, left = 70;
  const low = levels[0].energy, high = levels[levels.length - 1].energy, span = high - low || 1;
  const svg = draw('svg', { viewBox: `0 0 ${width} ${height + 30}`, width, role: 'group', 'aria-label': 'Lowest states by energy; arrow keys choose one' });
  const y = e => 10 + height - 20 - (e - low) / span * (height - 30);
  for (const e of [low, (low + high) / 2, high]) {
    svg.append(draw('text', { x: left - 6, y: y(e) + 4, 'text-anchor': 'end' }, short(e)), draw('line', { x1: left, x2: width, y1: y(e), y2: y(e), class: 'axis' }));
  }
  const step = (width - left - 10) / levels.length;
  levels.forEach((level, k) => {
    const line = draw('line', { x1: left + 5 + k * step, x2: left + 5 + (k + 0.8) * step, y1: y(level.energy), y2: y(level.energy),
      class: 'level' + (level.feasible ? '' : ' infeasible') + (k === chosen ? ' chosen' : '') });
    const target = draw('rect', { x: left + 5 + k * step, y: y(level.energy) - 9, width: step, height: 18, fill: 'transparent', role: 'button',
      tabindex: k === Math.max(0, chosen) ? 0 : -1, 'aria-pressed': k === chosen, 'data-level': k,
      'aria-label': `state ${k}: energy ${short(level.energy)}${level.feasible ? '' : ', violates a constraint'}` });
    target.append(draw('title', {}, `state ${k}: ${short(level.energy)}, ${short(level.energy - low)} above the lowest${level.feasible ? '' : '; violates a constraint'}`));
    target.addEventListener('click', () => choose(k));
    target.addEventListener('keydown', event => {
      const to = { ArrowRight: k + 1, ArrowLeft: k - 1, Enter: k, ' ': k }[event.key];
      if (to === undefined || to < 0 || to >= levels.length) return;
      event.preventDefault();
      choose(to);
      document.querySelector(`[data-level="${to}"]`)?.focus();
    });
    svg.append(line, target);
  });
  svg.append(draw('text', { x: left, y: height + 20 }, `${levels.length} lowest states, in order; dashed: a constraint is violated`));
  return svg;
}

function drawHistogram(spectrum) {
  const width = 560, height = 200, left = 40, most = Math.max(...spectrum.counts), step = Math.min(60, (width - left) / spectrum.counts.length);
  const svg = draw('svg', { viewBox: `0 0 ${width} ${height + 30}`, width, role: 'img', 'aria-label': `Energies of reads, from ${short(spectrum.low)} to ${short(spectrum.high)}` });
  spectrum.counts.forEach((count, k) => {
    const bar = draw('rect', { x: left + k * step + 1, y: 10 + (height - 10) * (1 - count / most), width: Math.max(1, step - 2), height: (height - 10) * count / most, class: 'bar' });
    bar.append(draw('title', {}, `${count} reads`));
    svg.append(bar);
  });
  const high = spectrum.high > spectrum.low ? short(spectrum.high) : '';
  svg.append(draw('line', { x1: left, x2: width, y1: height, y2: height, class: 'axis' }), draw('text', { x: left, y: height + 18 }, short(spectrum.low)),
    draw('text', { x: width - 2, y: height + 18, 'text-anchor': 'end' }, high), draw('text', { x: left - 4, y: 18, 'text-anchor': 'end' }, String(most)));
  return svg;
}

// Numbers as colours: blue above 0, orange below; a cursor that arrow keys move tells the number.
function drawHeat(caption, values, columns, told) {
  const rows = values.length / columns, largest = values.reduce((most, v) => Math.max(most, Math.abs(v)), 0), most = largest || 1;
  const size = columns <= 32 ? 12 : 1; // with room for a sign, so that colour is not all there is
  const canvas = make('canvas', { width: columns * size, height: rows * size, tabindex: 0, role: 'img', 'aria-label': `${caption}, at most ${short(largest)} in size; arrow keys read numbers` });
  const dark = matchMedia('(prefers-color-scheme: dark)').matches, ground = dark ? 18 : 255;
  const context = canvas.getContext('2d');
  const [plus, minus] = dark ? [[125, 184, 240], [251, 146, 60]] : [[11, 95, 173], [194, 65, 12]];
  values.forEach((v, k) => {
    const share = Math.abs(v) / most, x = (k % columns) * size, y = Math.floor(k / columns) * size;
    context.fillStyle = `rgb(${(v >= 0 ? plus : minus).map(c => Math.round(ground + (c - ground) * share)).join(' ')})`;
    context.fillRect(x, y, size, size);
    if (v < 0 && size > 1 && share > 0.05) {
      context.fillStyle = dark ? '#fff' : '#000';
      context.fillRect(x + 4, y + 6, 4, 1);
    }
  });
  canvas.style.width = `${Math.min(300, Math.max(columns, 8) * 24)}px`;
  canvas.style.height = rows === 1 ? '24px' : `${Math.min(300, rows * 24)}px`;
  let [x, y] = [0, 0];
  const tell = () => told(`${caption}: ${rows === 1 ? `token ${x}` : `tokens ${y}, ${x}`} = ${short(values[y * columns + x])}`);
  canvas.addEventListener('mousemove', event => {
    const box = canvas.getBoundingClientRect();
    x = Math.max(0, Math.min(columns - 1, Math.floor((event.clientX - box.left) / box.width * columns)));
    y = Math.max(0, Math.min(rows - 1, Math.floor((event.clientY - box.top) / box.height * rows)));
    tell();
  });
  canvas.addEventListener('keydown', event => {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!move) return;
    event.preventDefault();
    [x, y] = [Math.max(0, Math.min(columns - 1, x + move[0])), Math.max(0, Math.min(rows - 1, y + move[1]))];
    tell();
  });
  return make('figure', {}, make('figcaption', {}, `${caption} (blue above 0, orange − below, full at ±${short(largest)})`), canvas);
}
