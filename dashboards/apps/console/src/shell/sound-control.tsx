/** Whether this window sounds, and the two things one does about it: try it, and silence it. */
import { duration, useKeys, useLanguage, useNow, useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { useSound } from "../sound/provider";
import { useSilence } from "../sound/silence";
import { table } from "./words";

export function SoundControl() {
  const w = useWords(table);
  const language = useLanguage();
  const now = useNow();
  const sound = useSound();
  const silence = useSilence();
  // here and not in a room: what sounds is heard in every one
  useKeys({ m: silence.begin });
  const leftS = sound.silencedUntilMs === null ? 0 : (sound.silencedUntilMs - now) / 1000;
  return (
    <span className="wk-sound">
      <span role="status" data-sound={sound.elsewhere ? "elsewhere" : sound.blocked ? "blocked" : "on"}>
        {silence.refusal !== null
          ? silence.refusal[language]
          : leftS > 0
            ? `${w.silenced} ${duration(leftS, language)}`
            : sound.elsewhere
              ? w.elsewhere
              : sound.blocked
                ? ""
                : w.soundOn}
      </span>
      <Button size="small" onClick={sound.test}>
        {w.test}
      </Button>
      {silence.allowed && (
        <Button size="small" onClick={silence.begin}>
          {w.silence} (M)
        </Button>
      )}
    </span>
  );
}
