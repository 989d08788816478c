// The frame around a canvas of boxes: size, scrolling, and what is under the pointer. Flame graphs, flame charts and
// comparisons stand in one each.

import type { ComponentChildren, HTMLAttributes, RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { BoxCanvas, type BoxData, LEVEL_HEIGHT } from '../canvas/box-canvas.ts';
import { useSize } from '../state/use-size.ts';
import { HoverCard, type Pointer } from './hover-card.tsx';
import { useCanvasTheme } from './use-theme.ts';

export interface Boxes {
  readonly frameRef: RefObject<HTMLDivElement | null>;
  readonly canvasRef: RefObject<HTMLCanvasElement | null>;
  /** Of the frame, in pixels; 0 until it is laid out. */
  readonly width: number;
  readonly height: number;
}

/** For a BoxFrame of the same component: asking for what stands in it takes its size. */
export function useBoxes(): Boxes {
  const { ref: frameRef, width, height } = useSize<HTMLDivElement>();
  const canvasRef = useRef<HTMLCanvasElement>(null);
  return { frameRef, canvasRef, width, height };
}

/** The box under the pointer, of the picture of one answer. */
interface Hover {
  readonly box: number;
  readonly answerNumber: number;
  readonly pointer: Pointer;
}

interface BoxFrameProps extends Omit<HTMLAttributes<HTMLDivElement>, 'onClick' | 'label' | 'data'> {
  readonly boxes: Boxes;
  readonly data: BoxData | undefined;
  /** The box that the keyboard is at; -1: none. */
  readonly focus?: number;
  /** What it is, and what keys do in it. */
  readonly label: string;
  /** Counts the answers that were drawn. */
  readonly answerNumber: number;
  /** -1: beside all boxes. */
  readonly onBox: (box: number) => void;
  readonly onBoxTwice?: (box: number) => void;
  /** What the card beside the pointer says of a box; undefined: nothing. */
  readonly describe: (box: number) => ComponentChildren | undefined;
}

export function BoxFrame(props: BoxFrameProps) {
  const {
    boxes,
    data,
    focus = -1,
    label,
    answerNumber,
    onBox,
    onBoxTwice,
    describe,
    children,
    ...rest
  } = props;
  const { frameRef, canvasRef, width, height } = boxes;
  const canvas = useRef<BoxCanvas | undefined>(undefined);
  const [pointed, setPointed] = useState<Hover | undefined>(undefined);
  // A new picture has other boxes.
  const hover = pointed?.answerNumber === answerNumber ? pointed : undefined;
  const theme = useCanvasTheme();
  useLayoutEffect(() => {
    if (canvasRef.current === null) return undefined;
    const created = new BoxCanvas(canvasRef.current, theme);
    canvas.current = created;
    return () => created.dispose();
  }, []);
  useEffect(() => canvas.current?.setTheme(theme), [theme]);
  useLayoutEffect(() => {
    if (width > 0) canvas.current?.resize(width, height);
  }, [width, height]);
  useLayoutEffect(() => {
    if (data !== undefined) canvas.current?.setData(data);
  }, [data]);
  useEffect(() => canvas.current?.setHover(hover?.box ?? -1), [hover]);
  useEffect(() => canvas.current?.setFocus(focus), [focus]);

  const find = (event: MouseEvent): number => {
    const bounds = canvasRef.current?.getBoundingClientRect();
    if (bounds === undefined) return -1;
    return canvas.current?.find(event.clientX - bounds.left, event.clientY - bounds.top) ?? -1;
  };
  const text = hover === undefined || data === undefined ? undefined : describe(hover.box);
  return (
    <>
      <div
        {...rest}
        class="canvas-frame"
        ref={frameRef}
        tabIndex={0}
        role="application"
        aria-label={label}
        onScroll={(event) => canvas.current?.scrollTo(event.currentTarget.scrollTop)}
        onMouseMove={(event) => {
          const box = find(event);
          const pointer = { x: event.clientX, y: event.clientY };
          setPointed(box === -1 ? undefined : { box, answerNumber, pointer });
        }}
        onMouseLeave={() => setPointed(undefined)}
        onClick={(event) => onBox(find(event))}
        onDblClick={(event) => onBoxTwice?.(find(event))}
      >
        <div style={{ height: `${Math.max(height, (data?.levels ?? 0) * LEVEL_HEIGHT)}px` }}>
          <canvas
            ref={canvasRef}
            aria-hidden="true"
            data-boxes={data?.length ?? 0}
            data-answer={answerNumber}
          />
        </div>
        {children}
      </div>
      {text === undefined || hover === undefined ? null : (
        <HoverCard pointer={hover.pointer}>{text}</HoverCard>
      )}
    </>
  );
}
