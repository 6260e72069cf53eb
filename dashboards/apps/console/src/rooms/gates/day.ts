/** A day's openings in sums. Pure. */
import type { GateDay } from "@watchkeeper/api";

/** The day that an address asks for: a real one, and none that is still to come. */
export function dayOf(asked: string | null, today: string): string {
  if (asked === null || !/^\d{4}-\d{2}-\d{2}$/.test(asked)) return today;
  const at = Date.parse(`${asked}T00:00:00Z`);
  const isReal = !Number.isNaN(at) && new Date(at).toISOString().startsWith(asked);
  return isReal && asked <= today ? asked : today;
}

export function totalOf(gates: readonly GateDay[]): { openings: number; unexplained: number } {
  const sum = (of: (gate: GateDay) => number) => gates.reduce((all, gate) => all + of(gate), 0);
  return { openings: sum((gate) => gate.openings), unexplained: sum((gate) => gate.unexplained) };
}

/** A gate's openings by each of these explanations, also those that there were none of. */
export function countsOf(gate: GateDay, names: readonly string[]): readonly { name: string; count: number }[] {
  return names.map((name) => ({ name, count: gate.by.find((one) => one.explained === name)?.count ?? 0 }));
}
