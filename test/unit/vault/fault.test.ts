import { faultOf } from "../../../provider/vault/fault";

function coded(code: string, message = `it ended with ${code}`, more: object = {}): Error {
  return Object.assign(new Error(message), { code }, more);
}

describe("faultOf", () => {
  test.each([
    ["ENOTFOUND", "unresolved"],
    ["EAI_AGAIN", "unresolved"],
    ["ECONNREFUSED", "notSent"],
    ["EHOSTUNREACH", "notSent"],
    ["ENETUNREACH", "notSent"],
    ["UND_ERR_CONNECT_TIMEOUT", "notSent"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "untrusted"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "untrusted"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "untrusted"],
    ["CERT_HAS_EXPIRED", "untrusted"],
    ["ECONNRESET", "broken"],
    ["EPIPE", "broken"],
    ["ETIMEDOUT", "broken"],
    ["UND_ERR_SOCKET", "broken"],
    ["UND_ERR_HEADERS_TIMEOUT", "broken"],
    ["UND_ERR_BODY_TIMEOUT", "broken"],
    ["UND_ERR_ABORTED", "broken"],
    ["constructor", "broken"],
    ["SOMETHING_NEW", "broken"],
  ])("takes %s for %s", (code, fault) => {
    expect(faultOf(coded(code)).fault).toBe(fault);
  });

  test("tells a timeout while connecting from one of a connection", () => {
    expect(faultOf(coded("ETIMEDOUT", "connect ETIMEDOUT", { syscall: "connect" })).fault).toBe("notSent");
    expect(faultOf(coded("ETIMEDOUT", "read ETIMEDOUT", { syscall: "read" })).fault).toBe("broken");
  });

  test("looks into the error of several addresses", () => {
    const error = new AggregateError(
      [coded("ECONNREFUSED", "connect ECONNREFUSED ::1:1"), coded("ECONNREFUSED")],
      "",
    );
    expect(faultOf(error)).toMatchObject({ fault: "notSent", reason: "connect ECONNREFUSED ::1:1" });
  });

  test("looks into the cause", () => {
    expect(faultOf(new TypeError("fetch failed", { cause: coded("ENOTFOUND") })).fault).toBe("unresolved");
  });

  test.each([
    [coded("UND_ERR_HEADERS_TIMEOUT", "Headers Timeout Error"), "no reply in time (UND_ERR_HEADERS_TIMEOUT)"],
    [coded("ENOTFOUND", "getaddrinfo ENOTFOUND contoso"), "getaddrinfo ENOTFOUND contoso"],
    [coded("UND_ERR_SOCKET", "other side closed"), "other side closed (UND_ERR_SOCKET)"],
    [coded("EPIPE", ""), "EPIPE"],
    [new Error("no code"), "no code"],
    ["not an error", "unknown network error"],
  ])("%#: gives the reason in words", (error, reason) => {
    expect(faultOf(error).reason).toBe(reason);
  });
});
