import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:https";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";

const packageFile = require.resolve("keyvault-certificates-emulator/package.json");
const program = join(dirname(packageFile), "bin", "keyvault-certificates-emulator.js");

describe("the emulator's command line", () => {
  let folder = "";
  const running: ChildProcess[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "emulator-cli-"));
  });
  afterEach(() => {
    for (const child of running.splice(0)) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  const file = (name: string): string => join(folder, name);

  /** Starts the program and waits until it is ready and has said how to use it. */
  async function start(...args: string[]): Promise<{ child: ChildProcess; url: string; printed: string }> {
    const readyFile = file("ready");
    const child = spawn(process.execPath, [program, "--ready-file", readyFile, ...args], { stdio: "pipe" });
    running.push(child);
    let printed = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
    while (!existsSync(readyFile) || !printed.includes("IDENTITY_HEADER=")) {
      if (child.exitCode !== null) throw new Error(`The emulator ended with ${child.exitCode}: ${printed}`);
      await setTimeout(10);
    }
    return { child, url: readFileSync(readyFile, "utf8"), printed };
  }

  const ended = (child: ChildProcess): Promise<number | null> =>
    new Promise((resolve) => child.once("exit", (code) => resolve(code)));

  test.each(["SIGINT", "SIGTERM"] as const)(
    "writes its URL when ready, and on %s ends with status 0 and takes it away",
    async (signal) => {
      const { child, url } = await start();
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/);
      expect(readdirSync(folder)).toEqual(["ready"]);
      const open = await fetch(`${url.trim()}/emulator/control/stats`);
      expect(await open.json()).toEqual({ tokens: 0, challenges: 0, requests: 0 });
      const exit = ended(child);
      child.kill(signal);
      expect(await exit).toBe(0);
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  test("prints what a managed identity needs, and it works", async () => {
    const { url, printed } = await start();
    const variable = (name: string): string => new RegExp(`export ${name}=(.*)`).exec(printed)?.[1] ?? "";
    expect(variable("IDENTITY_ENDPOINT")).toBe(`${url.trim()}/emulator/identity`);
    const query = "?api-version=2019-08-01&resource=https://vault.azure.net";
    const reply = await fetch(variable("IDENTITY_ENDPOINT") + query, {
      headers: { "X-IDENTITY-HEADER": variable("IDENTITY_HEADER") },
    });
    expect(await reply.json()).toMatchObject({ token_type: "Bearer", resource: "https://vault.azure.net" });
  });

  test("with --https is trusted under a real vault's name by whoever has its CA file", async () => {
    const { url } = await start("--https", "--ca-file", file("ca.pem"));
    const ca = readFileSync(file("ca.pem"), "utf8");
    expect(new X509Certificate(ca).ca).toBe(true);
    for (const servername of ["localhost", "emu.vault.azure.net"]) {
      const status = await new Promise((resolve, reject) => {
        const call = request(`${url.trim()}/certificates`, { ca, servername, agent: false }, (reply) => {
          reply.resume();
          resolve(reply.statusCode);
        });
        call.on("error", reject).end();
      });
      expect(status).toBe(401);
    }
  });

  test.each([
    [["--port", "x"], /--port is "x", but must be a number from 0 to 65535/],
    [["--ca-file", "x"], /--ca-file needs --https/],
    [["--nonsense"], /--nonsense/],
    [["extra"], /extra/],
    [["--ready-file", ""], /--ready-file is empty/],
  ])("refuses %j with status 2 and says why", (args, message) => {
    const { status, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: "utf8" });
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  test("says so when the port is taken, with status 1 and no ready file", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const port = String((server.address() as AddressInfo).port);
    const { status, stderr } = spawnSync(
      process.execPath,
      [program, "--port", port, "--ready-file", file("r")],
      { encoding: "utf8" },
    );
    server.close();
    expect([status, stderr, existsSync(file("r"))]).toEqual([1, expect.stringMatching(/EADDRINUSE/), false]);
  });

  test("explains itself with --help", () => {
    const { status, stdout } = spawnSync(process.execPath, [program, "--help"], { encoding: "utf8" });
    expect([status, stdout]).toEqual([0, expect.stringMatching(/--ready-file <path>/)]);
  });
});
