// The tree view: who calls what, and what each call cost.

import { formatCount, formatPercent, formatShare } from '../../base/quantities.ts';
import { selectSamples } from '../../profile/costs/selection.ts';
import { computeShareError } from '../../profile/statistics.ts';
import type { FunctionIndex, Profile, ThreadIndex } from '../../profile/tables.ts';
import { type CallTree, computeCallTree } from '../../profile/trees/call-tree.ts';
import { horizontalBar } from './bar.ts';
import { formatHeader } from './header.ts';
import { describeFunction, describeProcess, describeThread, listThreads } from './names.ts';
import { type Column, formatTable, measureTable } from './table.ts';
import { displayWidth, shortenMiddle, shortenPath, wrapText } from './text.ts';
import { type CallLine, layOutTree, type TreeLine } from './tree-lines.ts';
import { amountColumn, type Limits, type TextOptions, type View } from './view.ts';

export interface TreeOptions extends Limits {
  /** Callers below callees: where time is spent first, who asks for it below. */
  readonly isInverted: boolean;
  /** A tree for each thread, the busiest first. */
  readonly byThread: boolean;
}

const BAR_WIDTH = 10;
const MIN_COLUMNS_WITH_ERROR = 80;
const MIN_COLUMNS_WITH_BAR = 72;

/** The whole view, header included, with a line end. */
export function formatTree(view: View, tree: TreeOptions, options: TextOptions): string {
  const lines = formatHeader(view, options);
  for (const part of computeTrees(view, tree)) lines.push(...formatOneTree(part, tree, options), '');
  lines.push(...wrapText(describeReading(tree), options.columns).map(options.style.dim));
  return `${lines.join('\n')}\n`;
}

/** A tree, and what its root stands for. */
export interface TreePart {
  readonly title: string;
  /** Undefined: all threads. */
  readonly thread: ThreadIndex | undefined;
  readonly profile: Profile;
  readonly tree: CallTree;
}

/** One tree of all threads, or one of each thread that has a share, the busiest first. */
export function computeTrees(view: View, { byThread, isInverted, minShare }: TreeOptions): TreePart[] {
  const { profile, measure } = view;
  const treeOptions = isInverted ? { inverted: true, minShare } : {};
  if (!byThread) {
    const tree = computeCallTree(profile, measure, treeOptions);
    return [{ title: '(all)', thread: undefined, profile, tree }];
  }
  return listThreads(profile)
    .map(({ thread, process }): TreePart => {
      const part = selectSamples(profile, { threads: new Set([thread]) });
      const of = profile.processes.length > 1 ? ` of ${describeProcess(profile, process)}` : '';
      const title = describeThread(profile, thread) + of;
      return { title, thread, profile: part, tree: computeCallTree(part, measure, treeOptions) };
    })
    .filter(({ tree }) => tree.total[0] > 0)
    .sort((a, b) => b.tree.total[0] - a.tree.total[0]);
}

function formatOneTree(part: TreePart, treeOptions: TreeOptions, options: TextOptions): string[] {
  const lines = layOutTree(part.tree, treeOptions);
  const layout = describeLayout(options.columns, treeOptions.isInverted);
  const numbers = lines.map((line) => formatNumbers(part.tree, line, layout, options));
  const width = Math.max(20, options.columns - measureTable(layout.columns, numbers) - 2);
  const cells = lines.map((line, index) => [...numbers[index], formatCall(part, line, width, options)]);
  const title = treeOptions.isInverted ? 'function, and below it who calls it' : 'call tree';
  return formatTable([...layout.columns, { title, align: 'left' }], cells, { paintTitle: options.style.dim });
}

interface Layout {
  readonly columns: readonly Column[];
  readonly hasError: boolean;
  readonly hasBar: boolean;
  readonly hasSelf: boolean;
}

