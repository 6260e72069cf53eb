/** Drafts that survive a reload: what somebody was writing is in the browser's database until it was sent. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";

interface Shape extends DBSchema {
  drafts: { key: string; value: { key: string; savedMs: number; body: unknown }; indexes: { savedMs: number } };
}

const KEEP_MS = 7 * 86_400_000;
let database: Promise<IDBPDatabase<Shape>> | undefined;

function open(): Promise<IDBPDatabase<Shape>> {
  database ??= openDB<Shape>("watchkeeper", 1, {
    upgrade: (db) => void db.createObjectStore("drafts", { keyPath: "key" }).createIndex("savedMs", "savedMs"),
  });
  return database;
}

/** Keep a draft; the one before under this key is gone. Drafts of over a week go too. */
export async function keepDraft(key: string, body: unknown, nowMs: number): Promise<void> {
  const db = await open();
  const writing = db.transaction("drafts", "readwrite");
  await writing.store.put({ key, savedMs: nowMs, body });
  for await (const old of writing.store.index("savedMs").iterate(IDBKeyRange.upperBound(nowMs - KEEP_MS))) await old.delete();
  await writing.done;
}

/** The draft under a key, or undefined. What it holds is as old as the program that wrote it: check it before use. */
export async function draftOf(key: string): Promise<unknown> {
  return (await (await open()).get("drafts", key))?.body;
}

/** It was sent, or thrown away. */
export async function dropDraft(key: string): Promise<void> {
  await (await open()).delete("drafts", key);
}
