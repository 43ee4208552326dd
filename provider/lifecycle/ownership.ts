/**
 * Whose a certificate is, written into the vault where every later run can read it: one tag with three parts.
 *
 *   owner        which resource: a hash of organisation and URN, the same through aliases, renames and re-parenting
 *   incarnation  which `create` of that resource: a replacement under the same name is told from what it replaces
 *   generation   what was wanted: "mine is done" is told from "not yet asked" after a crash
 */
export interface OwnerMark {
  readonly owner: string;
  readonly incarnation: string;
  readonly generation: string;
}

/** The service allows 15 tags in all. */
export const mostTags = 15;

/** The tag's name. It takes one of those. */
export const ownerTag = "pulumi-keyvault-certificates";

const form =
  /^owner=([0-9a-f]{8,64}) incarnation=([0-9a-f]{4,64}) generation=([0-9a-f]{8,64}(?:\.\d{1,6})?)$/;

/** The tag's value. */
export function writeMark({ owner, incarnation, generation }: OwnerMark): string {
  return `owner=${owner} incarnation=${incarnation} generation=${generation}`;
}

/** The mark that the tags carry, or `undefined` where there is none, or one that this package did not write. */
export function readMark(tags: Readonly<Record<string, string>>): OwnerMark | undefined {
  return parseMark(tags[ownerTag] ?? "");
}

/** The mark that a tag's value is. */
export function parseMark(value: string): OwnerMark | undefined {
  const [, owner, incarnation, generation] = form.exec(value) ?? [];
  if (owner === undefined || incarnation === undefined || generation === undefined) return undefined;
  return { owner, incarnation, generation };
}

/** The tags that the user gave, without ours. */
export function userTags(tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).filter(([name]) => name !== ownerTag));
}

/** The tags as they shall stand in the vault: the user's, and the mark where it is to be written. */
export function markedTags(
  tags: Readonly<Record<string, string>>,
  mark: OwnerMark | undefined,
): Record<string, string> {
  return mark === undefined ? { ...tags } : { ...tags, [ownerTag]: writeMark(mark) };
}
