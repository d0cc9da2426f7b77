import assert from "node:assert/strict";

import type { Finding } from "../../app/finding";
import { tierNames } from "../../app/tiers";
import { hideSecrets, looksSecret, tellVisibleSecrets } from "../../app/visible-secrets";
import { tiers } from "../../components/tiers";
import { onTier } from "../support/on-tier";

/** Put together here, so that no tracked file looks as if it held one. */
const pem = (what: string) => `-----BEGIN ${what}-----\nMIIE`;

const HEX = "0f3c9a5512e8b7d4";

const SECRETS: readonly (readonly [string, string])[] = [
  ["DB_PASSWORD", "whalehello"],
  ["POSTGRES_PASSWORD", "changeme"],
  ["WEBPASSWORD", "hunter2"],
  ["PGPASSWORD", "x"],
  ["dbPassword", "hunter2"],
  ["spring.datasource.password", "hunter2"],
  ["DB_PASSWD", "gitea"],
  ["SMTP_PASS", "hunter2"],
  ["MYSQL_PWD", "hunter2"],
  ["CLIENT_SECRET", HEX],
  ["SESSION_SECRET", "keyboard cat"],
  ["SECRET_KEY_BASE", HEX],
  ["API_TOKEN", HEX],
  ["API_KEY", HEX],
  ["KEYCLOAK_ADMIN_PASSWORD", "admin"],
  ["AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"],
  ["ANYTHING", "AKIAIOSFODNN7EXAMPLE"],
  ["ANYTHING", `ghp_${"a1".repeat(18)}`],
  ["ANYTHING", `Bearer eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl`],
  ["ANYTHING", pem("RSA PRIVATE KEY")],
  ["PUBLIC_KEY", pem("PRIVATE KEY")],
];

const IN_TEXTS: readonly (readonly [string, string])[] = [
  ["DATABASE_URL", "postgres://shop:hunter2@db:5432/shop"],
  ["REDIS_URL", "redis://:hunter2@redis:6379"],
  ["DSN", "root:hunter2@tcp(db:3306)/shop"],
  ["CONNECTION", "Server=db;User Id=sa;Password=hunter2"],
  ["PGDSN", "host=db user=shop password=hunter2"],
];

const NONE: readonly (readonly [string, string])[] = [
  ["DB_PASSWORD_FILE", "/run/secrets/db_password"],
  ["DB_PASSWORD", "/run/secrets/db-password"],
  ["DB_PASSWORD", "./secrets/db"],
  ["DB_PASSWORD", ""],
  ["MYSQL_RANDOM_ROOT_PASSWORD", "yes"],
  ["MYSQL_ALLOW_EMPTY_PASSWORD", "1"],
  ["ALLOW_EMPTY_PASSWORD", "true"],
  ["RESET_PASSWORD", "off"],
  ["CSRF_TOKEN", "false"],
  ["MAX_TOKEN", "4096"],
  ["ACCESS_TOKEN", "15m"],
  ["PUBLIC_KEY", HEX],
  ["JWT_PUBLIC_KEY", "-----BEGIN PUBLIC KEY-----\nMIIB"],
  ["NEXT_PUBLIC_MAPS_KEY", HEX],
  ["STRIPE_PUBLISHABLE_KEY", "pk_live_0123456789abcdef"],
  ["SORT_KEY", "created"],
  ["PRIMARY_KEY", "id"],
  ["CACHE_KEY", "v2"],
  ["KEYCLOAK_USER", "admin"],
  ["KEYCLOAK", "yes please"],
  ["KEYBOARD", "de"],
  ["MONKEY", "business"],
  ["COMPASS", "north"],
  ["TOKEN_ISSUER", "shop"],
  ["SECRET_NAME", "prod/shop"],
  ["PASSWORD_MIN_LENGTH", "twelve"],
  ["AWS_ACCESS_KEY_ID", "local"],
  ["SECRET", "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-AbCdEf"],
  ["SIGNING_KEY", "https://example.com/jwks.json"],
  ["DB_PASSWORD", "${DB_PASSWORD}"],
  ["DB_PASSWORD", "<set me>"],
  ["DATABASE_URL", "postgres://shop@db:5432/shop"],
  ["DATABASE_URL", "postgres://shop:$PW@db/shop"],
  ["API_URL", "http://api:3000/@scope/name"],
  ["IMAGE", "registry:5000/app@sha256:abc"],
  ["CONNECTION", "Server=db;Trusted_Connection=True"],
];

