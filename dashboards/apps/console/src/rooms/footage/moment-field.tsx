/** A field for a moment on the estate's wall clock, to the second. */
import { useId } from "react";

export function MomentField({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const id = useId();
  return (
    <label htmlFor={id}>
      {label}
      <input id={id} type="datetime-local" step="1" value={value} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}
