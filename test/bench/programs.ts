import type { PulumiFn } from "@pulumi/pulumi/automation";
import * as pulumi from "@pulumi/pulumi";
import { Certificate } from "pulumi-keyvault-certificates";

const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index));

/** Certificates with a key that is made at once. */
export function certificates(count: number, issuerOf: (index: number) => string = () => "Self"): PulumiFn {
  return () => {
    for (const [index, number] of numbers(count).entries()) {
      new Certificate(`web-${number}`, {
        policy: {
          issuerName: issuerOf(index),
          subject: `CN=web-${number}.example.com`,
          keyType: "EC",
          keyCurveName: "P-256",
        },
      });
    }
    return Promise.resolve();
  };
}

/**
 * Dynamic resources that do nothing but wait. Their code is a constant text, as that of our classes: what the SDK would make of a
 * `pulumi.dynamic.Resource` costs the program more, and the comparison would be easier to win.
 */
export function noOperations(count: number, waitMs: number): PulumiFn {
  const provider = `exports.handler = () => ({
    check: (_, inputs) => ({ inputs, failures: [] }),
    create: (inputs) => new Promise((done) => setTimeout(() => done({ id: "waited", outs: inputs }), ${waitMs})),
  });`;
  return () => {
    for (const number of numbers(count)) new Waits(`waits-${number}`, provider);
    return Promise.resolve();
  };
}

class Waits extends pulumi.CustomResource {
  constructor(name: string, provider: string) {
    super("pulumi-nodejs:dynamic:Resource", name, { __provider: provider });
  }
}
