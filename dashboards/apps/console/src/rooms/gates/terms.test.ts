import { describe, expect, it } from "vitest";
import { reasons, reasonWord } from "./terms";

describe("the words for a decision", () => {
  it("tell a passback that was noted from one that refused", () => {
    expect(reasonWord(reasons.zh, "passback", true)).toBe("同侧重复使用，仅提示");
    expect(reasonWord(reasons.zh, "passback", false)).toBe("同侧重复使用");
    expect(reasonWord(reasons.en, "expired", false)).toBe("expired");
  });

  it("are the hub's own name where there is none here, so that nothing is hidden", () => {
    expect(reasonWord(reasons.zh, "new_reason", true)).toBe("new_reason");
  });
});