describe("looksSecret", () => {
  for (const [name, value] of SECRETS)
    it(`${name}=${value.slice(0, 30)} does`, () => assert.equal(looksSecret(name, value), "secret"));
  for (const [name, value] of IN_TEXTS)
    it(`${name}=${value} has a password in it`, () => assert.equal(looksSecret(name, value), "password in a text"));
  for (const [name, value] of NONE)
    it(`${name}=${value.slice(0, 40)} does not`, () => assert.equal(looksSecret(name, value), null));
});

describe("hideSecrets", () => {
  it("leaves everything but what looks like a secret", () => {
    assert.equal(hideSecrets("postgres://shop:hunter2@db:5432/shop"), "postgres://shop:…@db:5432/shop");
    assert.equal(hideSecrets("Server=db;Password=hunter2;Timeout=5"), "Server=db;Password=…;Timeout=5");
    assert.equal(hideSecrets("key=AKIAIOSFODNN7EXAMPLE"), "key=…");
    for (const [, value] of NONE) if (!value.startsWith("-----")) assert.equal(hideSecrets(value), value);
    for (const [, value] of IN_TEXTS) assert.ok(!hideSecrets(value).includes("hunter2"));
  });
});

describe("a secret that shows", () => {
  const compose = `
services:
  web:
    image: nginx:1.29
    ports: ["8080:80"]
    environment:
      API_TOKEN: planted-one
      DATABASE_URL: postgres://shop:planted-two@db:5432/shop
      DB_PASSWORD: \${DB_PASSWORD}
      MODE: fast
  db: { image: "postgres:17" }
`;
  const wanted = [
    [
      "environment.API_TOKEN",
      "keep it as one: pulumi config set --secret --path 'spectrum:secrets.shop.API_TOKEN', and ${API_TOKEN} in the file",
    ],
    [
      "environment.DATABASE_URL",
      "keep it as a secret: pulumi config set --secret --path 'spectrum:secrets.shop.DATABASE_URL_PASSWORD', and ${DATABASE_URL_PASSWORD} in its place",
    ],
  ];
  for (const tier of tierNames) {
    it(`on ${tier} is told of once, in the finding of its key, without its value`, () => {
      const { read, findings } = onTier(tiers[tier]);
      const input = { compose, secrets: ["DB_PASSWORD"] };
      const before = findings(input);
      const after = tellVisibleSecrets(read(input), before);
      const isNew = (f: Finding) => !before.includes(f);
      assert.deepEqual(
        after.filter(isNew).map(({ key, remedy }) => [key, remedy]),
        wanted,
      );
      for (const { key, outcome, reason } of after.filter(isNew)) {
        const own = before.filter((f) => f.key === key);
        assert.deepEqual(
          after.filter((f) => f.key === key).length,
          Math.max(1, own.length),
          "no second finding of the key",
        );
        assert.equal(outcome, own[0]?.outcome ?? "kept");
        assert.match(reason, /looks like a secret|a password stands/u);
      }
      assert.ok(!JSON.stringify(after).includes("planted"), "no value is repeated");
    });
  }

  it("has a finding of its own where its key has none, and none where its key is refused", () => {
    const { read } = onTier(tiers.fargate);
    const read1 = read({ compose: `services: { web: { image: nginx, environment: { API_TOKEN: planted } } }` });
    const [alone] = tellVisibleSecrets(read1, []);
    assert.deepEqual([alone?.service, alone?.key, alone?.outcome], ["web", "environment.API_TOKEN", "kept"]);
    assert.equal(alone?.location?.line, 1);
    const refused: Finding = { ...alone, outcome: "refused", reason: "no", remedy: "yes" };
    assert.deepEqual(tellVisibleSecrets(read1, [refused]), [refused]);
  });

  it("keeps what the tier says to do about the key", () => {
    const { read } = onTier(tiers.fargate);
    const given = read({ compose: `services: { web: { image: nginx, environment: { API_TOKEN: planted } } }` });
    const [own] = tellVisibleSecrets(given, []);
    const changed = (remedy: string) => [{ ...own, outcome: "changed", reason: "other", remedy } as Finding];
    const remedies = ["nothing to do", "do that"].map((text) => tellVisibleSecrets(given, changed(text))[0]?.remedy);
    assert.deepEqual(remedies, [own?.remedy, `${own?.remedy}; do that`]);
  });
});
