/** Passwords that people can read out and type: no letter looks like another. Pure but for the random bytes. */
const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";
const GROUPS = 4;
const GROUP_LETTERS = 4;
/** 31 letters, 16 of them: 79 bits. */
const FAIR_MAX = 256 - (256 % LETTERS.length);

type Bytes = (count: number) => Uint8Array;
const browserBytes: Bytes = (count) => crypto.getRandomValues(new Uint8Array(count));

/** Four groups of four letters and digits. Each is as likely as any other: bytes that would favour some are thrown away. */
export function newPassword(bytes: Bytes = browserBytes): string {
  let letters = "";
  while (letters.length < GROUPS * GROUP_LETTERS) {
    for (const byte of bytes(32)) if (byte < FAIR_MAX) letters += LETTERS[byte % LETTERS.length];
  }
  const groups = Array.from({ length: GROUPS }, (_, at) => letters.slice(at * GROUP_LETTERS, (at + 1) * GROUP_LETTERS));
  return groups.join("-");
}
