// What a plan's report does in the browser. Runs as it stands, from a file, without a network; values only ever become text nodes.
'use strict';
(async () => {
  const LINE = 24; // px; every line of a cluster is as high, so that the height of each cluster is known before it is drawn
  const GAP = 14;
  const MOST_PIXELS = 16_000_000; // Firefox draws no higher element
  const byId = (id) => document.getElementById(id);

  const [head, ...lines] = (await unpacked(byId('data').textContent)).split('\n');
  const { fields, scoreNames } = JSON.parse(head);
  lines.pop(); // the last line ends with a line end
  // A line is `kind \t score \t members \t changes \t rules \t JSON`, so that no cluster is parsed before it is seen.
  const clusters = lines.map((line, at) => {
    const [kind, score, members, changes, rules] = line.split('\t', 5);
    return {
      at,
      line,
      kind,
      score: Number(score),
      members: Number(members),
      changes: Number(changes),
      rules: rules.split('|')
    };
  });
  let lower; // of each line, made at the first search

  const view = byId('view');
  const space = byId('space');
  const state = { shown: [], tops: [0], drawn: new Map() };

  for (const name of scoreNames) byId('rule').append(new Option(name, name));
  for (const id of ['kind', 'rule', 'sort', 'below']) byId(id).addEventListener('change', choose);
  let waiting;
  byId('search').addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(choose, 150);
  });
  view.addEventListener('scroll', draw);
  window.addEventListener('resize', draw);
  for (const bar of document.querySelectorAll('[data-below]'))
    bar.addEventListener('click', () => {
      byId('below').value = bar.dataset.below;
      choose();
    });
  choose();
  document.body.dataset.ready = 'true';

  function choose() {
    const kind = byId('kind').value;
    const rule = byId('rule').value;
    const below = Number(byId('below').value || 2);
    const words = byId('search').value.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length > 0 && !lower)
      lower = clusters.map(({ line }) => line.slice(line.lastIndexOf('\t') + 1).toLowerCase());
    const found = clusters.filter(
      (one) =>
        (kind === '' || one.kind === kind) &&
        (rule === '' || one.rules.includes(rule)) &&
        one.score <= below &&
        words.every((word) => lower[one.at].includes(word))
    );
    found.sort(ORDERS[byId('sort').value] ?? ORDERS.worst);
    state.shown = [];
    state.tops = [0];
    for (const one of found) {
      const bottom = state.tops[state.tops.length - 1] + heightOf(one);
      if (bottom > MOST_PIXELS) break;
      state.shown.push(one);
      state.tops.push(bottom);
    }
    const all = found.length.toLocaleString('en-US');
    byId('count').textContent =
      state.shown.length < found.length
        ? `the first ${state.shown.length.toLocaleString('en-US')} of ${all}; search to see others`
        : `${all} of ${clusters.length.toLocaleString('en-US')}`;
    space.style.height = `${state.tops[state.tops.length - 1]}px`;
    for (const element of state.drawn.values()) element.remove();
    state.drawn.clear();
    view.scrollTop = 0;
    draw();
  }

  function heightOf({ members, changes }) {
    return (2 + members + (changes > 0 ? changes + 1 : 0)) * LINE + GAP;
  }

  /** Draws what is in sight, and takes away what is not. */
  function draw() {
    const { shown, tops, drawn } = state;
    const from = Math.max(0, indexAt(view.scrollTop - 600));
    const to = Math.min(shown.length, indexAt(view.scrollTop + view.clientHeight + 600) + 1);
    for (const [at, element] of drawn)
      if (at < from || at >= to) {
        element.remove();
        drawn.delete(at);
      }
    for (let at = from; at < to; at += 1) {
      if (drawn.has(at)) continue;
      const element = clusterElement(shown[at]);
      element.style.top = `${tops[at]}px`;
      drawn.set(at, element);
      space.append(element);
    }
  }

  /** The last cluster that begins at or above a height. */
  function indexAt(pixels) {
    let low = 0;
    let high = state.shown.length;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (state.tops[middle] <= pixels) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  function clusterElement({ line, kind, score }) {
    const { cluster, members, changes } = JSON.parse(line.slice(line.lastIndexOf('\t') + 1));
    const box = make('article', undefined, `cluster ${kind}`);
    const title = make('h3');
    title.append(make('b', cluster), ` ${kind === 'merge' ? 'to be merged' : 'for review'}, score ${score.toFixed(3)}`);
    const table = make('table');
    table.append(rowOf('th', ['', 'record', 'rule', 'score', ...fields]));
    const [survivor] = members;
    for (const member of members) {
      const [role, key, rule, own, ...values] = member;
      const row = rowOf('td', [role, key, rule, own]);
      for (const [i, value] of values.entries())
        row.append(cell(member === survivor ? undefined : survivor[i + 4], value));
      if (member === survivor) row.className = 'survivor';
      table.append(row);
    }
    box.append(title, table);
    if (changes.length > 0) {
      const list = make('table', undefined, 'changes');
      list.append(rowOf('th', ['the survivor gets', 'before', 'after', 'why', 'from']));
      for (const [field, before, after, why, from] of changes) {
        const row = rowOf('td', [field, before]);
        row.append(cell(before, after), make('td', why), make('td', from));
        list.append(row);
      }
      box.append(list);
    }
    return box;
  }

  /** A value, with the characters marked that another one has not. */
  function cell(other, value) {
    const element = make('td');
    element.title = value;
    if (other === undefined || other === value) element.textContent = value;
    else if (value === '') element.append(make('i', 'empty'));
    else
      for (const { text, isSame } of compared(other, value))
        element.append(isSame ? text : make('mark', text, text === '' ? 'missing' : undefined));
    return element;
  }

  function compared(one, other) {
    const a = [...one];
    const b = [...other];
    if (a.length * b.length > 40_000) return [{ text: other, isSame: false }];
    const longest = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
    for (let i = a.length - 1; i >= 0; i -= 1)
      for (let j = b.length - 1; j >= 0; j -= 1)
        longest[i][j] = a[i] === b[j] ? longest[i + 1][j + 1] + 1 : Math.max(longest[i + 1][j], longest[i][j + 1]);
    const pieces = [];
    const add = (text, isSame) => {
      const last = pieces[pieces.length - 1];
      if (last?.isSame === isSame) last.text += text;
      else pieces.push({ text, isSame });
    };
    let i = 0;
    for (let j = 0; j < b.length || i < a.length;) {
      if (i < a.length && a[i] === b[j]) {
        add(b[j], true);
        i += 1;
        j += 1;
      } else if (i < a.length && (j === b.length || longest[i + 1][j] >= longest[i][j + 1])) {
        add('', false); // here the other one has more
        i += 1;
      } else {
        add(b[j], false);
        j += 1;
      }
    }
    return pieces;
  }

  function rowOf(kind, texts) {
    const row = make('tr');
    for (const text of texts) {
      const element = make(kind, text);
      element.title = text;
      row.append(element);
    }
    return row;
  }

  function make(tag, text, className) {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    return element;
  }

  async function unpacked(base64) {
    const bytes = Uint8Array.from(atob(base64.trim()), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Response(stream).text();
  }
})();

const ORDERS = {
  worst: (one, other) => one.score - other.score || one.at - other.at,
  best: (one, other) => other.score - one.score || one.at - other.at,
  largest: (one, other) => other.members - one.members || one.at - other.at,
  file: (one, other) => one.at - other.at
};
