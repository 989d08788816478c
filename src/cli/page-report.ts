// Recordings and the page in one HTML file.

import { join } from 'node:path';
import { readPageFiles } from '../server/page-files.ts';
import { formatReport, type ReportContent } from '../server/report.ts';

/** Where the build put the page: beside the folder of this file. */
export const PAGE_FOLDER = join(import.meta.dirname, '../web');

/** What help and tour of the page explain: part of the package, beside the build. */
export const EXAMPLE_FILE = join(import.meta.dirname, '../../examples/log_search.vmprof');

/** The bytes of the file. Throws `cannot-read-file` when the page was not built. */
export function encodePageReport(content: Omit<ReportContent, 'files'>): Uint8Array {
  return new TextEncoder().encode(formatReport({ ...content, files: readPageFiles(PAGE_FOLDER) }));
}

/** Whether a file name asks for the page. */
export function isPageName(fileName: string): boolean {
  return /\.html?$/i.test(fileName);
}
