// The function that was chosen in a view.

import type { ComponentChildren } from 'preact';
import type { FunctionLabel } from '../worker/messages.ts';
import { placeOf } from './amounts.tsx';
import { FunctionActions } from './function-actions.tsx';

/** The line below a view, with what can be done with the function. */
export function ChosenFunction({
  label,
  children,
}: {
  label: FunctionLabel | undefined;
  children?: ComponentChildren;
}) {
  if (label === undefined) return null;
  return (
    <div class="details">
      <div class="grow">
        <strong>{label.name}</strong> <span class="soft">{placeOf(label)}</span>
      </div>
      <FunctionActions label={label} />
      {children}
    </div>
  );
}
