import { getEventListeners } from "node:events";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { errorTable } from "../../../provider/errors/table";
import { isError } from "../../../provider/errors/error";
import { signerErrors } from "../../../provider/errors/signer";
import { idempotencyKey } from "../../../provider/signers/environment";
import { runSigner } from "../../../provider/signers/run";
import type { Signer } from "../../../provider/signers/request";
import { csrPem, folderPerTest, gone, hostIn, nodeProgram, request, sign, writeProgram } from "./commands";

// Some wait for the graces that an unwilling command is given.
jest.setTimeout(20_000);

const folder = folderPerTest();

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error("it was to fail");
    },
    (error: unknown) => error as Error,
  );

/** A program that starts another one that lives for ever, tells its id on stderr, and goes on with the text. */
const withGrandchild = (stdio: string, detached: boolean, then: string) => `
  const { spawn } = require("node:child_process");
  const child = spawn(process.execPath, ["-e", "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"],
    { stdio: ${JSON.stringify(stdio)}, detached: ${detached} });
  child.unref();
  console.error("grandchild " + child.pid);
  ${then}
`;
const grandchildOf = (lines: readonly string[]) => Number(/grandchild (\d+)/.exec(lines.join("\n"))?.[1]);

describe("a signer", () => {
  test("gets the CSR on stdin, and its stdout is the chain", async () => {
    const command = nodeProgram(folder(), `process.stdin.pipe(process.stdout)`);
    await expect(sign(folder(), { command }).chain).resolves.toBe(csrPem);
  });

  test("is told in its environment what it signs, in the folder of the program", async () => {
    const text = `console.log(JSON.stringify({ ...process.env, folder: process.cwd() }))`;
    const chain = await sign(folder(), { command: nodeProgram(folder(), text), env: { CA: "staging" } })
      .chain;
    expect(JSON.parse(chain)).toMatchObject({
      PATH: process.env["PATH"],
      CA: "staging",
      KEYVAULT_CERTIFICATE_DNS_NAMES: "www.contoso.com\ncontoso.com",
      KEYVAULT_CERTIFICATE_IDEMPOTENCY_KEY: idempotencyKey(request),
      folder: folder(),
    });
  });

  test("gets its arguments literally: no shell reads them", async () => {
    const args = [
      "$(touch pwned)",
      "`id`",
      "; exit 3",
      "a b",
      "*",
      "$HOME",
      "\"'",
      "",
      "&& false",
      "> out",
      "ü\n",
    ];
    const command = nodeProgram(folder(), `console.log(JSON.stringify(process.argv.slice(2)))`, ...args);
    expect(JSON.parse(await sign(folder(), { command }).chain)).toEqual(args);
  });

  test("may be a script beside the program, without arguments", async () => {
    writeProgram(folder(), "sign.sh", "#!/bin/sh\ncat\n");
    await expect(sign(folder(), { command: ["./sign.sh"] }).chain).resolves.toBe(csrPem);
  });

  test("is looked up in the PATH that signer.env gives", async () => {
    writeProgram(folder(), "sign-here", "#!/bin/sh\n/bin/cat\n");
    const signer = { command: ["sign-here"], env: { PATH: folder() } } as const;
    await expect(sign(folder(), signer).chain).resolves.toBe(csrPem);
  });

  test("need not read the CSR, however long it is", async () => {
    const csr = csrPem.repeat(20_000);
    const command = nodeProgram(folder(), `process.stdin.destroy(); console.log("chain")`);
    const { signal } = new AbortController();
    const run = { nowMs: Date.now, deadlineMs: Date.now() + 60_000, signal, onLine: () => undefined };
    const chain = runSigner(
      { ...request, csrPem: csr, signer: { command } },
      { ...run, host: hostIn(folder()) },
    );
    await expect(chain).resolves.toBe("chain\n");
  });

  test("may write DER, which becomes base64", async () => {
    const command = nodeProgram(folder(), `process.stdout.write(Buffer.from([0x30, 0x82, 0xff, 0x00]))`);
    await expect(sign(folder(), { command }).chain).resolves.toBe("MIL/AA==");
  });

  test("is heard line by line while it runs", async () => {
    // Ends only once its first line has been heard.
    const port = `const server = require("node:net").createServer((socket) => {
      socket.destroy(); server.close(); console.error("second"); console.log("chain");
    }).listen(0, "127.0.0.1", () => console.error("port " + server.address().port));`;
    const lines: string[] = [];
    const onLine = (line: string) => {
      lines.push(line);
      const found = /^port (\d+)$/.exec(line)?.[1];
      if (found !== undefined) connect(Number(found), "127.0.0.1").on("error", () => undefined);
    };
    const { chain } = sign(folder(), { command: nodeProgram(folder(), port) }, { onLine });
    await expect(chain).resolves.toBe("chain\n");
    expect(lines).toEqual([expect.stringMatching(/^port \d+$/), "second"]);
  });

  test("may leave the end of its output to what it has started", async () => {
    const then = `require("node:child_process").spawn(process.execPath,
      ["-e", "process.on('disconnect', () => console.log('chain'))"], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
      process.exit(0);`;
    await expect(sign(folder(), { command: nodeProgram(folder(), then) }).chain).resolves.toBe("chain\n");
  });
});

