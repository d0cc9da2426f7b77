import assert from "node:assert/strict";
import { parseImage } from "../../../app/image";
import { digestOfTag, RegistryError } from "../../../deploy/release";
import { type FakeRegistry, serveRegistry } from "../../support/fake-registry";
import { digestOf } from "../../support/release";

describe("a registry", () => {
  let registry: FakeRegistry;
  before(async () => (registry = await serveRegistry()));
  after(() => registry.close());
  beforeEach(() => {
    registry.manifests.clear();
    registry.asked.length = 0;
  });

  const ask = (image: string, host = registry.host) => {
    const reference = parseImage(`${host}/${image}`);
    assert.ok(reference);
    return digestOfTag(reference);
  };
  const refusal = async (run: Promise<string>): Promise<string> => {
    const error = await run.then(assert.fail, (thrown: unknown) => thrown);
    assert.ok(error instanceof RegistryError, String(error));
    return error.message;
  };

  it("says by HEAD which digest a tag has, latest where none is named", async () => {
    registry.manifests.set("team/app:1", { body: "one", digest: digestOf("one") });
    registry.manifests.set("app:latest", { body: "two", digest: digestOf("two") });
    assert.equal(await ask("team/app:1"), digestOf("one"));
    assert.equal(await ask("app"), digestOf("two"));
    assert.deepEqual(registry.asked, ["HEAD /v2/team/app/manifests/1", "HEAD /v2/app/manifests/latest"]);
  });

  it("gives anybody a token for the one repository", async () => {
    registry.manifests.set("team/app:1", { body: "one", digest: digestOf("one"), wants: "token" });
    assert.equal(await ask("team/app:1"), digestOf("one"));
    assert.deepEqual(registry.asked, [
      "HEAD /v2/team/app/manifests/1",
      "GET /token?service=fake&scope=repository%3Ateam%2Fapp%3Apull",
      "HEAD /v2/team/app/manifests/1",
    ]);
  });

  it("is asked for the manifest where it does not say the digest of one", async () => {
    registry.manifests.set("app:1", { body: "a manifest", wants: "token" });
    assert.equal(await ask("app:1"), digestOf("a manifest"));
  });

  it("says why it does not tell", async () => {
    const { host } = registry;
    registry.manifests.set("a:1", { body: "", wants: "login" });
    registry.manifests.set("b:1", { body: "", wants: "password" });
    registry.manifests.set("c:1", { body: "", wants: 429 });
    registry.manifests.set("d:1", { body: "", wants: 503 });
    assert.equal(await refusal(ask("a:1")), `${host} wants a login`);
    assert.equal(await refusal(ask("b:1")), `${host} wants a login`);
    assert.equal(await refusal(ask("c:1")), `${host} answers nobody so often without a login`);
    assert.equal(await refusal(ask("d:1")), `${host} answers with status 503`);
    assert.equal(await refusal(ask("e:1")), `${host} has no such image`);
    const gone = await serveRegistry();
    gone.close();
    assert.equal(await refusal(ask("a:1", gone.host)), `${gone.host} cannot be asked (ECONNREFUSED)`);
  });
});
