export interface Sweep {
  readonly key: string;
}
