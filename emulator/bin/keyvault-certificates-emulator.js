#!/usr/bin/env node
"use strict";

// Written for any Node, so that an old one is told what is wrong instead of failing on newer syntax.
var required = [22, 19];
var actual = process.versions.node.split(".").map(Number);

if (actual[0] < required[0] || (actual[0] === required[0] && actual[1] < required[1])) {
  console.error(
    "keyvault-certificates-emulator needs Node " +
      required.join(".") +
      " or newer; this is " +
      process.versions.node +
      ".",
  );
  process.exitCode = 1;
} else {
  require("../dist/cli.js");
}
