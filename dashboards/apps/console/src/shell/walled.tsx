/** A room in its own walls: what fails in it, or cannot be loaded, leaves the head, the sound and the banners as they are. */
import { useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { Component, type ReactNode, Suspense } from "react";
import { useChannel } from "../live/provider";
import { table } from "./words";

export function Walled({ children }: { children: ReactNode }) {
  return (
    <Walls>
      <Suspense fallback={null}>{children}</Suspense>
    </Walls>
  );
}

class Walls extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? <Failed /> : this.props.children;
  }
}

/** A page that was not loaded is not asked for again by the browser: the console is begun anew, once the hub can be reached. */
function Failed() {
  const w = useWords(table);
  const isReached = useChannel().state === "live";
  return (
    <div className="wk-room-failed" role="alert">
      <p>{isReached ? w.roomFailed : w.roomUnreached}</p>
      <Button disabled={!isReached} onClick={() => location.reload()}>
        {w.again}
      </Button>
    </div>
  );
}
