/** A visitor's code, as a picture that the resident hands on. */
import { useCallback, useEffect, useState } from "react";

const SIDE_PX = 720;
const NAME = "visitor-code.png";

/** The SVG as a PNG on white: messengers save and send that, and many take no SVG. Rejects where it cannot be drawn. */
async function drawn(svg: Blob): Promise<Blob> {
  const url = URL.createObjectURL(svg);
  try {
    const image = new Image();
    await new Promise((done, failed) => {
      image.onload = done;
      image.onerror = failed;
      image.src = url;
    });
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = SIDE_PX;
    const pen = canvas.getContext("2d");
    if (pen === null) throw new Error("nothing can be drawn here");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, SIDE_PX, SIDE_PX);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(image, 0, 0, SIDE_PX, SIDE_PX);
    return await new Promise((done, failed) => canvas.toBlob((png) => (png === null ? failed(new Error("empty")) : done(png))));
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Whether this browser hands pictures on itself; elsewhere one presses long. */
function sharing(file: File): (() => void) | null {
  const data = { files: [file] };
  if (typeof navigator.canShare !== "function" || !navigator.canShare(data)) return null;
  // who breaks it off has seen that nothing was sent
  return () => void navigator.share(data).catch(() => undefined);
}

interface Words {
  readonly alt: string;
  readonly how: string;
  readonly share: string;
  readonly gone: string;
  readonly retry: string;
}

/** `load` brings the SVG, and stays the same as long as the code does. */
export function Picture({ load, words }: { load: () => Promise<Blob>; words: Words }) {
  const [picture, setPicture] = useState<{ url: string; share: (() => void) | null } | null>(null);
  const [failed, setFailed] = useState(false);
  const draw = useCallback(async () => {
    setFailed(false);
    try {
      const png = await drawn(await load());
      setPicture({ url: URL.createObjectURL(png), share: sharing(new File([png], NAME, { type: "image/png" })) });
    } catch {
      setFailed(true);
    }
  }, [load]);
  useEffect(() => {
    void draw();
  }, [draw]);
  useEffect(() => () => URL.revokeObjectURL(picture?.url ?? ""), [picture]);
  return (
    <>
      {picture !== null && <img src={picture.url} alt={words.alt} />}
      {picture !== null && <p>{words.how}</p>}
      {picture?.share && (
        <button type="button" onClick={picture.share}>
          {words.share}
        </button>
      )}
      {failed && (
        <div role="alert">
          <p>{words.gone}</p>
          <button type="button" onClick={draw}>
            {words.retry}
          </button>
        </div>
      )}
    </>
  );
}
