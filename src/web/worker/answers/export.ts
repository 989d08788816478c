// What is seen, as a file: the selected samples with their transforms.

import { sortFunctions } from '../../../profile/costs/function-costs.ts';
import { getFunctionFile, getFunctionName } from '../../../profile/stack-text.ts';
import { type FunctionIndex, NONE } from '../../../profile/tables.ts';
import { encodeProfile } from '../decode.ts';
import type { Derived } from '../derived.ts';
import type { ExportRequest } from '../messages.ts';

/** The bytes of the file. */
export function answerExport(derived: Derived, { view, format }: ExportRequest): Uint8Array {
  if (format === 'csv') return new TextEncoder().encode(formatCsv(derived, view));
  return encodeProfile(derived.copySelected(view), format, view.measure);
}

/** The function table. Weights are in the unit that the title of their column says. */
function formatCsv(derived: Derived, view: ExportRequest['view']): string {
  const profile = derived.getTables(view);
  const costs = derived.getCosts(view);
  const lines = [`function,file,line,self (${costs.unit}),total (${costs.unit}),self samples,total samples`];
  for (const row of sortFunctions(costs, 'self')) {
    const line = profile.functions.firstLine[row];
    const cells = [
      quote(getFunctionName(profile, row as FunctionIndex)),
      quote(getFunctionFile(profile, row as FunctionIndex) ?? ''),
      line === NONE ? '' : String(line),
      String(costs.self[row]),
      String(costs.total[row]),
      String(costs.selfSamples[row]),
      String(costs.totalSamples[row]),
    ];
    lines.push(cells.join(','));
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** RFC 4180; a text that a spreadsheet would take for a formula gets an apostrophe. */
function quote(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
