/** The remote components whose children Spectrum knows, by type. */
import type { RemoteComponent } from "./component";
import { cluster } from "./eks-cluster";
import { image } from "./image";
import { vpc } from "./vpc";

const COMPONENTS: Readonly<Record<string, RemoteComponent>> = {
  "awsx:ec2:Vpc": vpc,
  "awsx:ecr:Image": image,
  "eks:index:Cluster": cluster,
};

/** The knowledge of a remote component; undefined for one that Spectrum does not use. */
export function remoteComponent(type: string): RemoteComponent | undefined {
  return COMPONENTS[type];
}
