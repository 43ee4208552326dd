import { differingInputs, replacingInputs } from "../../../provider/lifecycle/differences";
import { certificateName, vaultUrl } from "../build/certificate";

describe("the inputs that differ", () => {
  const names = ["a", "b", "c"];

  test("are those whose values are not equal, whatever the order of their keys", () => {
    const echo = { a: { x: 1, y: 2 }, b: [1, 2], c: "same" };
    expect(differingInputs(names, echo, { a: { y: 2, x: 1 }, b: [2, 1], c: "same" })).toEqual(["b"]);
  });

  test("count an input that came or went", () => {
    expect(differingInputs(names, { a: 1 }, { b: 1 })).toEqual(["a", "b"]);
  });

  test("are none but those that are asked for", () => {
    expect(differingInputs(names, { z: 1 }, { z: 2 })).toEqual([]);
  });
});

describe("the inputs that replace", () => {
  const old = { vaultUrl, certificateName };
  test.each([
    [[], "nothing changes", {}],
    [["vaultUrl"], "the vault changes", { vaultUrl: "https://other.vault.azure.net" }],
    [["certificateName"], "the name changes", { certificateName: "other" }],
    [["vaultUrl", "certificateName"], "both change", { vaultUrl: "https://o.example", certificateName: "o" }],
    [[], "the name changes in case alone", { certificateName: "WEB" }],
    [[], "the vault is not known yet", { vaultUrl: undefined }],
    [[], "the name is not known yet", { certificateName: undefined }],
    [
      ["certificateName"],
      "the vault is not known yet, but the name is",
      { vaultUrl: undefined, certificateName: "o" },
    ],
  ])("are %j where %s", (replaces, _, changes) => {
    expect(replacingInputs(old, { ...old, ...changes })).toEqual(replaces);
  });
});
