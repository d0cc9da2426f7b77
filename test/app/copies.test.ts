import assert from "node:assert/strict";
import { copiedServices, runsFewer, withCopies } from "../../app/copies";
import { appOf, placementOf, port, service } from "../support/app";

const scale = { min: 2, max: 4, cpu: 60, memory: null, requests: null, schedule: [] };
const web = service("web", { ports: [port(8080)] });
const worker = service("worker");

describe("an app in more copies", () => {
  it("copies what publishes a port, or all where nothing does", () => {
    const app = appOf([web, worker]);
    assert.deepEqual(copiedServices(app, placementOf(app)), ["web"]);
    const silent = appOf([worker, service("other")]);
    assert.deepEqual(copiedServices(silent, placementOf(silent)), ["worker", "other"]);
  });

  it("copies no job", () => {
    const app = appOf([worker, service("once", { job: true })]);
    assert.deepEqual(copiedServices(app, placementOf(app)), ["worker"]);
  });

  it("runs so many of them at all times, and of the others as many as before", () => {
    const app = appOf([web, worker]);
    const made = withCopies(app, placementOf(app, { services: { web: { scale }, worker: { scale } } }), 7);
    assert.deepEqual([made.app.services.web?.replicas, made.placement.services.web?.scale], [7, null]);
    assert.deepEqual([made.app.services.worker?.replicas, made.placement.services.worker?.scale], [1, scale]);
  });

  it("tells where a tier runs fewer than it should", () => {
    const finding = (name: string, key: string, outcome: "kept" | "changed") =>
      ({ app: "shop", service: name, key, outcome, accepted: false, reason: "", remedy: "", location: null }) as const;
    assert.equal(runsFewer([finding("web", "deploy.replicas", "changed")], ["web"]), true);
    // that all nodes run the others too is no loss
    assert.equal(runsFewer([finding("worker", "deploy.replicas", "changed")], ["web"]), false);
    assert.equal(
      runsFewer([finding("web", "deploy.replicas", "kept"), finding("web", "ports", "changed")], ["web"]),
      false,
    );
  });
});
