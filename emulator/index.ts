export { startEmulator, type Emulator, type EmulatorOptions } from "./emulator";
export {
  type Control,
  ControlError,
  type IssuerBehaviourSettings,
  type OrderEnd,
  type OrderView,
} from "./control/control";
export type { RecordedRequest, Stats } from "./control/request-log";
export type { IssuerBehaviour } from "./vault/issuer-behaviour";
export type { OrderError, OrderStatus } from "./vault/order";
export type { Timing, VaultProperties } from "./vault/state";
