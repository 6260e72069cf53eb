export { lendNonce, pageNonce } from "./nonce.ts";
