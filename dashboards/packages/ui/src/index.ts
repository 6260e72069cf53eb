export * from "./clock";
export * from "./hold";
export * from "./keys";
export * from "./nonce";
export * from "./priority";
export * from "./status";
export * from "./time";
export * from "./words";
