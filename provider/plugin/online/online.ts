export { create } from "./create";
export { destroy } from "./destroy";
export { read, type ReadResult } from "./read";
export { update } from "./update";
