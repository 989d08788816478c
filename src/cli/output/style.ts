// Colour and weight of terminal text. Renderers take a Style, so that they are pure and tests see plain text.

/** Paints a text; the width on the screen stays the same. */
export type Paint = (text: string) => string;

export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  /** For what the user should not overlook. */
  readonly warn: Paint;
  /** From cold (nothing) to hot, by a share of the whole from 0 to 1. */
  readonly heat: (share: number) => Paint;
}

/** No colour at all: for files, pipes and tests. */
export const PLAIN_STYLE: Style = {
  bold: (text) => text,
  dim: (text) => text,
  warn: (text) => text,
  heat: () => (text) => text,
};

/** The 16 colours that every terminal has, so that they fit light and dark ones. */
export const COLOUR_STYLE: Style = {
  bold: paint('1', '22'),
  dim: paint('2', '22'),
  warn: paint('33', '39'),
  heat: (share) => {
    if (share >= 0.2) return HOT;
    return share >= 0.05 ? WARM : COOL;
  },
};

const HOT = paint('31', '39');
const WARM = paint('33', '39');
const COOL = paint('36', '39');

/** Colour only where it can be seen: on a terminal, unless the user objects (https://no-color.org). */
export function chooseStyle(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): Style {
  const isUnwanted = (environment.NO_COLOR ?? '') !== '' || environment.TERM === 'dumb';
  return stream.isTTY === true && !isUnwanted ? COLOUR_STYLE : PLAIN_STYLE;
}

function paint(on: string, off: string): Paint {
  return (text) => (text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`);
}
