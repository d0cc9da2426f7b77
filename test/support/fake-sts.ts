/** AWS STS for tests: a server on this machine that says whose credentials a caller has. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeSts {
  /** Variables for a process that is to ask it, with credentials that lead nowhere. */
  readonly env: Readonly<Record<string, string>>;
  /** How often it has been asked. */
  readonly asked: number;
  close(): void;
}

/** @param answer the account, or the code of the error that AWS refuses with */
export async function serveSts(answer: { readonly account: string } | { readonly error: string }): Promise<FakeSts> {
  let asked = 0;
  const server: Server = createServer((request, response) => {
    asked += 1;
    request.resume();
    response.setHeader("Content-Type", "text/xml");
    if ("error" in answer) {
      response.statusCode = 403;
      const { error } = answer;
      response.end(
        `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${error}</Code><Message>the fake refuses</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
      );
      return;
    }
    const { account } = answer;
    response.end(
      `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::${account}:user/somebody</Arn><UserId>AIDA</UserId><Account>${account}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
    );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    env: {
      AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
      AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      AWS_EC2_METADATA_DISABLED: "true",
    },
    get asked() {
      return asked;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
