import { generationOf } from "../../lifecycle/generation";
import { remove, sayReplaced } from "../../lifecycle/removal";
import { beginning } from "../../lifecycle/situation";
import { wantedOf } from "../inputs";
import { kindOf } from "../kinds";
import type { PlainObject } from "../plain";
import { memoryOf } from "../state";
import { isHeldByAnother, markOf, type Online, runOf } from "./call";

/** Removes the certificate, or the request for it with its placeholder. The engine gives nothing but the outputs. */
export async function destroy(props: PlainObject, online: Online): Promise<void> {
  // What a merge has merged is its request's to delete.
  if (kindOf(props).part === "merge") return;
  const wanted = wantedOf(props);
  const memory = memoryOf(props);
  const mark = markOf(props, memory?.incarnation ?? "", generationOf(wanted));
  const run = runOf(props, wanted, "delete", online);
  // The version that there is by now may not tell: a request of before the takeover gives it the mark of then.
  if (memory !== undefined && isHeldByAnother(online, wanted, mark)) {
    sayReplaced({ wanted }, run);
    return;
  }
  const failure = await remove(beginning(wanted, mark, memory, online.clock()), run, {
    purge: props["purgeOnDelete"] === true,
  });
  if (failure !== undefined) throw failure;
}
