// A flame graph as one SVG file that needs nothing else: open it in a browser, click to zoom, search with "/". The outermost
// functions are on top; a box is as wide as the function's total, below the calls it was made in. Where no script runs (in
// an <img>, in a drawing program) it is a picture of the whole. After Brendan Gregg's flamegraph.pl,
// https://www.brendangregg.com/flamegraphs.html.

import { formatCounted, formatShare } from '../../base/quantities.ts';
import { describeMeasure, formatAmount } from '../../profile/amounts.ts';
import { computeShareError } from '../../profile/statistics.ts';
import { FUNCTION_KINDS, NONE, type Profile } from '../../profile/tables.ts';
import { type CallTree, computeCallTree } from '../../profile/trees/call-tree.ts';
import type { ExportedProfile, ExportOptions, Format } from '../format.ts';
import { computeFunctionLabels, type FunctionLabel } from '../function-labels.ts';
import { type Carried, describeLosses } from '../losses.ts';
import { TextWriter } from '../text-writer.ts';
import { colourOf } from './flame-colours.ts';
import { FLAME_SCRIPT } from './flame-svg-script.ts';

const CARRIED: Carried = { threads: false, times: false, lines: false, names: true, negatives: false };

/** Boxes that are drawn at most, the widest: more make browsers slow. */
const MAX_BOXES = 50_000;
/** Levels that are drawn at most: a picture of 17,000 pixels. */
const MAX_LEVELS = 1000;
/** Narrower boxes, a tenth of a pixel wide on most screens, are left out. */
const MIN_SHARE = 1e-4;

export const SVG_FORMAT: Format = {
  name: 'svg',
  title: 'SVG flame graph',
  extensions: ['.svg'],
  matches: () => false,
  exportProfile: exportFlameGraph,
  carries: CARRIED,
  remarks: {
    usedBy: 'any browser; zooms and searches without a server or another file',
    losses: ['Names are shortened to their boxes, and whole in what shows up under the mouse.'],
    limits: [
      'Draws the widest 50,000 boxes, none below 0.01 % of the whole, and 1,000 levels; what is left out is told in the picture.',
    ],
  },
};

/** Width of the picture where no script fits it to the window, and its measures in pixels. */
const WIDTH = 1200;
const MARGIN = 10;
const TOP = 62;
const LEVEL = 17;
/** Of a monospaced font of 11 pixels. */
const CHARACTER = 6.65;
/** What the buttons leave of the first lines; the title's font is larger. */
const HEAD_WIDTH = WIDTH - 220;
const TITLE_SCALE = 11 / 15;

function exportFlameGraph(profile: Profile, options: ExportOptions): ExportedProfile {
  const tree = computeCallTree(profile, options.measure);
  const { isShown, left, levels } = chooseBoxes(tree);
  const writer = new TextWriter();
  const height = TOP + levels * LEVEL + MARGIN;
  writer.write(encodeHead(profile, tree, options, { height, left }));
  const labels = computeFunctionLabels(profile);
  // Where the next child of each level begins.
  const nextChild = new Float64Array(levels + 1);
  for (let node = 0; node < tree.length; node++) {
    const depth = tree.depth[node];
    if (isShown[node] === 0) continue;
    const start = nextChild[depth];
    nextChild[depth] = start + tree.total[node];
    if (depth < levels) nextChild[depth + 1] = start;
    writer.write(encodeBox(profile, tree, labels, node, start));
  }
  writer.write('</svg>\n</svg>\n');
  const notes = left === 0 ? [] : [describeLeft(left)];
  return { bytes: writer.toBytes(), notes: [...notes, ...describeLosses(profile, CARRIED, options.measure)] };
}

/** The widest nodes, each with all of its callers; siblings stand in order of their weight, so none leaves a gap. */
function chooseBoxes(tree: CallTree): { isShown: Uint8Array; left: number; levels: number } {
  const least = tree.total[0] * MIN_SHARE;
  const isWanted = (total: number, node: number) =>
    total >= least && total > 0 && tree.depth[node] < MAX_LEVELS;
  const totals = tree.total.filter(isWanted).sort().reverse();
  // A parent is as wide as its child or wider and stands before it, so it is never cut without its child.
  const edge = totals[MAX_BOXES - 1] ?? 0;
  let atEdge = MAX_BOXES - totals.indexOf(edge);
  const isShown = new Uint8Array(tree.length);
  isShown[0] = 1;
  let shown = 1;
  let levels = 1;
  for (let node = 1; node < tree.length; node++) {
    const total = tree.total[node];
    if (!isWanted(total, node) || total < edge || (total === edge && --atEdge < 0)) continue;
    isShown[node] = 1;
    shown++;
    levels = Math.max(levels, tree.depth[node] + 1);
  }
  return { isShown, left: tree.length - shown, levels };
}

function describeLeft(left: number): string {
  return `${formatCounted(left, 'box is', 'boxes are')} too narrow or too deep to be drawn.`;
}

