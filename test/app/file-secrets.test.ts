import assert from "node:assert/strict";
import { fileVariables } from "../../app/file-secrets";
import { service } from "../support/app";

describe("fileVariables", () => {
  const grant = { source: "pw", target: "/run/secrets/pw", uid: null, gid: null, mode: null, index: 0 };
  const of = (environment: Record<string, string | null>) =>
    fileVariables(service("db", { environment, secrets: [grant] }));

  it("finds the variable that names a secret's file", () => {
    assert.deepEqual(of({ POSTGRES_PASSWORD_FILE: "/run/secrets/pw" }), [
      { file: "POSTGRES_PASSWORD_FILE", variable: "POSTGRES_PASSWORD", secret: "pw" },
    ]);
  });
  const none: [string, Record<string, string | null>][] = [
    ["another file", { A_FILE: "/etc/pw" }],
    ["another name", { A_PATH: "/run/secrets/pw" }],
    ["no name at all", { _FILE: "/run/secrets/pw" }],
    ["its twin is set", { A_FILE: "/run/secrets/pw", A: "x" }],
    ["no value", { A_FILE: null }],
  ];
  for (const [what, environment] of none) it(`leaves alone: ${what}`, () => assert.deepEqual(of(environment), []));
});
