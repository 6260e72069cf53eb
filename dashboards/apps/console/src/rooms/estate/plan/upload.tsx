/** A floor's drawing is uploaded, replaced or removed. It counts at once. */
import { useMutation } from "@tanstack/react-query";
import { ask, type DrawingInfo, type DrawingTaken, Refusal } from "@watchkeeper/api";
import { useLanguage, useWords } from "@watchkeeper/ui";
import { Alert, Button, Modal } from "antd";
import { useRef, useState } from "react";
import { rowOf } from "../document";
import { useWork } from "../working";
import { table } from "./words";

export function Upload({ floor, drawing }: { floor: string; drawing: DrawingInfo | undefined }) {
  const w = useWords(table);
  const language = useLanguage();
  const { state, renew } = useWork();
  const input = useRef<HTMLInputElement>(null);
  const [removing, setRemoving] = useState(false);
  const put = useMutation<DrawingTaken, Refusal, Blob>({
    mutationFn: (body) => ask("PUT /estate/drawings/{floor}", { path: { floor }, body }),
    onSuccess: renew,
  });
  const remove = useMutation<DrawingInfo, Refusal>({
    mutationFn: () => ask("DELETE /estate/drawings/{floor}", { path: { floor } }),
    onSuccess: renew,
  });
  if (rowOf(state.base.document, "floors", floor) === undefined) return <span className="wk-quiet">{w.submitFirst}</span>;
  const refusal = put.error ?? remove.error;
  const taken = put.data;
  return (
    <span className="wk-drawing-upload">
      <input
        ref={input}
        type="file"
        accept=".svg,.png,image/svg+xml,image/png"
        aria-label={w.upload}
        hidden
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = "";
          if (file !== undefined) put.mutate(file.type === "" ? file.slice(0, file.size, "image/svg+xml") : file);
        }}
      />
      <Button onClick={() => input.current?.click()} loading={put.isPending} title={w.atOnce}>
        {drawing === undefined ? w.upload : w.replace}
      </Button>
      {drawing !== undefined && <Button onClick={() => setRemoving(true)}>{w.removeDrawing}</Button>}
      {taken !== undefined && refusal === null && (
        <span role="status">{taken.dropped > 0 ? w.dropped(taken.dropped) : w.uploaded}</span>
      )}
      {refusal instanceof Refusal && <Alert type="error" role="alert" title={refusal[language]} />}
      <Modal
        open={removing}
        title={w.removeAsk}
        okText={w.removeDrawing}
        cancelText={w.cancel}
        onCancel={() => setRemoving(false)}
        onOk={() => {
          remove.mutate();
          setRemoving(false);
        }}
      />
    </span>
  );
}
