export { pageNonce } from "./nonce.ts";
