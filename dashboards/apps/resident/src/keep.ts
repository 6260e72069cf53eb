/** What this browser remembers. Storage may be forbidden, and then nothing is remembered, and nothing breaks. */

export type Kept = Pick<Storage, "getItem" | "setItem">;

/** The value kept under `key`; null: none, or none can be. */
export function recall(storage: () => Kept, key: string): string | null {
  try {
    return storage().getItem(key);
  } catch {
    return null;
  }
}

/** Whether it is kept now. */
export function keep(storage: () => Kept, key: string, value: string): boolean {
  try {
    storage().setItem(key, value);
    return true;
  } catch {
    return false;
  }
}
