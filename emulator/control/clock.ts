/** A clock as the control endpoint shows it. */
export interface ClockView {
  /** What it shows, in milliseconds since 1970. */
  readonly now: number;
  /** How far it is ahead of the clock beneath, in milliseconds; negative: behind. */
  readonly offsetMs: number;
}

/** A clock that can be moved and runs on from there at the pace of the one beneath. */
export class EmulatorClock {
  private offsetMs = 0;

  constructor(private readonly beneath: () => number) {}

  /** Milliseconds since 1970. */
  readonly now = (): number => this.beneath() + this.offsetMs;

  read(): ClockView {
    return { now: this.now(), offsetMs: this.offsetMs };
  }

  /** Makes it show a time, in milliseconds since 1970. */
  set(now: number): ClockView {
    this.offsetMs = now - this.beneath();
    return this.read();
  }

  /** Moves it by so many milliseconds; negative: back. */
  advance(byMs: number): ClockView {
    this.offsetMs += byMs;
    return this.read();
  }

  /** Back to the clock beneath. */
  reset(): ClockView {
    return this.advance(-this.offsetMs);
  }
}
