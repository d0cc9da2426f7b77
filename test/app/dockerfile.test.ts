import assert from "node:assert/strict";
import { exposedPorts } from "../../app/dockerfile";

describe("exposedPorts", () => {
  const tcp = (...ports: number[]) => ports.map((port) => ({ port, protocol: "tcp" }));
  const cases: [string, string, string | null, unknown][] = [
    ["one port", "FROM a\nEXPOSE 80", null, tcp(80)],
    ["several, with protocols", "FROM a\nEXPOSE 80/tcp 53/udp", null, [...tcp(80), { port: 53, protocol: "udp" }]],
    ["a range", "FROM a\nEXPOSE 7000-7002", null, tcp(7000, 7001, 7002)],
    ["the last stage", "FROM a AS one\nEXPOSE 1\nFROM b\nEXPOSE 2", null, tcp(2)],
    ["the target stage", "FROM a AS One\nEXPOSE 1\nFROM b\nEXPOSE 2", "one", tcp(1)],
    ["a stage that builds on another", "FROM a AS one\nEXPOSE 1\nFROM one\nEXPOSE 2", null, tcp(2, 1)],
    ["a variable is left out", "FROM a\nARG PORT=80\nEXPOSE $PORT 9000", null, tcp(9000)],
    ["a well-known base", "FROM --platform=linux/amd64 nginx:1.27\nCOPY . .", null, tcp(80)],
    ["a continued line", "FROM a\nEXPOSE 80 \\\n 81", null, tcp(80, 81)],
    ["nothing", "FROM scratch", null, []],
    ["a comment", "FROM a\n# EXPOSE 80", null, []],
    ["no stage of that name", "FROM a\nEXPOSE 80", "x", []],
  ];
  for (const [what, text, target, expected] of cases) {
    it(what, () => assert.deepEqual(exposedPorts(text, target), expected));
  }
});
