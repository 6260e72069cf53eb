/** What the room looks at, as it stands in the address: cameras, a moment, an incident. Pure. */
export const CAMERAS_MAX = 4;
const NO = /^[1-9]\d{0,9}$/;

export interface Wanted {
  readonly cameras: readonly string[];
  /** A moment, RFC 3339; empty: none was chosen. */
  readonly at: string;
  readonly incident: number | null;
}

export function wantedOf(params: URLSearchParams): Wanted {
  const cameras = (params.get("cameras") ?? "").split(",").filter((one) => one !== "");
  const at = params.get("at") ?? "";
  const incident = params.get("incident") ?? "";
  return {
    cameras: [...new Set(cameras)].slice(0, CAMERAS_MAX),
    at: Number.isNaN(Date.parse(at)) ? "" : at,
    incident: NO.test(incident) ? Number(incident) : null,
  };
}

/** The address's part that says the same; what is empty is left out. */
export function paramsOf(wanted: Wanted): Record<string, string> {
  return {
    ...(wanted.cameras.length === 0 ? {} : { cameras: wanted.cameras.join(",") }),
    ...(wanted.at === "" ? {} : { at: wanted.at }),
    ...(wanted.incident === null ? {} : { incident: String(wanted.incident) }),
  };
}

/** One more, or one less; a fifth is not taken. */
export function toggled(cameras: readonly string[], camera: string): readonly string[] {
  if (cameras.includes(camera)) return cameras.filter((one) => one !== camera);
  return cameras.length >= CAMERAS_MAX ? cameras : [...cameras, camera];
}

/** Where the footage about an incident is looked at. */
export function footageOf(no: number): string {
  return `/footage?incident=${no}`;
}
