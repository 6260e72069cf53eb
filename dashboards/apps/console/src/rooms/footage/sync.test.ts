import { describe, expect, it } from "vitest";
import { correction, faster, holdsAll, leader, SEEK_EVERY_MS, WAIT_MS, waited } from "./sync";

describe("a player that is off", () => {
  it("is left alone where nobody sees it", () => {
    expect(correction(20, 1, 99_999)).toEqual({ how: "in_step", rate: 1 });
  });

  it("runs faster where it is behind, and slower where it is ahead, by a little", () => {
    expect(correction(100, 2, 99_999)).toEqual({ how: "nudge", rate: 2 * 1.05 });
    expect(correction(-100, 1, 99_999)).toEqual({ how: "nudge", rate: 0.9 });
    expect(correction(100_000, 1, 0)).toEqual({ how: "nudge", rate: 1.15 });
  });

  it("goes to the time itself over 0.15 s, but not again and again", () => {
    expect(correction(151, 1, SEEK_EVERY_MS)).toEqual({ how: "seek" });
    expect(correction(151, 1, SEEK_EVERY_MS - 1).how).toBe("nudge");
  });

  it("may be off by more of what was filmed when all run faster", () => {
    expect(correction(800, 8, 99_999).how).toBe("nudge");
    expect(correction(1_300, 8, 99_999).how).toBe("seek");
  });
});

describe("who leads", () => {
  it("stays, as long as he is ready", () => {
    expect(leader(["ready", "ready"], 1)).toBe(1);
    expect(leader(["ready", "hole"], 1)).toBe(0);
    expect(leader(["waiting", "off"], 0)).toBe(-1);
  });
});

describe("waiting", () => {
  it("is for one that loads, and has an end", () => {
    expect(holdsAll(["ready", "waiting"], [0, 10])).toBe(true);
    expect(holdsAll(["ready", "waiting"], [0, WAIT_MS])).toBe(false);
    expect(holdsAll(["ready", "hole"], [0, 0])).toBe(false);
    expect(holdsAll(["off", "off"], [0, 0])).toBe(false);
  });

  it("is counted from its beginning", () => {
    expect(waited(["waiting", "ready"], [100, 100], 50)).toEqual([150, 0]);
  });
});

describe("speeds", () => {
  it("have a slowest and a fastest", () => {
    expect(faster(1, 1)).toBe(2);
    expect(faster(8, 1)).toBe(8);
    expect(faster(0.5, -1)).toBe(0.5);
  });
});
