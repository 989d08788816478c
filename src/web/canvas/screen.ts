// A canvas that is as sharp as the screen: sized in CSS pixels, drawn in device pixels, once a frame at the most.

export class Screen {
  readonly canvas: HTMLCanvasElement;
  width = 0;
  height = 0;
  readonly #draw: (context: CanvasRenderingContext2D) => void;
  #frame = 0;
  /** Pixels of the screen for one of CSS, when it was last drawn: asking the window for each box would take most of the time. */
  #ratio = 1;

  constructor(canvas: HTMLCanvasElement, draw: (context: CanvasRenderingContext2D) => void) {
    this.canvas = canvas;
    this.#draw = draw;
  }

  /** In CSS pixels. */
  resize(width: number, height: number): void {
    this.width = width;
    this.height = height;
    const ratio = window.devicePixelRatio;
    const deviceWidth = Math.max(1, Math.round(width * ratio));
    const deviceHeight = Math.max(1, Math.round(height * ratio));
    if (this.canvas.width !== deviceWidth || this.canvas.height !== deviceHeight) {
      this.canvas.width = deviceWidth;
      this.canvas.height = deviceHeight;
      this.canvas.style.width = `${width}px`;
      this.canvas.style.height = `${height}px`;
    }
    // A canvas that changed its size is empty: it is drawn at once, or it would flicker.
    this.#drawNow();
  }

  /** The width of one pixel of the screen. */
  get pixel(): number {
    return 1 / this.#ratio;
  }

  /** The nearest side of a pixel of the screen. */
  snap(place: number): number {
    return Math.round(place * this.#ratio) / this.#ratio;
  }

  /** Draws before the next frame. */
  invalidate(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#drawNow());
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  #drawNow(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const context = this.canvas.getContext('2d');
    if (context === null) return;
    this.#ratio = window.devicePixelRatio;
    context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    this.#draw(context);
  }
}
