/** The players of a view, what moves them, and what is done with what they show. */
import { useKeys, useLanguage, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { useEffect, useRef, useState } from "react";
import { useSession } from "../../session/session";
import { Controls, STEP_MS } from "./controls";
import { ExportDialog } from "./export-dialog";
import { HoldDialog } from "./hold-dialog";
import { Screen } from "./screen";
import { around, at, LEAD_MS, type Span } from "./span";
import type { Track } from "./tracks";
import { type Look, useDeck } from "./view";
import { table } from "./words";

interface Given {
  readonly look: Look;
  readonly tracks: readonly Track[];
  /** When the incident was; null: it is about none. */
  readonly aboutMs: number | null;
  name(device: string): string;
  onAt(ms: number): void;
  onClose(): void;
  onRenew(atMs: number): void;
}

const TOLD_EVERY_MS = 250;

export function Playing({ look, tracks, aboutMs, name, onAt, onClose, onRenew }: Given) {
  const w = useWords(table);
  const language = useLanguage();
  const { may } = useSession();
  const { deck } = look;
  const state = useDeck(deck);
  const [large, setLarge] = useState<number | null>(null);
  const [dialog, setDialog] = useState<"export" | "hold" | null>(null);
  useTold(state.atMs, onAt);
  const toIncident = () => deck.seek((aboutMs ?? look.span.fromMs) - (aboutMs === null ? 0 : LEAD_MS));
  const canExport = may("POST /footage/exports");
  const canHold = may("POST /footage/holds");
  const show = (which: "export" | "hold") => {
    deck.pause();
    setDialog(which);
  };
  useKeys({
    space: () => deck.playOrPause(),
    arrowleft: () => deck.by(-STEP_MS),
    arrowright: () => deck.by(STEP_MS),
    ",": () => deck.step(-1),
    ".": () => deck.step(1),
    "-": () => deck.faster(-1),
    "=": () => deck.faster(1),
    "0": toIncident,
    escape: () => setLarge(null),
    e: () => canExport && show("export"),
    l: () => canHold && show("hold"),
    ...Object.fromEntries(
      deck.sources.map((_, one) => [String(one + 1), () => setLarge((before) => (before === one ? null : one))]),
    ),
  });
  const causeOf = (device: string) => {
    const hole = at(tracks.find((one) => one.device === device)?.holes ?? [], state.atMs);
    return hole === undefined ? "" : hole[language];
  };
  const marked: Span = aboutMs === null ? { fromMs: state.atMs - 60_000, toMs: state.atMs + 60_000 } : around(aboutMs);
  const devices = deck.sources.map((one) => one.device);
  return (
    <div className="wk-footage-stage">
      <div className="wk-footage-grid" data-count={deck.sources.length} data-large={large !== null}>
        {deck.sources.map((source, one) => (
          <Screen
            key={source.device}
            deck={deck}
            at={one}
            state={state}
            name={name(source.device)}
            cause={causeOf(source.device)}
            large={large === one}
            onEnlarge={() => setLarge(large === one ? null : one)}
            onRenew={() => onRenew(state.atMs)}
          />
        ))}
      </div>
      <Controls deck={deck} state={state}>
        {aboutMs !== null && <Button onClick={toIncident}>{w.toIncident}</Button>}
        {canExport && (
          <Button data-export onClick={() => show("export")}>
            {w.export} (E)
          </Button>
        )}
        {canHold && (
          <Button data-hold-footage onClick={() => show("hold")}>
            {w.hold} (L)
          </Button>
        )}
        <Button onClick={onClose}>{w.end}</Button>
      </Controls>
      <p className="wk-footage-why">
        {w.reason}
        {w.colon}
        <span data-user-data>{look.reason}</span> · {w.keys}
      </p>
      {dialog === "export" && (
        <ExportDialog devices={devices} span={marked} look={look} name={name} onClose={() => setDialog(null)} />
      )}
      {dialog === "hold" && (
        <HoldDialog devices={devices} span={marked} why={look.reason} name={name} onClose={() => setDialog(null)} />
      )}
    </div>
  );
}

/** The room hears of the time a few times a second. */
function useTold(atMs: number, tell: (ms: number) => void): void {
  const last = useRef(0);
  useEffect(() => {
    if (performance.now() - last.current < TOLD_EVERY_MS) return;
    last.current = performance.now();
    tell(atMs);
  });
}
