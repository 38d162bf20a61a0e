// What the page asks of the server, and shows.
const byId = id => document.getElementById(id);
const page = crypto.randomUUID();
let model, answer, image = null, sequence = 0, running = null, chosen = -1;
const inputs = {};

function control(parent, name, label, element, text = () => element.value, note = '') {
  element.id = `c-${name}`;
  const output = make('output', { for: element.id });
  const row = make('div', { class: 'control' }, make('label', { for: element.id }, make('span', {}, label), output), element);
  if (note) row.append(make('div', { class: 'formula' }, note));
  parent.append(row);
  inputs[name] = element;
  element.show = () => { output.textContent = element.tagName === 'SELECT' ? '' : text(); };
  element.show();
  element.addEventListener('input', () => { element.show(); ask(); });
  return element;
}

const range = (least, most, value, step = 1) => make('input', { type: 'range', min: least, max: most, step, value });
const whole = value => make('input', { type: 'number', min: 0, max: 2147483647, step: 1, value });

function build() {
  byId('name').textContent = model.name;
  document.title = `${model.name} – qama serve`;
  byId('shape').textContent = `${model.shape}. Selections: ${model.scope}. `
    + (model.layer === null ? 'First values of seed 1.' : `Trained values${model.layer ? ` of ${model.layer}` : ''}.`)
    + (model.temperature === null ? '' : ` Reads at temperature ${short(model.temperature)}.`);
  byId('formulas').textContent = model.formulas.join('; ');
  const kinds = [['random', 'random tokens'], ...(model.rows ? [['row', 'of the data file']] : []), ...(model.image ? [['values', 'patches of the image']] : [])];
  const sample = byId('sample');
  const kind = make('select', {}, ...kinds.map(([value, text]) => make('option', { value }, text)));
  kind.value = kinds[kinds.length - 1][0];
  control(sample, 'kind', 'Tokens', kind);
  control(sample, 'sampleSeed', 'Seed of random tokens', whole(1), () => '');
  if (model.rows > 1) control(sample, 'index', 'Sample of the file', range(0, model.rows - 1, 0));
  control(sample, 'tokens', 'Tokens present', range(1, model.tokens, model.tokens));
  if (model.problems > 1) control(sample, 'problem', 'Problem of the sample', range(0, model.problems - 1, 0));
  if (model.heads > 1) control(sample, 'head', 'Head of couplings and fields', range(0, model.heads - 1, 0));
  model.parts.forEach((part, k) => {
    const slider = range(0, 4, 1, 0.01);
    control(byId('weights'), `w${k}`, part.name, slider,
      () => part.declared === null ? `${short(+slider.value)} × sufficient` : short(slider.value * part.declared), part.formula);
  });
  const sampler = byId('sampler');
  control(sampler, 'sweeps', 'Sweeps', range(0, sweepCounts.length - 1, sweepCounts.indexOf(model.sweeps)), () => String(sweeps()));
  control(sampler, 'reads', 'Reads', range(1, 256, model.reads));
  control(sampler, 'seed', 'Seed', whole(1), () => '');
  control(sampler, 'bits', 'Bits of the machine', range(2, 16, 8));
  byId('reset').addEventListener('click', () => {
    model.parts.forEach((_, k) => { inputs[`w${k}`].value = 1; inputs[`w${k}`].show(); });
    ask();
  });
  byId('controls').addEventListener('submit', event => event.preventDefault());
}

const sweepCounts = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000];
const sweeps = () => sweepCounts[inputs.sweeps.value];
const valueOf = (name, missing = 0) => inputs[name] ? Number(inputs[name].value) : missing;

function request() {
  const kind = inputs.kind.value;
  const sample = kind === 'random' ? { kind, seed: valueOf('sampleSeed') } : kind === 'row' ? { kind, index: valueOf('index') } : { kind, values: image.values };
  return { page, sequence: ++sequence, scales: model.parts.map((_, k) => valueOf(`w${k}`)), sample, tokens: valueOf('tokens'), problem: valueOf('problem'),
    head: valueOf('head'), sweeps: sweeps(), reads: valueOf('reads'), seed: valueOf('seed'), bits: valueOf('bits') };
}

// The newest request is the one whose answer counts: what was asked before is given up, here and at the server.
async function ask() {
  running?.abort();
  const own = running = new AbortController();
  const begun = performance.now();
  try {
    const response = await fetch('/api/solve', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(request()), signal: own.signal });
    const found = await response.json();
    if (own !== running || response.status === 409) return;
    if (!response.ok) throw new Error(found.error);
    answer = found;
    chosen = -1;
    show();
    say(`Energy ${short(answer.energy)} · ${answer.readsAtBest} of ${answer.reads} reads at it · ${answer.sampler} · ${Math.round(performance.now() - begun)} ms`);
  } catch (error) {
    if (error.name !== 'AbortError' && own === running) say(error.message || 'The server does not answer: is qama serve running?', true);
  }
}

function say(text, bad = false) {
  byId('status').textContent = text;
  byId('status').className = bad ? 'bad' : '';
}

