/** An incident's number: it becomes the one that all windows look at, and this window goes to the queue. */
import { useWords, words } from "@watchkeeper/ui";
import { Link } from "react-router";
import { useLive } from "../live/provider";

const table = words({ open: (no: number) => `在队列中选中 #${no}` }, { open: (no) => `Select #${no} in the queue` });

export function ToIncident({ no }: { no: number }) {
  const w = useWords(table);
  const { selection } = useLive();
  return (
    <Link to="/queue" title={w.open(no)} onClick={() => selection.select(no)}>
      #{no}
    </Link>
  );
}
