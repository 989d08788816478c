/**
 * What makes a flame graph answer: JavaScript for browsers, to stand in the SVG itself, in CDATA. Zoom and search are kept in
 * the address behind `#`, so that a link or the back button finds them again.
 */
export const FLAME_SCRIPT = `(function () {
  'use strict';
  var picture = document.currentScript.closest('svg');
  var CHARACTER = 6.65, MARGIN = 10;
  var boxes = [], zoomed = 0, wanted = '', frame, details, usual;

  function find(name) { return picture.querySelector('.' + name); }

  function start() {
    frame = find('boxes');
    details = find('details');
    usual = details.textContent;
    frame.querySelectorAll('g').forEach(function (group, index) {
      var rect = group.querySelector('rect'), tip = group.querySelector('title').textContent;
      boxes.push({
        group: group, rect: rect, text: group.querySelector('text'), tip: tip, name: tip.split('\\n')[0],
        x: parseFloat(rect.getAttribute('x')) / 100, width: parseFloat(rect.getAttribute('width')) / 100,
        y: parseFloat(rect.getAttribute('y')),
      });
      group.addEventListener('click', function () { remember(index, wanted); });
      group.addEventListener('mouseenter', function () { details.textContent = tip.split('\\n').join('  ·  '); });
      group.addEventListener('mouseleave', function () { details.textContent = usual; });
    });
    find('search').addEventListener('click', ask);
    find('reset').addEventListener('click', function () { remember(0, wanted); });
    window.addEventListener('resize', draw);
    window.addEventListener('hashchange', recall);
    window.addEventListener('keydown', function (event) {
      if (event.key === '/' || (event.key === 'f' && (event.ctrlKey || event.metaKey))) { event.preventDefault(); ask(); }
      else if (event.key === 'Escape') { if (zoomed > 0) remember(0, wanted); else remember(0, ''); }
    });
    recall();
  }

  function ask() {
    var answer = window.prompt('Search: a part of a name, or a regular expression. Nothing ends the search.', wanted);
    if (answer !== null) remember(zoomed, answer);
  }

  function remember(box, text) {
    var parts = [];
    if (box > 0) parts.push('box=' + box);
    if (text !== '') parts.push('search=' + encodeURIComponent(text));
    var hash = '#' + parts.join('&');
    if (location.hash === hash || (hash === '#' && location.hash === '')) return;
    location.hash = hash;
  }

  function recall() {
    var box = /[#&]box=(\\d+)/.exec(location.hash), text = /[#&]search=([^&]*)/.exec(location.hash);
    zoomed = box && boxes[Number(box[1])] ? Number(box[1]) : 0;
    try { wanted = text ? decodeURIComponent(text[1]) : ''; } catch (error) { wanted = ''; }
    draw();
  }

  function draw() {
    if (picture === document.documentElement) picture.setAttribute('width', Math.max(400, window.innerWidth));
    var width = picture.getBoundingClientRect().width - 2 * MARGIN;
    frame.setAttribute('width', width);
    var target = boxes[zoomed], end = target.x + target.width, tiny = 1e-9;
    boxes.forEach(function (box) {
      var isAbove = box.y < target.y && box.x <= target.x + tiny && box.x + box.width >= end - tiny;
      var isInside = box.y >= target.y && box.x >= target.x - tiny && box.x + box.width <= end + tiny;
      box.isShown = isAbove || isInside;
      box.group.setAttribute('class', box.isShown ? (isAbove ? 'above' : '') : 'hidden');
      if (!box.isShown) return;
      var x = isAbove ? 0 : (box.x - target.x) / target.width, share = isAbove ? 1 : box.width / target.width;
      box.rect.setAttribute('x', x * 100 + '%');
      box.rect.setAttribute('width', share * 100 + '%');
      box.text.setAttribute('x', x * 100 + '%');
      box.text.textContent = fit(box.name, share * width);
    });
    find('reset').classList.toggle('hidden', zoomed === 0);
    mark();
  }

  function fit(name, pixels) {
    var columns = Math.floor((pixels - 6) / CHARACTER), kept = [], used = 0;
    var characters = Array.from(name);
    for (var i = 0; i < characters.length; i++) {
      used += characters[i] >= '\\u2e80' ? 2 : 1;
      if (used > columns) return columns < 3 ? '' : kept.slice(0, -1).join('') + '…';
      kept.push(characters[i]);
    }
    return name;
  }

  function compile(text) {
    try { return new RegExp(text, 'i'); } catch (error) {
      return new RegExp(text.replace(/[.*+?^$\{}()|[\\]\\\\]/g, '\\\\$&'), 'i');
    }
  }

  function mark() {
    var matched = find('matched');
    matched.textContent = '';
    if (wanted === '') return;
    var pattern = compile(wanted), spans = [];
    boxes.forEach(function (box) {
      var isFound = box.isShown && pattern.test(box.tip.split('\\n').slice(0, -2).join(' '));
      box.group.classList.toggle('found', isFound);
      if (isFound && !box.group.classList.contains('above')) spans.push([box.x, box.x + box.width]);
    });
    // Boxes within boxes count once.
    spans.sort(function (a, b) { return a[0] - b[0] || b[1] - a[1]; });
    var sum = 0, reached = -1;
    spans.forEach(function (span) {
      if (span[1] <= reached + 1e-12) return;
      sum += span[1] - Math.max(span[0], reached);
      reached = span[1];
    });
    var share = (100 * sum) / boxes[zoomed].width;
    matched.textContent = 'found "' + wanted + '": ' + share.toFixed(1) + ' % of ' + (zoomed === 0 ? 'all' : 'what is shown');
  }

  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
  else start();
})();
`;