function describeLayout(columns: number, isInverted: boolean): Layout {
  const hasError = columns >= MIN_COLUMNS_WITH_ERROR;
  const hasBar = columns >= MIN_COLUMNS_WITH_BAR;
  const titles = [
    'total',
    '%',
    ...(hasError ? ['±'] : []),
    ...(hasBar ? [''] : []),
    ...(isInverted ? [] : ['self']),
  ];
  const described = titles.map((title): Column => ({ title, align: title === '' ? 'left' : 'right' }));
  return { columns: described, hasError, hasBar, hasSelf: !isInverted };
}

function formatNumbers(tree: CallTree, line: TreeLine, layout: Layout, { style }: TextOptions) {
  const amounts = amountColumn(tree.unit, tree.total[0]);
  const share = line.total / tree.total[0];
  const paint = line.type === 'cut' ? style.dim : style.heat(share);
  const error = formatPercent(computeShareError(share, tree.effectiveSamples));
  const bar = horizontalBar(share, BAR_WIDTH).padEnd(BAR_WIDTH);
  const self = line.type === 'cut' || line.self === 0 ? '' : amounts(line.self);
  return [
    { text: amounts(line.total), paint },
    { text: formatPercent(share), paint },
    ...(layout.hasError ? [{ text: error, paint: style.dim }] : []),
    ...(layout.hasBar ? [{ text: bar, paint }] : []),
    ...(layout.hasSelf ? [self] : []),
  ];
}

/** `│  ├─ Server.handle  app/server.py:120  … 3 more, 0.2 %`, painted. */
function formatCall(part: TreePart, line: TreeLine, width: number, options: TextOptions): string {
  const { style } = options;
  const { tree } = part;
  // Very deep trees keep half of the width for names.
  const branch = shortenBranch(line.branch, Math.floor(width / 2));
  if (line.type === 'cut') {
    return style.dim(
      `${branch}… ${formatCount(line.nodes)} more, ${formatShare(line.total / tree.total[0])}`,
    );
  }
  const suffix = describeUnseen(tree, line);
  const { name, tag, place } = describeNode(part, line, options);
  const rest = width - displayWidth(branch) - tag.length - suffix.length;
  const shownName = shortenMiddle(name, Math.max(8, rest));
  const shownPlace = fitPlace(place, rest - displayWidth(shownName) - 2);
  return style.dim(branch) + style.bold(shownName) + tag + style.dim(shownPlace + suffix);
}

function describeNode({ title, profile, tree }: TreePart, line: CallLine, { folder }: TextOptions) {
  if (line.node === 0) return { name: title, tag: '', place: '' };
  const text = describeFunction(profile, tree.function[line.node] as FunctionIndex, folder);
  return line.levels === 1 ? text : { ...text, tag: `${text.tag} ×${line.levels}` };
}

/** What belongs to the line, but is not seen below it. */
function describeUnseen(tree: CallTree, line: CallLine): string {
  const parts: string[] = [];
  const share = (amount: number) => formatShare(amount / tree.total[0]);
  if (line.node === 0 && tree.self[0] > 0) parts.push(`${share(tree.self[0])} without a stack`);
  if (line.cutNodes > 0) parts.push(`${formatCount(line.cutNodes)} more, ${share(line.cutTotal)}`);
  if (tree.isCut[line.node] === 1) parts.push('callers not followed');
  return parts.map((part) => `  … ${part}`).join('');
}

/** A place as far as its file name fits; nothing otherwise. */
function fitPlace(place: string, width: number): string {
  const name = place.slice(place.lastIndexOf('/') + 1);
  return place === '' || displayWidth(name) > width ? '' : `  ${shortenPath(place, width)}`;
}

function shortenBranch(branch: string, width: number): string {
  return branch.length <= width ? branch : `…${branch.slice(branch.length - width + 1)}`;
}

function describeReading({ isInverted }: TreeOptions): string {
  const direction = isInverted ? 'callers stand below' : 'calls stand below their callers';
  return `${direction[0].toUpperCase()}${direction.slice(1)}, indented where there are several. --min and --limit show more or less.`;
}