function encodeHead(
  profile: Profile,
  tree: CallTree,
  { title, measure }: ExportOptions,
  { height, left }: { height: number; left: number },
): string {
  const facts = [`${describeMeasure(profile, measure)} ${formatAmount(tree.unit, tree.total[0])}`];
  if (profile.facts.command !== undefined) facts.unshift(profile.facts.command);
  if (left > 0) facts.push(describeLeft(left));
  return `<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<svg xmlns="http://www.w3.org/2000/svg" class="flame-graph" width="${WIDTH}" height="${height}" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="11">
<title>${escapeXml(title)}</title>
<style>
${STYLE}</style>
<script><![CDATA[
${FLAME_SCRIPT}]]></script>
<rect class="ground" width="100%" height="100%"/>
<text class="title" x="${MARGIN}" y="20">${escapeXml(shortenTo(cleanName(title), HEAD_WIDTH * TITLE_SCALE))}</text>
<text class="facts" x="${MARGIN}" y="36">${escapeXml(shortenTo(cleanName(facts.join(' · ')), HEAD_WIDTH))}</text>
<text class="details" x="${MARGIN}" y="54">Click a box to zoom, / searches</text>
<text class="button search" x="99%" y="20" text-anchor="end">search (/)</text>
<text class="button reset hidden" x="99%" y="36" text-anchor="end">whole graph (Esc)</text>
<text class="matched" x="99%" y="54" text-anchor="end"></text>
<svg class="boxes" x="${MARGIN}" y="${TOP}" width="${WIDTH - 2 * MARGIN}" height="${height - TOP}">
`;
}

const STYLE = `.ground { fill: #fff } .title { font-size: 15px; font-weight: bold } text { fill: #222; white-space: pre }
.facts, .details { fill: #555 } .boxes text { fill: #111; pointer-events: none } .hidden { display: none }
.boxes g { cursor: pointer } .boxes g:hover rect { stroke: #000; stroke-width: 1 } .button { cursor: pointer; fill: #06c }
.boxes .above { opacity: 0.45 } .boxes .found rect { fill: #d63af9 } .boxes .found text { fill: #fff }
@media (prefers-color-scheme: dark) { .ground { fill: #1b1b1f } text { fill: #ddd } .facts, .details { fill: #aaa } .button { fill: #7ab7ff }
.boxes g:hover rect { stroke: #fff } }
`;

function encodeBox(
  profile: Profile,
  tree: CallTree,
  labels: readonly FunctionLabel[],
  node: number,
  start: number,
): string {
  const whole = tree.total[0];
  const share = whole > 0 ? tree.total[node] / whole : 1;
  const x = encodePercent(whole > 0 ? start / whole : 0);
  const y = tree.depth[node] * LEVEL;
  const row = tree.function[node];
  const label = row === NONE ? undefined : labels[row];
  const name = label?.name ?? 'all';
  const kind = row === NONE ? 'all' : FUNCTION_KINDS[profile.functions.kind[row]];
  const text = escapeXml(shortenTo(cleanName(name), share * (WIDTH - 2 * MARGIN)));
  const place = `x="${x}" y="${y}"`;
  return (
    `<g><title>${escapeXml(describeBox(profile, tree, node, label))}</title>` +
    `<rect ${place} width="${encodePercent(share)}" height="${LEVEL - 1}" rx="1" fill="${colourOf(kind, name, label?.file)}"/>` +
    `<text x="${x}" dx="3" y="${y + 12}">${text}</text></g>\n`
  );
}

/** Name and place in the first line: the script takes the name from there. */
function describeBox(
  profile: Profile,
  tree: CallTree,
  node: number,
  label: FunctionLabel | undefined,
): string {
  const share = tree.total[0] > 0 ? tree.total[node] / tree.total[0] : 1;
  const error = formatShare(computeShareError(share, tree.effectiveSamples));
  const costs = `${formatAmount(tree.unit, tree.total[node])}, ${formatShare(share)} ± ${error}`;
  const self = `self ${formatAmount(tree.unit, tree.self[node])}, ${formatCounted(tree.totalSamples[node], 'sample')}`;
  if (label === undefined) {
    const without = tree.self[0] === 0 ? '' : `, ${formatAmount(tree.unit, tree.self[0])} without a stack`;
    return `all\n${formatAmount(tree.unit, tree.total[0])}${without}`;
  }
  const { name, file, firstLine } = label;
  const kind = FUNCTION_KINDS[profile.functions.kind[tree.function[node]]];
  const line = firstLine === undefined ? '' : `:${firstLine}`;
  const place = file === undefined ? '' : `${cleanName(file)}${line}`;
  const tag = kind === 'python' || kind === 'other' ? '' : `[${kind}]`;
  const where = [place, tag].filter((part) => part !== '').join(' ');
  return [cleanName(name), ...(where === '' ? [] : [where]), costs, self].join('\n');
}

/** Exact enough to zoom in ten thousand times. */
function encodePercent(share: number): string {
  return `${Number((share * 100).toFixed(7))}%`;
}

/** As much of a name as fits into a box of that many pixels; nothing if that is too little to tell. */
function shortenTo(name: string, pixels: number): string {
  const columns = Math.floor((pixels - 6) / CHARACTER);
  // East Asian characters are twice as wide.
  const width = (character: string) => (character >= '\u2e80' ? 2 : 1);
  let kept = '';
  let used = 0;
  for (const character of name) {
    used += width(character);
    if (used > columns) return columns < 3 ? '' : `${[...kept].slice(0, -1).join('')}…`;
    kept += character;
  }
  return kept;
}

/** Control characters as visible ones, and none of those that turn text around. */
function cleanName(text: string): string {
  return text
    .replace(CONTROL, (character) => String.fromCodePoint(0x2400 + character.charCodeAt(0)))
    .replace(DISGUISING, '\ufffd');
}

function escapeXml(text: string): string {
  return text
    .replace(NOT_IN_XML, '\ufffd')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
const CONTROL = /[\u0000-\u001f]/g;
const DISGUISING = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
const NOT_IN_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
