import { afterEach, expect, test, vi } from "vitest";
import { askFile, Refusal } from "./http";

afterEach(() => vi.unstubAllGlobals());

const asked = { path: { day: "2026-01-01" }, query: { lang: "zh" as const } };

test("a file comes as it was sent, from the path and the query that were asked", async () => {
  const fetch = vi.fn(async () => new Response("%PDF-", { headers: { "Content-Type": "application/pdf" } }));
  vi.stubGlobal("fetch", fetch);
  const file = await askFile("GET /reports/patrol/{day}.pdf", asked);
  expect([file.type, await file.text()]).toEqual(["application/pdf", "%PDF-"]);
  expect(fetch).toHaveBeenCalledWith("/reports/patrol/2026-01-01.pdf?lang=zh", expect.objectContaining({ method: "GET" }));
});

test("a file that is refused is a refusal in words, and no file", async () => {
  const body = { code: "reports_missing", message_zh: "未安装", message_en: "not installed" };
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify(body), { status: 501 }));
  const refused = await askFile("GET /reports/patrol/{day}.pdf", asked).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Refusal);
  expect([(refused as Refusal).code, (refused as Refusal).zh]).toEqual(["reports_missing", "未安装"]);
});
