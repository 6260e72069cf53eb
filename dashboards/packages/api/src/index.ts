export * from "./http";
export * from "./live";
export type * from "./types.gen";