describe("what a signer leaves running", () => {
  test.each([
    ["with the pipes of the command", "inherit"],
    ["without them", "ignore"],
  ])("is ended, %s", async (_, stdio) => {
    const text = withGrandchild(stdio, false, `console.log("chain"); process.exit(0)`);
    const { chain, lines } = sign(folder(), { command: nodeProgram(folder(), text) });
    await expect(chain).resolves.toBe("chain\n");
    await gone(grandchildOf(lines));
  });

  test("is not waited for where it has left the group and holds the pipes", async () => {
    const text = withGrandchild("inherit", true, `console.log("chain"); process.exit(0)`);
    const { chain, lines } = sign(folder(), { command: nodeProgram(folder(), text) });
    await expect(chain).resolves.toBe("chain\n");
    process.kill(grandchildOf(lines), "SIGKILL");
  });

  test("is ended with it when it fails", async () => {
    const text = withGrandchild("ignore", false, `process.exit(1)`);
    const { chain, lines } = sign(folder(), { command: nodeProgram(folder(), text) });
    await failureOf(chain);
    await gone(grandchildOf(lines));
  });
});

describe("a signer that is not to go on", () => {
  test("ends with its children at signer.timeoutSeconds, even where they ignore SIGTERM", async () => {
    const text = withGrandchild(
      "inherit",
      false,
      `process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)`,
    );
    const { chain, lines } = sign(folder(), { command: nodeProgram(folder(), text), timeoutSeconds: 1 });
    const error = await failureOf(chain);
    expect(error.message).toMatch(
      /must end within 1 s \(signer\.timeoutSeconds\), but it went on and was ended, and its last words on stderr are "grandchild \d+"; .* with signer\.timeoutSeconds; .*\[KVC_SIGNER_TIMED_OUT\]$/,
    );
    await gone(grandchildOf(lines));
  }, 20_000);

  test("may clean up after SIGTERM", async () => {
    const text = `process.on("SIGTERM", () => { console.error("cleaned up"); process.exit(0) });
      setInterval(() => {}, 1000); console.error("ready");`;
    const stop = new AbortController();
    const lines: string[] = [];
    const onLine = (line: string) => {
      lines.push(line);
      if (line === "ready") stop.abort(new Error("the Pulumi engine is gone"));
    };
    const { chain } = sign(
      folder(),
      { command: nodeProgram(folder(), text) },
      { onLine, signal: stop.signal },
    );
    await expect(chain).rejects.toThrow("the Pulumi engine is gone");
    expect(lines).toEqual(["ready", "cleaned up"]);
  });

  test("ends when the time of the whole operation is over", async () => {
    const command = nodeProgram(folder(), `setInterval(() => {}, 1000)`);
    const { chain } = sign(folder(), { command }, { nowMs: () => 5000, deadlineMs: 5200 });
    expect((await failureOf(chain)).message).toMatch(
      /within 1 s \(what customTimeouts leaves\).* nothing on stderr; .*more time with customTimeouts;/,
    );
  });

  test("is not started once that time is over", async () => {
    const command = nodeProgram(folder(), `require("node:fs").writeFileSync("started", "")`);
    const { chain } = sign(folder(), { command }, { nowMs: () => 5001, deadlineMs: 5000 });
    expect((await failureOf(chain)).message).toContain("but no time is left to start it; ");
  });

  test("is not started when it is called off before", async () => {
    const { chain } = sign(
      folder(),
      { command: ["./none"] },
      { signal: AbortSignal.abort(new Error("off")) },
    );
    await expect(chain).rejects.toThrow("off");
  });

  test("ends when nobody can hear it, with the reason of that", async () => {
    const text = `console.error("one"); setInterval(() => {}, 1000)`;
    const onLine = () => {
      throw new Error("the engine does not answer");
    };
    const { chain } = sign(folder(), { command: nodeProgram(folder(), text) }, { onLine });
    await expect(chain).rejects.toThrow("the engine does not answer");
  });

  test("ends when it writes more than a chain, and nothing of that is shown", async () => {
    const text = `process.stdout.on("error", () => {});
      process.stdout.write("secret-output".repeat(800_000)); setInterval(() => {}, 1000)`;
    const error = await failureOf(sign(folder(), { command: nodeProgram(folder(), text) }).chain);
    expect(error.message).toMatch(/at most 1048576 bytes .*\[KVC_SIGNER_TOO_MUCH_OUTPUT\]$/);
    expect(JSON.stringify(error)).not.toContain("secret-output");
  });

  test("leaves no listener on the signal of the run", async () => {
    const { signal } = new AbortController();
    const during: number[] = [];
    const onLine = () => during.push(getEventListeners(signal, "abort").length);
    const command = nodeProgram(folder(), `console.error("ready"); console.log("chain")`);
    await sign(folder(), { command }, { signal, onLine }).chain;
    expect(during).toEqual([1]);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});

describe("a signer that fails", () => {
  const markers = { CA_TOKEN: "marker-of-env" };
  const fails = (text: string, ...args: string[]) =>
    failureOf(sign(folder(), { command: nodeProgram(folder(), text, ...args), env: markers }).chain);

  test("is told with its exit code, its last words and the next step", async () => {
    const { message } = await fails(
      `console.error("asked the CA"); console.error("no quota"); process.exitCode = 3`,
    );
    expect(message).toMatch(
      /^certificate "web" in vault https:\/\/contoso\.vault\.azure\.net: signer\.command ".*" must end with exit code 0, but it ended with 3, and its last words on stderr are "asked the CA \| no quota"; remove the cause; the next `pulumi up` asks it again for the same request \[KVC_SIGNER_FAILED\]$/,
    );
  });

  test("is told with the signal that ended it", async () => {
    const { message } = await fails(`process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000)`);
    expect(message).toContain("but it was ended by SIGKILL, and it wrote nothing on stderr; ");
  });

  test("is told where it ends well and writes nothing", async () => {
    const { message } = await fails(`console.log(" "); console.error("still pending")`);
    expect(message).toMatch(/exit code 0 and nothing there, .*"still pending"; .*\[KVC_SIGNER_NO_OUTPUT\]$/);
  });

  test("shows no argument, no value of its environment, no stdout and no key, in no property", async () => {
    const text = `
      console.log("marker-of-stdout");
      console.error(process.env.CA_TOKEN, process.env.ARM_CLIENT_SECRET, "heard");
      console.error("-----BEGIN PRIVATE KEY-----\\nmarker-of-key\\n-----END PRIVATE KEY-----");
      process.exitCode = 1`;
    const command = nodeProgram(folder(), text, "marker-of-argument");
    const host = hostIn(folder(), { ...process.env, ARM_CLIENT_SECRET: "marker-of-pipeline" });
    const { chain, lines } = sign(folder(), { command, env: markers }, { host });
    const error = await failureOf(chain);
    const everything = [error.message, error.stack, JSON.stringify(error), ...lines].join("\n");
    expect(everything).toContain("[secret] [secret] heard");
    expect(everything).toContain("[private key]");
    expect(everything).not.toContain("marker-of");
  });
});

describe("a signer that cannot be started", () => {
  const start = async (...command: Signer["command"]) =>
    (await failureOf(sign(folder(), { command, env: { TOKEN: "marker-of-env" } }).chain)).message;

  test.each<[string, Signer["command"], RegExp]>([
    ["that is not there", ["./none.sh"], /"\.\/none\.sh" could not be: there is no such file \(ENOENT\)/],
    ["that PATH does not have", ["no-such-signer"], /no folder of PATH .*\(ENOENT\); .* begins with \.\//],
    ["that is a whole command line", ["./sign.sh --days 90"], /as an item of its own/],
    ["that may not be executed", ["./plain.sh"], /may not be executed .*\(EACCES\); run `chmod \+x`/],
    ["that is a folder", ["./"], /it is a folder/],
    ["whose first line ends in CR", ["./windows.sh"], /not the interpreter .* LF line ends/],
    ["with a null character", ["./sign.sh", "marker-of-argument\0"], /null character/],
    ["with an empty name", [""], /it is empty/],
    ["with too many arguments", ["./sign.sh", "marker-of-argument".repeat(200_000)], /\(E2BIG\)/],
  ])("names the program, the folder, the cause and the remedy: one %s", async (_, command, words) => {
    writeProgram(folder(), "sign.sh", "#!/bin/sh\ncat\n");
    writeFileSync(`${folder()}/plain.sh`, "#!/bin/sh\ncat\n", { mode: 0o644 });
    writeProgram(folder(), "windows.sh", "#!/bin/sh\r\ncat\r\n");
    const message = await start(...command);
    expect(message).toMatch(words);
    expect(message).toContain(`can be started in ${folder()}, but `);
    expect(message).toMatch(/\[KVC_SIGNER_NOT_STARTED\]$/);
    expect(message).not.toContain("marker-of");
  });

  test("names the folder where that does not exist", async () => {
    const host = hostIn(`${folder()}/none`);
    const { chain } = sign(folder(), { command: ["./sign.sh"] }, { host });
    expect((await failureOf(chain)).message).toContain("that folder does not exist (ENOENT)");
  });

  test("is not started at all where it is a batch file on Windows, which needs a shell", async () => {
    writeProgram(folder(), "sign.cmd", "#!/bin/sh\ncat\n");
    const host = { ...hostIn(folder()), platform: "win32" } as const;
    const { chain } = sign(folder(), { command: ["./sign.cmd"] }, { host });
    expect((await failureOf(chain)).message).toMatch(
      /starts only through a shell, and none is used .*powershell/,
    );
  });
});

describe("the failures of a signer", () => {
  test("are in the table of all failures, and are told from others by their code", async () => {
    expect(errorTable).toMatchObject(signerErrors);
    const error = await failureOf(sign(folder(), { command: ["./none.sh"] }).chain);
    expect(isError(error, "KVC_SIGNER_NOT_STARTED")).toBe(true);
  });
});
