import { generationOf, nextGeneration, rememberedGeneration } from "../../lifecycle/generation";
import { type OwnerMark, parseMark } from "../../lifecycle/ownership";
import type { Memory } from "../../lifecycle/situation";
import type { Wanted } from "../../lifecycle/wanted";
import { isRenewalDue } from "../diff";
import { wantedOf } from "../inputs";
import { kindOf } from "../kinds";
import { type PlainObject, textAt } from "../plain";
import { hiddenStateOf, memoryOf } from "../state";
import { markOf, newIncarnation } from "./call";

/** Under which mark a run works, and what it is told of earlier ones. */
export interface Standing {
  readonly mark: OwnerMark;
  readonly memory: Memory | undefined;
}

export function standingOfCreate(inputs: PlainObject): Standing {
  if (kindOf(inputs).part === "merge") return standingOfMerge(inputs, {});
  return { mark: markOf(inputs, newIncarnation(), generationOf(wantedOf(inputs))), memory: undefined };
}

export function standingOfUpdate(olds: PlainObject, news: PlainObject, now: number): Standing {
  if (kindOf(news).part === "merge") return standingOfMerge(news, olds);
  const memory = memoryOf(olds);
  const generation = nextGeneration(wantedOf(news), memory, isRenewalDue(olds, news, now));
  const mark = markOf(news, memory?.incarnation ?? newIncarnation(), generation);
  return { mark, memory: memory && { ...memory, reissued: isReissued(wantedOf(olds), wantedOf(news)) } };
}

/** By what no version and no stored policy shows. */
function isReissued(before: Wanted, now: Wanted): boolean {
  const order = ({ preserveCertificateOrder = false }: Wanted) => preserveCertificateOrder;
  return before.reissue !== now.reissue || order(before) !== order(now);
}

/**
 * A look wants nothing new, and takes over the incarnation that it finds. A replacement does not, nor does a run that is still to get to its end: what
 * it finds may be that of any create before it, whose request has given a version since, or whose certificate somebody has recovered.
 */
export function standingOfRead(props: PlainObject, foundIncarnation: string | undefined): Standing {
  if (kindOf(props).part === "merge") return standingOfMerge(props, props);
  const memory = memoryOf(props);
  const settled = memory?.tookOver === undefined && hiddenStateOf(props)?.wanted === undefined;
  const found = settled ? foundIncarnation : undefined;
  const incarnation = found ?? memory?.incarnation ?? newIncarnation();
  return { mark: markOf(props, incarnation, rememberedGeneration(wantedOf(props), memory)), memory };
}

/** A merge works under the mark of its request, which the request hands on. */
function standingOfMerge(inputs: PlainObject, previous: PlainObject): Standing {
  const mark = parseMark(textAt(inputs, "__mark") ?? "");
  const requestId = textAt(inputs, "requestId");
  if (mark === undefined || requestId === undefined)
    throw new TypeError("the CertificateRequest gave neither a mark nor a request");
  const { incarnation, generation } = mark;
  const known = hiddenStateOf(previous)?.generation;
  const merged = textAt(previous, "requestId") === requestId && textAt(previous, "status") === "completed";
  const request = { requestId, generation, unfinished: !merged };
  return { mark, memory: { ...memoryOf(previous), incarnation, generation: known, request } };
}
