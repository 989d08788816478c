// `npm run docs`: writes the pages that are made from the code.

import { writeFileSync } from 'node:fs';
import { FORMATS } from '../dist/formats/formats.js';
import { formatFormatsPage } from '../dist/formats/formats-page.js';

writeFileSync(new URL('../docs/formats.md', import.meta.url), formatFormatsPage(FORMATS));
console.log('written: docs/formats.md');
