/** Tones, made by the browser itself: no file that could fail to load. */
import type { Tone } from "./due";

interface Beep {
  readonly hz: number;
  readonly toHz?: number;
  readonly atS: number;
  readonly forS: number;
}

/** Fire sweeps, as fire alarms do; the others differ by height and rhythm, so that one knows them with the back to the screen. */
const TONES: Readonly<Record<Tone, readonly Beep[]>> = {
  fire: [
    { hz: 600, toHz: 1_400, atS: 0, forS: 0.6 },
    { hz: 600, toHz: 1_400, atS: 0.65, forS: 0.6 },
  ],
  p1: [0, 0.22, 0.44].map((atS) => ({ hz: 1_050, atS, forS: 0.16 })),
  p2: [0, 0.3].map((atS) => ({ hz: 780, atS, forS: 0.2 })),
  p3: [{ hz: 620, atS: 0, forS: 0.35 }],
  stale: [
    { hz: 440, atS: 0, forS: 0.25 },
    { hz: 330, atS: 0.3, forS: 0.4 },
  ],
  check_in: [
    { hz: 880, atS: 0, forS: 0.12 },
    { hz: 1_100, atS: 0.18, forS: 0.12 },
  ],
};
const VOLUME = 0.35;

export class Siren {
  private readonly context = new AudioContext();
  private playing: OscillatorNode[] = [];
  private endS = 0;

  /** Whether the browser lets this window sound: it wants a click or a key first. */
  get blocked(): boolean {
    return this.context.state !== "running";
  }

  /** Whether a tone is on just now. */
  get sounding(): boolean {
    return this.context.currentTime < this.endS;
  }

  /** Hears when `blocked` changes. */
  watch(watcher: () => void): void {
    this.context.onstatechange = watcher;
  }

  /** Ask the browser; it says yes after somebody has clicked. */
  async unblock(): Promise<void> {
    await this.context.resume();
  }

  play(tone: Tone): void {
    this.stop();
    this.endS = this.context.currentTime + Math.max(...TONES[tone].map((beep) => beep.atS + beep.forS));
    for (const beep of TONES[tone]) {
      const begin = this.context.currentTime + beep.atS;
      const oscillator = this.context.createOscillator();
      const gain = this.context.createGain();
      oscillator.frequency.setValueAtTime(beep.hz, begin);
      if (beep.toHz !== undefined) oscillator.frequency.linearRampToValueAtTime(beep.toHz, begin + beep.forS);
      gain.gain.setValueAtTime(0, begin);
      gain.gain.linearRampToValueAtTime(VOLUME, begin + 0.01);
      gain.gain.setValueAtTime(VOLUME, begin + beep.forS - 0.02);
      gain.gain.linearRampToValueAtTime(0, begin + beep.forS);
      oscillator.connect(gain).connect(this.context.destination);
      oscillator.start(begin);
      oscillator.stop(begin + beep.forS);
      oscillator.onended = () => gain.disconnect();
      this.playing.push(oscillator);
    }
  }

  /** At once: an acknowledged alarm is not heard to its end. */
  stop(): void {
    for (const oscillator of this.playing) oscillator.stop();
    this.playing = [];
    this.endS = 0;
  }
}