function show() {
  showSelection();
  fillTable(byId('energy'), ['part', '#weight', '#energy'], [
    ...answer.parts.map(p => ({ cells: [p.name, short(p.weight), short(p.energy)] })), { cells: ['together', '', short(answer.energy)] }]);
  byId('constraints').hidden = answer.constraints.length === 0;
  fillTable(byId('constraints'), ['constraint', 'sums of heads', 'holds'], answer.constraints.map(c => ({
    cells: [c.kind + (c.bound === null ? '' : ` ${c.bound}`), c.sums ? c.sums.join(', ') : '', c.fulfilled ? '✓ yes' : '✗ violated'], bad: !c.fulfilled })));
  showSpectrum();
  const n = model.candidates, tell = text => { byId('cell').textContent = text; };
  const has = kind => model.parts.some(p => p.kind === kind), head = valueOf('head');
  byId('coefficients').replaceChildren(...(has('Coupling') ? [drawHeat(`J of head ${head}`, answer.couplings, n, tell)] : []),
    ...(has('Field') ? [drawHeat(`f of head ${head}`, answer.fields, n, tell)] : []));
  showRounded();
}

function showSelection() {
  const level = chosen >= 0 ? answer.spectrum.levels[chosen] : null, n = model.candidates, columns = columnsOf(n);
  const present = [...answer.present].map(c => c === '1');
  const weights = level ? weightsOf(level.state) : answer.selection;
  byId('selection-note').textContent = level ? `State ${chosen} of the spectrum, energy ${short(level.energy)}.`
    : `Best read, energy ${short(answer.energy)}${answer.feasible ? '' : '; it violates a constraint'}. Filled: selected; dots: share of reads; ×: absent.`;
  byId('selection').replaceChildren(...weights.map((w, h) => drawSelection(h, w, answer.share[h], present.slice(h * n, (h + 1) * n), columns,
    inputs.kind.value === 'values' ? image.picture : null)));
}

function weightsOf(state) {
  const n = model.candidates, most = 2 ** model.bits - 1;
  return Array.from({ length: model.heads }, (_, h) => Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let b = 0; b < model.bits; b++) sum += state[(h * n + i) * model.bits + b] === '1' ? 2 ** b : 0;
    return sum / most;
  }));
}

const columnsOf = n => model.grid ? model.grid.columns : inputs.kind.value === 'values' ? image.columns : Math.min(n, 16);

function showSpectrum() {
  const spectrum = answer.spectrum, levels = spectrum.kind === 'levels';
  byId('spectrum-note').textContent = levels
    ? `All states were visited: the best read is ${answer.energy - spectrum.levels[0].energy > 1e-6 ? `${short(answer.energy - spectrum.levels[0].energy)} above` : 'at'} the lowest energy, ${short(spectrum.levels[0].energy)}.`
    : `Energies of ${answer.reads} reads: parts of more than ${model.enumerated} variables are too many states to visit.`;
  byId('spectrum').replaceChildren(levels ? drawLevels(spectrum.levels, k => { chosen = k === chosen ? -1 : k; showSelection(); showSpectrum(); }, chosen) : drawHistogram(spectrum));
}

function showRounded() {
  const r = answer.rounded;
  byId('rounded').hidden = r === null;
  if (r === null) { byId('rounded-text').textContent = 'The problem is too large for a look at once.'; return; }
  const loss = r.energy - r.best;
  byId('rounded-text').textContent = r.changed === 0 ? `${r.bits} bits change nothing in what is selected.`
    : `What is found with ${r.bits} bits differs in ${r.changed} selections of tokens; its energy is ${loss > 1e-6 ? `${short(loss)} above` : 'no more than'} the lowest known${r.searchedBy === 'sa' ? ' (not all states were visited: the search may have lost it)' : ''}.`;
  fillTable(byId('rounded'), ['rounding', '#value'], [['represented', r.exact ? 'exactly' : 'rounded'], ['spins, fields among them', `${r.spins}, ${r.fieldSpins}`],
    ['variables decided before', r.decided], ['coefficients that become 0', `${r.roundedToZero} of ${r.terms}`], ['integers per unit', short(r.scale)],
    ['largest error, mean', `${short(r.maxError)}, ${short(r.meanError)}`], ['energy of what is found', short(r.energy)], ['lowest known', short(r.best)],
    ['searched by', { exact: 'all states', sa: `${r.sweeps} sweeps, ${r.reads} reads`, decided: 'nothing was left to search' }[r.searchedBy]]].map(cells => ({ cells: cells.map(String) })));
}

// A patch is a token: as many pixels a side as its width has room for, in grey (or red, green and blue where they fill it).
async function patches() {
  const bitmap = await createImageBitmap(await (await fetch('/api/data')).blob());
  const columns = model.grid ? model.grid.columns : Math.ceil(Math.sqrt(model.tokens)), rows = Math.ceil(model.tokens / columns);
  const coloured = Number.isInteger(Math.sqrt(model.width / 3)), side = Math.max(1, Math.floor(Math.sqrt(coloured ? model.width / 3 : model.width)));
  const canvas = make('canvas', { width: columns * side, height: rows * side });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
  const values = new Array(model.tokens * model.width).fill(0);
  for (let t = 0; t < model.tokens; t++) {
    for (let k = 0; k < side * side; k++) {
      const at = 4 * ((Math.floor(t / columns) * side + Math.floor(k / side)) * canvas.width + (t % columns) * side + k % side);
      const [r, g, b] = [pixels[at] / 255, pixels[at + 1] / 255, pixels[at + 2] / 255], place = t * model.width;
      if (coloured) [r, g, b].forEach((c, p) => { values[place + 3 * k + p] = c; });
      else values[place + k] = 0.299 * r + 0.587 * g + 0.114 * b;
    }
  }
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length) || 1;
  image = { columns, values: values.map(v => (v - mean) / deviation), picture: canvas.toDataURL() };
}

(async () => {
  try {
    model = await (await fetch('/api/model')).json();
    if (model.image) await patches();
    build();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => answer && show());
    await ask();
  } catch (error) {
    say(`The page cannot be shown: ${error.message}`, true);
  }
})();
