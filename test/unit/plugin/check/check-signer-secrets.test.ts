import { check } from "../../../../provider/plugin/check/check";
import { withPolicy } from "../../build/inputs";

const secret = "hunter2hunter2";

describe("check of a signer that is written wrongly", () => {
  test.each([
    ["its command is one text", { command: `sign --token ${secret}` }, "signer.command"],
    ["it is a text itself", `sign --token ${secret}`, "signer"],
    ["it is a list", ["sign", secret], "signer"],
    ["an argument is an object", { command: ["sign", { token: secret }] }, "signer.command[1]"],
    ["its environment is misspelled", { command: ["sign"], evn: { TOKEN: secret } }, "signer.evn"],
  ])("names the place and shows no secret where %s", (_, signer, path) => {
    const { failures } = check({}, withPolicy({ issuerName: "Unknown" }, { signer }));
    expect(failures.map(({ property }) => property)).toEqual([path]);
    expect(JSON.stringify(failures)).not.toContain(secret);
  });
});
