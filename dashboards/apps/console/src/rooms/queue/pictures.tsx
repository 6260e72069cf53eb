/** What the cameras near an incident saw, and what they see now. */
import { useQuery } from "@tanstack/react-query";
import { ask, type IncidentDetail } from "@watchkeeper/api";
import { clockTime, told, useLanguage, useWords } from "@watchkeeper/ui";
import { Button, Image } from "antd";
import { useState } from "react";
import { useSession } from "../../session/session";
import { table } from "./words";

export function Pictures({ detail }: { detail: IncidentDetail }) {
  const w = useWords(table);
  const { zone, may } = useSession();
  const language = useLanguage();
  const cameras = useCameras(detail.incident.place);
  if (!may("GET /pictures/{picture}")) return null;
  const name = (device: string) => {
    const camera = cameras.find((one) => one.id === device);
    return camera === undefined ? device : told(camera, "name", language);
  };
  return (
    <section>
      <h3>{w.pictures}</h3>
      {detail.pictures.length === 0 && <p className="wk-quiet">{w.noPictures}</p>}
      <div className="wk-pictures">
        {detail.pictures
          .filter((picture) => picture.ready)
          .map((picture) => (
            <figure key={picture.id}>
              {picture.kind === "voice" ? (
                // biome-ignore lint/a11y/useMediaCaption: what a guard says on the spot has no captions
                <audio controls preload="none" src={`/pictures/${encodeURIComponent(picture.id)}`} aria-label={w.voice} />
              ) : (
                <Image
                  src={`/pictures/${encodeURIComponent(picture.id)}`}
                  alt={`${name(picture.device)} ${clockTime(picture.at, zone)}`}
                  width={220}
                />
              )}
              <figcaption>
                {name(picture.device)} · {clockTime(picture.at, zone)}
              </figcaption>
            </figure>
          ))}
      </div>
      <Nearby place={detail.incident.place} />
    </section>
  );
}

/** The cameras near a place; the same question for the pictures' names and for the buttons. */
function useCameras(place: string) {
  const { may } = useSession();
  const cameras = useQuery({
    queryKey: ["devices", "camera", place],
    queryFn: () => ask("GET /devices", { query: { kind: "camera", place } }),
    enabled: may("GET /devices"),
  });
  return cameras.data?.devices ?? [];
}

function Nearby({ place }: { place: string }) {
  const w = useWords(table);
  const language = useLanguage();
  const { may } = useSession();
  const [ordered, setOrdered] = useState<string | null>(null);
  const found = useCameras(place);
  if (found.length === 0 || !may("POST /devices/{device}/snapshots")) return null;
  return (
    <p className="wk-nearby">
      {w.cameras}
      {w.colon}
      {found.map((camera) => (
        <Button
          key={camera.id}
          size="small"
          onClick={() =>
            void ask("POST /devices/{device}/snapshots", { path: { device: camera.id } }).then(
              () => setOrdered(w.ordered),
              (error: { zh: string; en: string }) => setOrdered(error[language]),
            )
          }
        >
          {told(camera, "name", language)} · {w.snapshot}
        </Button>
      ))}
      {ordered !== null && <span role="status">{ordered}</span>}
    </p>
  );
}
