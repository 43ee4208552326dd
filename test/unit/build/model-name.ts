import { conflict, refused } from "./model-errors";
import type { Behaviour } from "./model-request";

export type Stage = "live" | "beingDeleted" | "deleted" | "beingRecovered" | "purging";

/** A name of the vault on its way between live, deleted and free. Each look at it while it is on its way brings it on. */
export class ModelName {
  stage: Stage = "live";
  #looksLeft = 0;

  constructor(
    private readonly behaviour: Behaviour,
    /** The name has become free. */
    private readonly onFree: () => void,
  ) {}

  get deletedShows(): boolean {
    return this.stage === "deleted" || this.stage === "purging";
  }

  pass(): void {
    this.#looksLeft -= 1;
    if (this.#looksLeft >= 0) return;
    if (this.stage === "beingDeleted") this.stage = "deleted";
    else if (this.stage === "beingRecovered") this.stage = "live";
    else if (this.stage === "purging") {
      this.stage = "live";
      this.onFree();
    }
  }

  /** @throws where the name cannot be used. */
  demandLive(): void {
    this.pass();
    if (this.stage === "deleted") throw conflict("softDeleted");
    if (this.stage === "beingRecovered") throw conflict("beingRecovered");
    if (this.stage !== "live") throw conflict("beingDeleted");
  }

  delete(): void {
    this.#begin("beingDeleted");
  }

  /** False where nothing of that name is deleted. */
  recover(): boolean {
    if (this.stage === "beingDeleted" || this.stage === "purging") throw conflict("beingDeleted");
    if (this.stage === "beingRecovered") throw conflict("beingRecovered");
    if (this.stage !== "deleted") return false;
    this.#begin("beingRecovered");
    return true;
  }

  purge(): void {
    if (this.stage === "beingDeleted") throw conflict("beingDeleted");
    if (this.stage === "beingRecovered") throw conflict("beingRecovered");
    if (!this.behaviour.recoveryLevel.includes("Purgeable")) throw refused("KVC_FORBIDDEN", 403);
    if (this.stage === "deleted") this.#begin("purging");
  }

  #begin(stage: Stage): void {
    this.stage = stage;
    this.#looksLeft = this.behaviour.deletionLooks;
  }
}
