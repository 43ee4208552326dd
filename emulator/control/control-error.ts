/** A wrong use of the control endpoint: answered with 400. */
export class ControlError extends Error {}
