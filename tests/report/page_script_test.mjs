// The script of reports (host/report/page_script.js) on a page that is just enough of one.
//   node --test tests/report/page_script_test.mjs
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import vm from 'node:vm';

const script = readFileSync(new URL('../../host/report/page_script.js', import.meta.url), 'utf8');

class FakeElement {
  constructor(name) {
    Object.assign(this, {name, children: [], attributes: {}, listeners: {}, words: '', hidden: false});
    this.style = {setProperty: (key, value) => { this.style[key] = value; }};
  }
  get textContent() { return this.words + this.children.map(child => child.textContent).join(''); }
  set textContent(words) { this.children = []; this.words = words; }
  get childElementCount() { return this.children.length; }
  append(...all) { for (const one of all) this.children.push(typeof one === 'string' ? Object.assign(new FakeElement('#text'), {words: one}) : one); }
  replaceChildren() { this.children = []; this.words = ''; }
  setAttribute(key, value) { this.attributes[key] = value; }
  addEventListener(kind, handle) { this.listeners[kind] = handle; }
  setPointerCapture() {}
  getScreenCTM() { return {inverse: () => null}; }  // a page whose pixels are those of the view box
  getBoundingClientRect() { return {left: 0, top: 0, right: 1000, width: 1000}; }
  click() {}
  all() { return this.children.flatMap(child => [child, ...child.all()]); }
  querySelectorAll(name) { return this.all().filter(child => child.name === name); }
  querySelector(selector) {
    const id = /^\[id="(.*)"\]$/.exec(selector);
    return this.all().find(child => id ? child.attributes.id === id[1] : child.name === selector.split('[')[0]) || null;
  }
}

/// A figure of two rows over the same time, 100 px for 10 s.
const figureData = {
  name: 'picture-1', title: 'Single synapses', columns: [[0, 5, 10], [2, 7]],
  panels: [
    {box: [0, 0, 100, 100], x: {low: 0, high: 10, log: false, label: ''}, y: {low: 0, high: 1, log: false, label: 'u [1]'},
     maps: [], curves: [
       {name: 'synapse 0', ink: 'blue', column: 'u [1], synapse 0', shape: 'line', x: 0, y: [0.1, 0.2, null]},
       {name: 'synapse 7', ink: 'green', column: 'u [1], synapse 7', shape: 'line', x: 0, y: [0.5, 0.6, 0.7]}]},
    {box: [0, 150, 100, 250], x: {low: 0, high: 10, log: false, label: 'time [s]'},
     y: {low: 0, high: 2, log: false, label: 'C_s [µM]'}, maps: [], curves: [
       {name: 'synapse 0', ink: 'blue', column: 'C [µM], synapse 0', shape: 'line', x: 0, y: [1, 1.5, 2]},
       {name: 'synapse 0', ink: 'blue', column: 'release', shape: 'points', x: 1, y: [1, 1.5]}]}]
};

const open = data => {
  const figure = new FakeElement('figure'), caption = new FakeElement('figcaption'), svg = new FakeElement('svg');
  const source = Object.assign(new FakeElement('script'), {words: JSON.stringify(data)});
  for (const id of ['1a', '2a', '1b', '2b'])
    svg.append(Object.assign(new FakeElement('g'), {attributes: {id: 'picture-1-gnuplot_plot_' + id}}));
  figure.append(caption, svg, source);
  const saved = [];
  vm.runInNewContext(script, {
    document: {
      querySelectorAll: name => name === 'figure' ? [figure] : [], createElement: name => new FakeElement(name),
      createElementNS: (space, name) => new FakeElement(name)
    },
    DOMPoint: class { constructor(x, y) { Object.assign(this, {x, y}); } matrixTransform() { return this; } },
    Blob: class { constructor(parts) { this.text = parts.join(''); } },
    URL: {createObjectURL: blob => { saved.push(blob.text); return ''; }, revokeObjectURL() {}},
    setTimeout() {}
  });
  const button = words => figure.querySelectorAll('button').find(each => each.textContent === words);
  const send = (kind, x, y) => svg.listeners[kind](
    {type: kind, clientX: x, clientY: y, button: 0, pointerId: 1, preventDefault() {}});
  const readout = () => figure.querySelectorAll('div').find(each => each.className === 'readout');
  return {figure, svg, saved, button, send, readout};
};

