/** Evidence for tests. */
import { createHash } from "node:crypto";
import type { EvidenceEntry } from "../../../deploy/promote/evidence";

/** The id of a release by a short name. */
export const idOf = (name: string): string => createHash("sha256").update(name).digest("hex");

/** An entry that succeeded; `over` says what is another. `release` and `previousRelease` may be short names. */
export function entry(over: Partial<EvidenceEntry> & { readonly release: string }): EvidenceEntry {
  const { previousRelease = null } = over;
  return {
    version: 1,
    time: "2027-01-31T12:00:00.000Z",
    action: "promote",
    environment: "staging",
    app: "shop",
    from: "dev",
    images: { web: `registry.example/shop/web@sha256:${idOf("web")}` },
    who: { user: "Ada Lovelace <ada@example.com>", arn: "arn:aws:iam::123456789012:user/ada" },
    approvals: [],
    named: { skip: [], older: false, failed: false },
    policy: { advisory: 0, exempted: 0 },
    price: { usd: 36.39, budget: null },
    configDifference: idOf("difference"),
    result: "succeeded",
    reason: null,
    health: { web: { state: "running", healthy: 1, wanted: 1 } },
    ...over,
    release: idOf(over.release),
    previousRelease: previousRelease === null ? null : idOf(previousRelease),
  };
}

/** One that failed. */
export const failure = (over: Parameters<typeof entry>[0]): EvidenceEntry =>
  entry({ ...over, result: "failed", reason: "web did not become healthy" });
