// The card beside the pointer. It follows the pointer and stays inside of the window.

import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

export interface Pointer {
  readonly x: number;
  readonly y: number;
}

const DISTANCE = 14;

export function HoverCard({ pointer, children }: { pointer: Pointer; children: ComponentChildren }) {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const card = ref.current;
    if (card === null) return;
    const { offsetWidth: width, offsetHeight: height } = card;
    const isRight = pointer.x + DISTANCE + width < window.innerWidth;
    const isBelow = pointer.y + DISTANCE + height < window.innerHeight;
    card.style.left = `${isRight ? pointer.x + DISTANCE : Math.max(4, pointer.x - DISTANCE - width)}px`;
    card.style.top = `${isBelow ? pointer.y + DISTANCE : Math.max(4, pointer.y - DISTANCE - height)}px`;
  });
  return (
    <div class="card" ref={ref} role="tooltip">
      {children}
    </div>
  );
}