test('shows the values at the pointer', () => {
  const {send, readout} = open(figureData);
  send('pointermove', 52, 50);
  assert.deepEqual(readout().children.map(row => row.textContent),
                   ['time 5.2 s', 'u, synapse 0 0.2', 'u, synapse 7 0.6']);
  send('pointermove', 95, 200);  // the index of a symbol is below the line
  assert.deepEqual(readout().children.map(row => row.textContent), ['time 9.5 s', 'Cs, synapse 0 2 µM']);
  send('pointermove', 50, 125);  // between the rows
  assert.equal(readout().hidden, true);
});

test('switches the curves of a name off and on in every row', () => {
  const {svg, button} = open(figureData);
  const group = id => svg.querySelector('[id="picture-1-gnuplot_plot_' + id + '"]').style.display;
  button('synapse 0').onclick();
  assert.deepEqual(['1a', '2a', '1b', '2b'].map(group), ['none', '', 'none', 'none']);
  assert.equal(button('synapse 0').attributes['aria-pressed'], 'false');
  button('synapse 0').onclick();
  assert.deepEqual(['1a', '2a', '1b', '2b'].map(group), ['', '', '', '']);
});

test('zooms all rows of one time together, and back', () => {
  const {svg, send, button} = open(figureData);
  assert.equal(button('show all again').hidden, true);
  send('pointerdown', 20, 50);
  send('pointermove', 60, 52);
  send('pointerup', 60, 52);
  const marks = svg.querySelectorAll('text').map(text => text.textContent);
  assert.deepEqual(marks, ['2', '2.5', '3', '3.5', '4', '4.5', '5', '5.5', '6']);  // below the lowest row alone
  const curves = svg.querySelectorAll('path').filter(path => path.attributes['stroke-width'] === 1.6);
  assert.equal(curves.length, 3);
  // 5 s is three quarters of the way from 2 s to 6 s; 0.6 of 0 to 1 is 40 px from the top.
  assert.ok(curves[1].attributes.d.includes('75.00,40.00'), curves[1].attributes.d);
  button('show all again').onclick();
  assert.equal(svg.querySelectorAll('text').length, 0);
});

test('writes the numbers as CSV, a table per set of places', () => {
  const {saved, button} = open(figureData);
  button('CSV').onclick();
  assert.equal(saved[0], '\ufeff' +
    'time [s],"u [1], synapse 0","u [1], synapse 7","C [µM], synapse 0"\n0,0.1,0.5,1\n5,0.2,0.6,1.5\n10,,0.7,2\n' +
    '\ntime [s],release\n2,1\n7,1.5\n');
});

test('writes a map as CSV', () => {
  const map = {column: 'C [µM]', x: [0, 1], y: [0, 1], values: [1, 2, 3, null]};
  const panel = {box: [0, 0, 100, 100], x: {low: 0, high: 1, log: false, label: 'column'},
                 y: {low: 0, high: 1, log: false, label: 'row'}, curves: [], maps: [map]};
  const {saved, button, send, readout} = open({name: 'p', title: 'A map', columns: [], panels: [panel]});
  button('CSV').onclick();
  assert.equal(saved[0], '\ufeffcolumn,row,C [µM]\n0,0,1\n1,0,2\n0,1,3\n1,1,\n');
  send('pointermove', 90, 90);
  assert.deepEqual(readout().children.map(row => row.textContent), ['column 0.9', 'row 0.1', 'C 2 µM']);
});

test('leaves figures without numbers alone', () => {
  const {figure} = open({name: 'p', title: 'Nothing', columns: [], panels: []});
  assert.equal(figure.querySelectorAll('button').filter(each => !each.hidden).length, 0);
});

test('the reader chooses one of several figures', () => {
  const options = ['layer 0, head 0', 'layer 3, head 1'].map((name, i) =>
    Object.assign(new FakeElement('div'), {dataset: {name}, hidden: i > 0}));
  const choice = Object.assign(new FakeElement('div'), {dataset: {what: 'head'}, children: options.slice()});
  choice.prepend = one => choice.children.unshift(one);
  vm.runInNewContext(script, {
    document: {
      querySelectorAll: name => name === '.choice' ? [choice] : [], createElement: name => new FakeElement(name)
    }
  });
  const select = choice.all().find(each => each.name === 'select');
  assert.deepEqual(select.children.map(each => each.textContent), ['layer 0, head 0', 'layer 3, head 1']);
  assert.deepEqual(options.map(each => each.hidden), [false, true]);
  select.selectedIndex = 1;
  select.onchange();
  assert.deepEqual(options.map(each => each.hidden), [true, false]);
});
