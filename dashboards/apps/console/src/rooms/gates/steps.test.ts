import type { Command, Condition } from "@watchkeeper/api";
import { describe, expect, it } from "vitest";
import { stepsOf, waits } from "./steps";

const ASKED = Date.parse("2026-01-01T08:00:00Z");

function at(s: number): string {
  return new Date(ASKED + s * 1_000).toISOString();
}

function command(phase: Command["phase"], more: Partial<Command> = {}): Command {
  return {
    id: "c1",
    device: "barrier-1",
    action: "open",
    actor: "李伟",
    reason: "消防检查",
    phase,
    detail: "",
    detail_zh: "",
    detail_en: "",
    asked_at: at(0),
    ended_at: phase === "asked" || phase === "sent" ? null : at(1),
    ...more,
  };
}

function condition(name: string, sinceS: number | null): Condition {
  return { name, zh: name, en: name, abnormal: false, since: sinceS === null ? null : at(sinceS) };
}

describe("the three steps of a command", () => {
  it("waits for the agent and says nothing of the device before", () => {
    expect(stepsOf(command("asked"), condition("closed", -60), ASKED + 500)).toEqual({
      sent: "waiting",
      done: "none",
      seen: "none",
    });
    expect(stepsOf(command("sent"), condition("closed", -60), ASKED + 500)).toEqual({
      sent: "ok",
      done: "waiting",
      seen: "none",
    });
  });

  it("is not seen until the device itself has told what was wanted, after it was asked", () => {
    const done = command("done");
    expect(stepsOf(done, condition("closed", -60), ASKED + 2_000).seen).toBe("waiting");
    expect(stepsOf(done, condition("moving", 1), ASKED + 2_000).seen).toBe("waiting");
    expect(stepsOf(done, condition("open", 3), ASKED + 4_000).seen).toBe("ok");
  });

  it("is missing where the device tells nothing within twenty seconds, and comes after all where it tells later", () => {
    const done = command("done");
    expect(stepsOf(done, condition("closed", -60), ASKED + 22_000).seen).toBe("missing");
    expect(stepsOf(done, condition("unknown", null), ASKED + 22_000).seen).toBe("missing");
    expect(stepsOf(done, condition("open", 30), ASKED + 31_000).seen).toBe("ok");
  });

  it("proves nothing where the device was like that before", () => {
    expect(stepsOf(command("done"), condition("open", -60), ASKED + 2_000).seen).toBe("same");
  });

  it("has failed at the agent where that refused, and never counts as done", () => {
    for (const phase of ["refused", "failed"] as const)
      expect(stepsOf(command(phase), condition("open", 5), ASKED + 9_000)).toEqual({ sent: "ok", done: "failed", seen: "none" });
  });

  it("was never sent where the agent gave no answer or no record could be made", () => {
    expect(stepsOf(command("no_answer"), undefined, ASKED + 9_000)).toEqual({ sent: "failed", done: "none", seen: "none" });
    expect(stepsOf(command("failed", { detail: "unrecorded" }), undefined, ASKED).sent).toBe("failed");
  });

  it("is unknown where no result came for twenty seconds, and no longer keeps the buttons off", () => {
    expect(stepsOf(command("sent"), undefined, ASKED + 21_000).done).toBe("unknown");
    expect(waits(command("sent"), ASKED + 19_000)).toBe(true);
    expect(waits(command("sent"), ASKED + 21_000)).toBe(false);
    expect(waits(command("done"), ASKED + 1_000)).toBe(false);
  });
});
