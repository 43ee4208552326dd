import { goEnvironment } from "../../../../scripts/toolchain/go-modules.mjs";

describe("the environment of Go", () => {
  test("leaves the choice of toolchain to a Go that is new enough", () => {
    expect(goEnvironment("go1.26.8", { GOTOOLCHAIN: "local" })).toMatchObject({ GOTOOLCHAIN: "local" });
  });

  test.each(["go1.25.10", "go1.21", "go1.24.1"])("lets %s fetch a newer toolchain", (version) => {
    expect(goEnvironment(version, { GOTOOLCHAIN: "local" })).toMatchObject({ GOTOOLCHAIN: "auto" });
  });

  test.each(["go1.20.14", "", "devel"])("does not exist for %j, which knows no toolchains", (version) => {
    expect(goEnvironment(version, {})).toBeUndefined();
  });

  test("shuts out a Go workspace around the cache, and keeps the rest", () => {
    expect(goEnvironment("go1.26.8", { GOWORK: "/a/go.work", GOPROXY: "off" })).toMatchObject({
      GOWORK: "off",
      GOPROXY: "off",
    });
  });
});
