/** What is to be typed at a machine, as it is to be typed. A click selects all of it. */
export function Command({ lines }: { lines: readonly string[] }) {
  return <code className="wk-command">{lines.join("\n")}</code>;
}
