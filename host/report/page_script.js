'use strict';
// What a report adds to its pictures where a browser runs scripts: values at the pointer, zoom, curves switched on and
// off, data as CSV. Each figure has its numbers as JSON (figure_data.cpp); positions are those of the SVG's viewBox.
(() => {
  const svgElement = (name, attributes, parent) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const key of Object.keys(attributes)) element.setAttribute(key, attributes[key]);
    if (parent) parent.append(element);
    return element;
  };
  const htmlElement = (name, className, text, parent) => {
    const element = document.createElement(name);
    if (className) element.className = className;
    element.textContent = text;
    if (parent) parent.append(element);
    return element;
  };

  // ---- axes
  const scaled = (axis, value) => axis.log ? Math.log(value) : value;
  const pixel = (axis, value, first, last) => {
    const low = scaled(axis, axis.low), high = scaled(axis, axis.high);
    return first + (scaled(axis, value) - low) / (high - low) * (last - first);
  };
  const valueAt = (axis, position, first, last) => {
    const low = scaled(axis, axis.low), high = scaled(axis, axis.high);
    const value = low + (position - first) / (last - first) * (high - low);
    return axis.log ? Math.exp(value) : value;
  };
  const isUsable = axis => axis.low !== null && axis.high !== null && axis.high > axis.low;
  // Round numbers within an axis, about `marks` of them.
  const roundMarks = (axis, marks) => {
    const raw = (axis.high - axis.low) / marks, decade = Math.pow(10, Math.floor(Math.log10(raw)));
    const step = [1, 2, 5, 10].map(factor => factor * decade).find(each => each >= raw) || 10 * decade;
    const values = [];
    for (let k = Math.ceil(axis.low / step - 1e-9); k * step <= axis.high + 1e-9 * step; ++k)
      values.push(Number((k * step).toPrecision(12)));
    return values;
  };
  const words = value => {
    if (value === null || value === undefined || !isFinite(value)) return '–';
    if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e7)) return value.toExponential(3);
    return String(Number(value.toPrecision(5)));
  };
  // "C [µM]" -> "C", "µM"
  const parts = label => {
    const found = /^(.*) \[(.*)\]$/.exec(label);
    return found ? [found[1], found[2] === '1' ? '' : ' ' + found[2]] : [label, ''];
  };

  // Words with the index of a symbol below the line: "C_Θ".
  const setWords = (element, content) => {
    let from = 0;
    for (const found of content.matchAll(/(?<=^|[\s(])(\p{L})_([\p{L}\p{N}]+)/gu)) {
      element.append(content.slice(from, found.index) + found[1]);
      htmlElement('sub', '', found[2], element);
      from = found.index + found[0].length;
    }
    element.append(content.slice(from));
  };

  // The index of the value nearest to `wanted` in a column, rising or not.
  const nearest = (column, wanted) => {
    let best = -1, distance = Infinity;
    for (let i = 0; i < column.length; ++i) {
      const away = Math.abs(column[i] - wanted);
      if (column[i] !== null && away < distance) [best, distance] = [i, away];
    }
    return best;
  };

  // ---- data as CSV
  const cell = value => {
    const text = value === null || value === undefined ? '' : String(value);
    return /[",\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
  };
  const csvOf = data => {
    const curves = data.panels.flatMap(panel => panel.curves.map(curve => ({curve, panel})));
    const blocks = [];
    const used = [...new Set(curves.map(each => each.curve.x))];
    for (const column of used) {  // one table per set of places
      const own = curves.filter(each => each.curve.x === column);
      const named = own.flatMap(({curve, panel}) => {
        const name = curve.column || [panel.y.label, curve.name].filter(Boolean).join(' ');
        if (curve.shape === 'marks') return [[name, curve.y.map(() => 1)]];
        return curve.high ? [['lower ' + name, curve.y], ['upper ' + name, curve.high]] : [[name, curve.y]];
      });
      // Rows without a label have that of the lowest.
      const place = own.concat(data.panels.map(panel => ({panel}))).map(each => each.panel.x.label).find(Boolean);
      const rows = [[place || 'x', ...named.map(each => each[0])]];
      data.columns[column].forEach((x, i) => rows.push([x, ...named.map(each => each[1][i])]));
      blocks.push(rows);
    }
    for (const panel of data.panels)
      for (const map of panel.maps) {
        const rows = [[panel.x.label || 'x', panel.y.label || 'y', map.column]];
        map.values.forEach((value, i) =>
          rows.push([map.x[i % map.x.length], map.y[Math.floor(i / map.x.length)], value]));
        blocks.push(rows);
      }
    return blocks.map(rows => rows.map(row => row.map(cell).join(',')).join('\n') + '\n').join('\n');
  };

  // ---- one figure
  const enliven = (figure, svg, data) => {
    const panels = data.panels.filter(panel => isUsable(panel.x) && isUsable(panel.y));
    const hidden = new Set();
    const shown = new Map();  // panel -> its axes while it is zoomed
    const axesOf = panel => shown.get(panel) || panel;
    const curves = panels.flatMap(panel => panel.curves);
    const hasData = curves.length > 0 || panels.some(panel => panel.maps.length > 0);

    const tools = htmlElement('div', 'tools', '');
    const legend = new Map();
    for (const curve of curves)
      if (curve.name && !legend.has(curve.name)) legend.set(curve.name, curve.ink);
    if (legend.size > 1)
      for (const [name, ink] of legend) {
        const button = htmlElement('button', 'curve', '', tools);
        setWords(button, name);
        button.type = 'button';
        button.style.setProperty('--ink', 'var(--' + ink + ')');
        button.setAttribute('aria-pressed', 'true');
        button.title = 'show or hide';
        button.onclick = () => {
          if (!hidden.delete(name)) hidden.add(name);
          button.setAttribute('aria-pressed', String(!hidden.has(name)));
          redraw();
        };
      }
    const whole = htmlElement('button', '', 'show all again', tools);
    whole.type = 'button';
    whole.hidden = true;
    whole.onclick = () => { shown.clear(); redraw(); };
    if (hasData) {
      const save = htmlElement('button', '', 'CSV', tools);
      save.type = 'button';
      save.title = 'save the numbers of this figure, of dense curves the least and the largest between two points; ' +
        'all are in the files of the run';
      save.onclick = () => {
        const link = document.createElement('a');
        link.href = URL.createObjectURL(new Blob(['\ufeff' + csvOf(data)], {type: 'text/csv;charset=utf-8'}));
        link.download = data.title.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '') + '.csv';
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 1000);
      };
    }
    if (curves.length > 0) htmlElement('span', '', 'drag to zoom', tools);
    if (tools.childElementCount > 1 || hasData) figure.querySelector('figcaption').append(tools);
    const readout = htmlElement('div', 'readout', '', figure);
    readout.hidden = true;

    // What the script draws lies above what gnuplot drew.
    const zoomed = svgElement('g', {}, svg);
    const pointer = svgElement('g', {'pointer-events': 'none'}, svg);

    // gnuplot's group of curve k of a panel; panels are lettered in the order in which they were begun.
    const drawnGroup = (panel, k) => {
      const letter = String.fromCharCode(97 + data.panels.indexOf(panel));
      return svg.querySelector('[id="' + data.name + '-gnuplot_plot_' + (k + 1) + letter + '"]');
    };

    const text = (parent, x, y, anchor, content) => {
      svgElement('text', {x, y, 'text-anchor': anchor, 'font-size': 14, style: 'fill:var(--muted)'}, parent)
        .textContent = content;
    };
    const segments = (curve, axes, box, values) => {
      const xs = data.columns[curve.x];
      let path = '', isOpen = false;
      xs.forEach((x, i) => {
        const y = values[i];
        if (x === null || y === null || (axes.x.log && x <= 0) || (axes.y.log && y <= 0)) { isOpen = false; return; }
        // One point beyond either edge lets the line reach it.
        if ((xs[i + 1] < axes.x.low && x < axes.x.low) || (i > 0 && xs[i - 1] > axes.x.high)) { isOpen = false; return; }
        const at = pixel(axes.x, x, box[0], box[2]).toFixed(2) + ',' + pixel(axes.y, y, box[3], box[1]).toFixed(2);
        path += (isOpen ? 'L' : 'M') + at;
        isOpen = true;
      });
      return path;
    };
    const drawCurve = (curve, axes, box, parent) => {
      const style = 'stroke:var(--' + curve.ink + ')', xs = data.columns[curve.x];
      const place = (x, y) => [pixel(axes.x, x, box[0], box[2]), pixel(axes.y, y, box[3], box[1])];
      if (curve.shape === 'line' || curve.shape === 'dashes') {
        const attributes = {d: segments(curve, axes, box, curve.y), fill: 'none', 'stroke-width': 1.6, style};
        if (curve.shape === 'dashes') attributes['stroke-dasharray'] = '7 5';
        svgElement('path', attributes, parent);
        return;
      }
      if (curve.shape === 'band') {
        const edge = (values, k) => values[k] === null ? '' : place(xs[k], values[k]).map(v => v.toFixed(2)).join(',');
        const lower = xs.map((x, k) => edge(curve.y, k)).filter(Boolean);
        const upper = xs.map((x, k) => edge(curve.high, k)).filter(Boolean).reverse();
        svgElement('polygon', {points: lower.concat(upper).join(' '), stroke: 'none', 'fill-opacity': 0.22,
                               style: 'fill:var(--' + curve.ink + ')'}, parent);
        return;
      }
      const width = curve.shape === 'bars' && xs.length > 1 ? Math.abs(place(xs[1], 0)[0] - place(xs[0], 0)[0]) : 0;
      const r = xs.length > 300 ? 1.5 : 3.2;
      xs.forEach((x, i) => {
        if (x === null || curve.y[i] === null || x < axes.x.low || x > axes.x.high) return;
        const [left, top] = place(x, curve.y[i]);
        const fill = 'fill:var(--' + curve.ink + ')';
        if (curve.shape === 'points') svgElement('circle', {cx: left, cy: top, r, style: fill}, parent);
        if (curve.shape === 'marks') svgElement('path', {d: `M${left},${top}V${place(x, curve.high[i])[1]}`, style}, parent);
        if (curve.shape === 'bars')
          svgElement('rect', {x: left - width / 2, y: top, width, height: Math.max(0, box[3] - top), style: fill,
                              'fill-opacity': 0.8}, parent);
      });
    };
    const drawZoomed = panel => {
      const axes = shown.get(panel), box = panel.box;
      const [left, top, right, bottom] = box;
      const cover = {style: 'fill:var(--surface)'};
      svgElement('rect', {...cover, x: left - 1, y: top - 6, width: right - left + 7, height: bottom - top + 13}, zoomed);
      // The tick labels below, except where they are those of a row below.
      const hasOwn = panel.x.label !== '';
      if (hasOwn)
        svgElement('rect', {...cover, x: left - 24, y: bottom + 7, width: right - left + 48, height: 28}, zoomed);
      for (const value of roundMarks(axes.x, 8)) {
        const x = pixel(axes.x, value, left, right);
        svgElement('path', {d: `M${x},${bottom}V${top}`, style: 'stroke:var(--grid)'}, zoomed);
        svgElement('path', {d: `M${x},${bottom}v5`, style: 'stroke:var(--muted)'}, zoomed);
        if (hasOwn) text(zoomed, x, bottom + 30, 'middle', words(value));
      }
      const isOther = axes.y !== panel.y, room = Math.max(50, 17 + panel.numbers);
      if (isOther)
        svgElement('rect', {...cover, x: left - room, y: top - 8, width: room - 1, height: bottom - top + 16}, zoomed);
      for (const value of axes.y.log ? [] : roundMarks(axes.y, 3)) {
        const y = pixel(axes.y, value, bottom, top);
        svgElement('path', {d: `M${left},${y}H${right}`, style: 'stroke:var(--grid)'}, zoomed);
        svgElement('path', {d: `M${left},${y}h-5`, style: 'stroke:var(--muted)'}, zoomed);
        if (isOther) text(zoomed, left - 15, y + 5, 'end', words(value));
      }
      svgElement('path', {d: `M${left},${top}V${bottom}H${right}`, fill: 'none', style: 'stroke:var(--muted)'}, zoomed);
      const clip = data.name + '-clip-' + panels.indexOf(panel);
      svgElement('rect', {x: left, y: top - 2, width: right - left, height: bottom - top + 4},
                 svgElement('clipPath', {id: clip}, zoomed));
      const inside = svgElement('g', {'clip-path': 'url(#' + clip + ')'}, zoomed);
      for (const curve of panel.curves) if (!hidden.has(curve.name)) drawCurve(curve, axes, box, inside);
    };
    const redraw = () => {
      zoomed.replaceChildren();
      for (const panel of panels) {
        panel.curves.forEach((curve, k) => {
          const group = drawnGroup(panel, k);
          if (group) group.style.display = hidden.has(curve.name) ? 'none' : '';
        });
        if (shown.has(panel)) drawZoomed(panel);
      }
      // Labels have lost the underscore of a symbol.
      const faded = new Set([...hidden].map(name => name.replace(/_/g, '')));
      for (const label of svg.querySelectorAll('text'))
        label.style.opacity = faded.has(label.textContent.trim()) ? 0.3 : '';
      whole.hidden = shown.size === 0;
    };

    // ---- the pointer
    const position = event => {
      const matrix = svg.getScreenCTM();
      return matrix ? new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse()) : {x: -1, y: -1};
    };
    const panelAt = place => panels.find(({box}) =>
      place.x >= box[0] && place.x <= box[2] && place.y >= box[1] && place.y <= box[3]);
    // Panels that share the horizontal axis of one, itself included.
    const aligned = panel => panels.filter(other => other.curves.length > 0 && other.box[0] === panel.box[0] &&
      other.box[2] === panel.box[2] && other.x.low === panel.x.low && other.x.high === panel.x.high);

    const showValues = (panel, place, event) => {
      const axes = axesOf(panel), box = panel.box;
      const x = valueAt(axes.x, place.x, box[0], box[2]), y = valueAt(axes.y, place.y, box[3], box[1]);
      const lines = [];
      const line = (name, value, unit, ink) => lines.push({words: (name ? name + ' ' : '') + words(value) + unit, ink});
      // Rows without labels of their own share those of the lowest row.
      const below = panels.filter(other => other.box[0] === panel.box[0] && other.x.label);
      const [xName, xUnit] = parts(panel.x.label || (below.length > 0 ? below[below.length - 1].x.label : 'x'));
      const [yName, yUnit] = parts(panel.y.label || 'y');
      line(xName, x, xUnit);
      for (const map of panel.maps) {
        const i = nearest(map.x, x), k = nearest(map.y, y);
        line(yName, y, yUnit);
        const [name, unit] = parts(map.column);
        line(name, map.values[k * map.x.length + i], unit);
      }
      for (const curve of panel.curves) {
        if (hidden.has(curve.name) || curve.shape === 'points' || curve.shape === 'marks') continue;
        const i = nearest(data.columns[curve.x], x);
        if (i < 0) continue;
        const name = [yName, curve.name].filter(Boolean).join(', ');
        if (curve.high)
          lines.push({words: name + ' ' + words(curve.y[i]) + ' to ' + words(curve.high[i]) + yUnit, ink: curve.ink});
        else
          line(name, curve.y[i], yUnit, curve.ink);
      }
      if (lines.length === 1) line(yName, y, yUnit);
      readout.replaceChildren();
      for (const each of lines) {
        const row = htmlElement('div', '', '', readout);
        setWords(row, each.words);
        if (each.ink) row.style.color = 'var(--' + each.ink + ')';
      }
      readout.hidden = false;
      const frame = figure.getBoundingClientRect();
      const isRight = event.clientX - frame.left > frame.width - 260;
      readout.style.left = isRight ? '' : (event.clientX - frame.left + 16) + 'px';
      readout.style.right = isRight ? (frame.right - event.clientX + 16) + 'px' : '';
      readout.style.top = (event.clientY - frame.top + 12) + 'px';

      const rule = (x1, y1, x2, y2) => svgElement('path',
        {d: `M${x1},${y1}L${x2},${y2}`, 'stroke-width': 1, 'stroke-dasharray': '3 3', style: 'stroke:var(--muted)'},
        pointer);
      const rows = panel.curves.length > 0 ? aligned(panel) : [panel];
      for (const other of rows) rule(place.x, other.box[1], place.x, other.box[3]);
      rule(box[0], place.y, box[2], place.y);
    };

    let drag = null;  // where a drag began, in which panel
    svg.addEventListener('pointermove', event => {
      pointer.replaceChildren();
      const place = position(event), panel = drag ? drag.panel : panelAt(place);
      if (!panel) { readout.hidden = true; return; }
      if (!drag) { showValues(panel, place, event); return; }
      const box = panel.box, isFlat = Math.abs(place.y - drag.y) < 15;
      const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
      const x = clamp(place.x, box[0], box[2]), y = clamp(place.y, box[1], box[3]);
      drag.end = {x, y, isFlat};
      svgElement('rect', {x: Math.min(x, drag.x), y: isFlat ? box[1] : Math.min(y, drag.y), width: Math.abs(x - drag.x),
                          height: isFlat ? box[3] - box[1] : Math.abs(y - drag.y), 'fill-opacity': 0.15,
                          style: 'fill:var(--blue);stroke:var(--blue)'}, pointer);
    });
    svg.addEventListener('pointerdown', event => {
      const place = position(event), panel = panelAt(place);
      if (event.button !== 0 || !panel || panel.curves.length === 0 || panel.x.log) return;
      event.preventDefault();
      svg.setPointerCapture(event.pointerId);
      drag = {panel, x: place.x, y: place.y, end: null};
      readout.hidden = true;
    });
    const release = event => {
      const from = drag;
      drag = null;
      pointer.replaceChildren();
      if (!from || !from.end || event.type !== 'pointerup' || Math.abs(from.end.x - from.x) < 6) return;
      const {panel, end} = from, box = panel.box, axes = axesOf(panel);
      const between = (axis, one, other, first, last) => {
        const values = [valueAt(axis, one, first, last), valueAt(axis, other, first, last)].sort((a, b) => a - b);
        return {...axis, low: values[0], high: values[1]};
      };
      const x = between(axes.x, from.x, end.x, box[0], box[2]);
      for (const other of aligned(panel)) shown.set(other, {x, y: axesOf(other).y});
      if (!end.isFlat && !panel.y.log) shown.get(panel).y = between(axes.y, from.y, end.y, box[3], box[1]);
      redraw();
    };
    svg.addEventListener('pointerup', release);
    svg.addEventListener('pointercancel', release);
    svg.addEventListener('pointerleave', () => { if (!drag) { pointer.replaceChildren(); readout.hidden = true; } });
    svg.addEventListener('dblclick', () => { shown.clear(); redraw(); });
  };

  for (const figure of document.querySelectorAll('figure')) {
    const source = figure.querySelector('script[type="application/json"]'), svg = figure.querySelector('svg');
    if (source && svg) enliven(figure, svg, JSON.parse(source.textContent));
  }

  // ---- one of several figures
  for (const choice of document.querySelectorAll('.choice')) {
    const options = [...choice.children];
    if (options.length < 2) continue;
    const label = htmlElement('label', 'chooser', choice.dataset.what + ' ');
    const select = htmlElement('select', '', '', label);
    for (const option of options) htmlElement('option', '', option.dataset.name, select);
    select.onchange = () => options.forEach((option, i) => { option.hidden = i !== select.selectedIndex; });
    choice.prepend(label);
  }
})();
