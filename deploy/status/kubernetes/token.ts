/** The token by which an EKS cluster knows an IAM identity. */
import { createHash, createHmac, type Hash as NodeHash, type Hmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";

type SignerInit = ConstructorParameters<typeof SignatureV4>[0];
type SourceData = ConstructorParameters<SignerInit["sha256"]>[0];

export interface TokenArgs {
  readonly cluster: string;
  readonly region: string;
  readonly credentials: SignerInit["credentials"];
  /** Default: now. */
  readonly date?: Date;
}

/** Seconds that the signed URL is good for; the cluster takes the token for 15 minutes from its date. */
const EXPIRES = 60;

/**
 * A signed URL of `sts:GetCallerIdentity` that names the cluster in a signed header, in base64url: the cluster opens it and
 * sees who asks. As `aws eks get-token` makes it. Nothing is sent here.
 * https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html
 */
export async function clusterToken({ cluster, region, credentials, date = new Date() }: TokenArgs): Promise<string> {
  const hostname = `sts.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
  const signer = new SignatureV4({ service: "sts", region, credentials, sha256: Sha256 });
  const { query = {} } = await signer.presign(
    {
      method: "GET",
      protocol: "https:",
      hostname,
      path: "/",
      query: { Action: "GetCallerIdentity", Version: "2011-06-15" },
      headers: { host: hostname, "x-k8s-aws-id": cluster },
    },
    { expiresIn: EXPIRES, signingDate: date },
  );
  const words = Object.entries(query).map(
    ([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`,
  );
  return `k8s-aws-v1.${Buffer.from(`https://${hostname}/?${words.join("&")}`).toString("base64url")}`;
}

/** Node's own SHA-256, keyed or not, as the signer wants it. */
class Sha256 {
  private hash!: NodeHash | Hmac;

  constructor(private readonly secret?: SourceData) {
    this.reset();
  }

  update(data: Uint8Array): void {
    this.hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.hash.digest());
  }

  reset(): void {
    this.hash = this.secret === undefined ? createHash("sha256") : createHmac("sha256", bytesOf(this.secret));
  }
}

function bytesOf(data: NonNullable<SourceData>): Uint8Array {
  if (typeof data === "string") return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
