// A function in a row of a table: its name and where it is.

import type { FunctionLabel } from '../worker/messages.ts';
import { placeOf, shortPlaceOf } from './amounts.tsx';

/** The last two cells of a row; undefined: what has no stack. */
export function FunctionCells({ label }: { label: FunctionLabel | undefined }) {
  return (
    <>
      <span role="cell" class="name" title={label?.name}>
        {label?.name ?? '(no stack)'}
      </span>
      <span role="cell" class="place" title={label === undefined ? '' : placeOf(label)}>
        {label === undefined ? '' : shortPlaceOf(label)}
      </span>
    </>
  );
}
